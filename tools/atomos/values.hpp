#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>
#include <atomos/process/codec.hpp>

#include "json.hpp"
#include "place.hpp"
#include "texts.hpp"

namespace atomos::tool {

template <class... T>
struct Types {};

/// The types that the command line reads and writes.
using KnownTypes =
    Types<std::int64_t, std::int32_t, std::int16_t, std::int8_t, std::uint64_t, std::uint32_t,
          std::uint16_t, std::uint8_t, double, float, bool, std::string>;

/// Their names, for messages and completion.
inline constexpr std::string_view known_types =
    "int64, int32, int16, int8, uint64, uint32, uint16, uint8, float64, float32, bool, string";

template <class F, class... T>
bool with_type(std::string_view name, F&& f, Types<T...> /*types*/) {
    return ((process::type_name<T>() == name && (f(std::type_identity<T>{}), true)) || ...);
}

/// Calls f with the std::type_identity of the type of that name; false: it is none of them.
template <class F>
bool with_type(std::string_view name, F&& f) {
    return with_type(name, f, KnownTypes{});
}

template <class T>
concept Addable = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

template <class T>
bool same(const T& a, const T& b) {
    if constexpr (std::floating_point<T>) {
        return a == b || (std::isnan(a) && std::isnan(b));
    } else {
        return a == b;
    }
}

template <class T>
std::string text_of(const T& value) {
    if constexpr (std::same_as<T, std::string>) {
        return value;
    } else {
        return fmt::format("{}", value);
    }
}

/// JSON has no NaN and no infinity, so they are strings; and no bytes, so text that is none is null.
template <class T>
std::string json_of(const T& value) {
    if constexpr (std::same_as<T, std::string>) {
        return is_utf8(value) ? json::text(value) : "null";
    } else if constexpr (std::floating_point<T>) {
        return std::isfinite(value) ? text_of(value) : json::text(text_of(value));
    } else {
        return text_of(value);
    }
}

/// A value as it is typed. Errors: std::invalid_argument names the place, the text and what is allowed.
template <class T>
T parsed(const std::string& text, const Place& place) {
    std::string allowed;
    if constexpr (std::same_as<T, std::string>) {
        return text;
    } else if constexpr (std::same_as<T, bool>) {
        if (text == "true") return true;
        if (text == "false") return false;
        allowed = "true and false";
    } else {
        T value{};
        const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
        const char* const begin = text.data() + (plus ? 1 : 0);
        const char* const end = text.data() + text.size();
        const auto [stopped, error] = std::from_chars(begin, end, value);
        if (error == std::errc() && stopped == end) return value;
        allowed = fmt::format("{} to {}", std::numeric_limits<T>::lowest(),
                              std::numeric_limits<T>::max());
        if constexpr (std::floating_point<T>) allowed += ", inf, -inf and nan";
    }
    throw std::invalid_argument(
        fmt::format("{}: \"{}\" is no {}; {} are allowed; nothing was changed", describe(place),
                    printable(text), process::type_name<T>(), allowed));
}

}  // namespace atomos::tool
