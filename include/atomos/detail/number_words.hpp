/// \file
/// What numbers need beside their word: arithmetic without undefined behaviour, comparison by value, and
/// waiting.
#pragma once

#include <atomos/detail/atomic.hpp>
#include <atomos/detail/deadline.hpp>
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace atomos::detail {

template <class T>
constexpr T wrapping_add(T a, T b) noexcept {
    if constexpr (std::integral<T>) {
        T sum{};
        static_cast<void>(__builtin_add_overflow(a, b, &sum));
        return sum;
    } else {
        return a + b;
    }
}

template <class T>
constexpr T wrapping_subtract(T a, T b) noexcept {
    if constexpr (std::integral<T>) {
        T difference{};
        static_cast<void>(__builtin_sub_overflow(a, b, &difference));
        return difference;
    } else {
        return a - b;
    }
}

/// Errors   std::overflow_error names both numbers.
template <class T>
T checked_add(T a, T b) {
    bool fits = true;
    T sum{};
    if constexpr (std::integral<T>) {
        fits = !__builtin_add_overflow(a, b, &sum);
    } else {
        sum = a + b;
        fits = std::isfinite(sum) || !std::isfinite(a) || !std::isfinite(b);
    }
    if (!fits) {
        throw std::overflow_error(
            "checked_add_and_get: " + std::to_string(a) + " + " + std::to_string(b) +
            " is outside [" + std::to_string(std::numeric_limits<T>::lowest()) + ", " +
            std::to_string(std::numeric_limits<T>::max()) + "]; nothing was changed");
    }
    return sum;
}

/// The sum, unless it cannot be represented or is no number: then std::nullopt.
template <class T>
std::optional<T> finite_add(T a, T b) noexcept {
    T sum{};
    if constexpr (std::integral<T>) {
        if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
    } else {
        sum = a + b;
        if (std::isnan(sum) || (std::isinf(sum) && std::isfinite(a) && std::isfinite(b))) {
            return std::nullopt;
        }
    }
    return sum;
}

/// The sum, or the bound of [lo, hi] that it passes. What is no number leaves the value as it is.
template <class T>
T clamped_add(T a, T b, T lo, T hi) noexcept {
    if constexpr (std::floating_point<T>) {
        const T sum = a + b;
        if (std::isnan(sum)) return a;
        return sum < lo ? lo : (sum > hi ? hi : sum);
    } else {
        T sum{};
        if (__builtin_add_overflow(a, b, &sum)) sum = b < 0 ? lo : hi;
        return sum < lo ? lo : (sum > hi ? hi : sum);
    }
}

/// Whether two values count as the same in a comparison: numbers by value, all else by its bytes.
template <class T>
constexpr bool same_value(T a, T b) noexcept {
    if constexpr (std::floating_point<T>) {
        return a == b || (a != a && b != b);
    } else if constexpr (std::is_class_v<T> || std::is_union_v<T>) {
        return std::memcmp(&a, &b, sizeof(T)) == 0;
    } else {
        return a == b;
    }
}

template <class T>
T greater_of(T a, T b) noexcept {
    if constexpr (std::floating_point<T>) {
        if (std::isnan(a) || (a == b && std::signbit(a))) return b;
        return std::isnan(b) ? a : (b > a ? b : a);
    } else {
        return b > a ? b : a;
    }
}

template <class T>
T lesser_of(T a, T b) noexcept {
    if constexpr (std::floating_point<T>) {
        if (std::isnan(a) || (a == b && std::signbit(b))) return b;
        return std::isnan(b) ? a : (b < a ? b : a);
    } else {
        return b < a ? b : a;
    }
}

template <class T>
void check_range(const char* member, T lo, T hi) {
    if (lo <= hi) return;
    throw std::invalid_argument(std::string(member) + ": lo is " + std::to_string(lo) +
                                " and hi is " + std::to_string(hi) + "; lo <= hi is needed");
}

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_order(const char* operation) {
    throw std::invalid_argument(std::string("memory order: ") + operation +
                                " cannot have this one; nothing was changed");
}

/// An order that a load can have.
[[gnu::always_inline]] inline Order load_order(Order order) {
    if (order == std::memory_order_release || order == std::memory_order_acq_rel) {
        refuse_order("get takes relaxed, consume, acquire or seq_cst; it");
    }
    return order;
}

/// An order that a store can have.
[[gnu::always_inline]] inline Order store_order(Order order) {
    if (order == std::memory_order_acquire || order == std::memory_order_acq_rel ||
        order == std::memory_order_consume) {
        refuse_order("set takes relaxed, release or seq_cst; it");
    }
    return order;
}

/// Waits until the value is not `old`, or the deadline has passed.
template <class N, class T>
std::optional<T> wait_once(const N& number, T old, const Deadline* deadline) {
    T now = old;
    const auto changed = [&] {
        now = number.word().load(std::memory_order_seq_cst);
        return !same_value(now, old);
    };
    if (changed() || number.wait(deadline, changed)) return now;
    return std::nullopt;
}

template <class N, class T>
T wait_while_same(const N& number, T old) {
    return *wait_once(number, old, nullptr);
}

template <class N, class T, class Rep, class Period>
std::optional<T> wait_while_same_for(const N& number, T old,
                                     std::chrono::duration<Rep, Period> span) {
    const Deadline deadline = deadline_after(span);
    return wait_once(number, old, &deadline);
}

template <class N, class T, class Clock, class Duration>
std::optional<T> wait_while_same_until(const N& number, T old,
                                       std::chrono::time_point<Clock, Duration> time) {
    std::optional<T> now;
    park_until(time, [&](const Deadline& deadline) {
        now = wait_once(number, old, &deadline);
        return now.has_value();
    });
    return now;
}

}  // namespace atomos::detail
