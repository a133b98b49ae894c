/// \file
/// Codec<T>: how a value stands in shared memory.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace atomos::process {

/// The name of a type, as compilers agree on it.
template <class T>
constexpr std::string_view compiler_name() {
    constexpr std::string_view whole = __PRETTY_FUNCTION__;
    constexpr std::size_t begin = whole.find("T = ") + 4;
    constexpr std::size_t more = whole.find("; std::string_view", begin);
    constexpr std::size_t end = more == std::string_view::npos ? whole.rfind(']') : more;
    return whole.substr(begin, end - begin);
}

/// How a T becomes bytes, and bytes a T. Specialise it for a type that is not trivially copyable; or for
/// one that is, to give it a name that does not change when the type moves:
///
///     template <>
///     struct atomos::process::Codec<Totals> {
///         static constexpr std::string_view name = "totals/1";
///         static std::vector<std::byte> encode(const Totals& totals);
///         static Totals decode(std::span<const std::byte> bytes);       // throws what it cannot decode
///     };
///
/// The name is part of the variable's type: who opens it under another gets Mismatch. Without one, a
/// trivially copyable type is known by its C++ name, its size and its alignment; its members are not
/// compared.
template <class T>
struct Codec;

template <class T>
concept NamedType = requires {
    { Codec<T>::name } -> std::convertible_to<std::string_view>;
};

/// Types that go through a codec.
template <class T>
concept Encoded = NamedType<T> && requires(const T& value, std::span<const std::byte> bytes) {
    { Codec<T>::encode(value) } -> std::same_as<std::vector<std::byte>>;
    { Codec<T>::decode(bytes) } -> std::same_as<T>;
};

/// Types that stand in memory as they are.
template <class T>
concept Plain = std::is_trivially_copyable_v<T> && !Encoded<T>;

/// What a variable of T is called in a region.
template <class T>
constexpr std::string_view type_name() {
    if constexpr (NamedType<T>) {
        return Codec<T>::name;
    } else if constexpr (std::is_same_v<T, bool>) {
        return "bool";
    } else if constexpr (std::is_integral_v<T>) {
        constexpr bool is_signed = std::is_signed_v<T>;
        if constexpr (sizeof(T) == 1) return is_signed ? "int8" : "uint8";
        if constexpr (sizeof(T) == 2) return is_signed ? "int16" : "uint16";
        if constexpr (sizeof(T) == 4) return is_signed ? "int32" : "uint32";
        return is_signed ? "int64" : "uint64";
    } else if constexpr (std::is_floating_point_v<T>) {
        return sizeof(T) == 4 ? "float32" : "float64";
    } else {
        return compiler_name<T>();
    }
}

template <>
struct Codec<std::string> {
    static constexpr std::string_view name = "string";
    static std::vector<std::byte> encode(const std::string& value) {
        const auto bytes = std::as_bytes(std::span(value));
        return {bytes.begin(), bytes.end()};
    }
    static std::string decode(std::span<const std::byte> bytes) {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
};

/// "vector<int32>" and the like, as text that lasts.
template <class Item>
struct VectorName {
    static constexpr std::string_view item = type_name<Item>();
    std::array<char, item.size() + 8> text{};

    constexpr VectorName() {
        auto at = text.begin();
        for (const char c : std::string_view("vector<")) *at++ = c;
        for (const char c : item) *at++ = c;
        *at = '>';
    }
    constexpr std::string_view view() const { return {text.data(), text.size()}; }
};
template <class Item>
inline constexpr VectorName<Item> vector_name;

template <class Item>
    requires std::is_trivially_copyable_v<Item> && (!std::is_same_v<Item, bool>)
struct Codec<std::vector<Item>> {
    static constexpr std::string_view name = vector_name<Item>.view();
    static std::vector<std::byte> encode(const std::vector<Item>& value) {
        const auto bytes = std::as_bytes(std::span(value));
        return {bytes.begin(), bytes.end()};
    }
    static std::vector<Item> decode(std::span<const std::byte> bytes) {
        if (bytes.size() % sizeof(Item) != 0) {
            throw std::length_error("a vector's " + std::to_string(bytes.size()) +
                                    " bytes are no multiple of its items' " +
                                    std::to_string(sizeof(Item)));
        }
        std::vector<Item> value(bytes.size() / sizeof(Item));
        if (!bytes.empty()) std::memcpy(value.data(), bytes.data(), bytes.size());
        return value;
    }
};

}  // namespace atomos::process
