/// \file
/// AtomicNumber<T>: one number, with the operations of java.util.concurrent.atomic.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/atomic.hpp>
#include <atomos/detail/number_words.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace atomos {

/// A number with atomic operations; AtomicInteger, AtomicLong, AtomicFloat are its usual forms.
///
///     AtomicLong served{0};
///     served.increment_and_get();
///     if (!slots.try_add(-1, 0, 100)) refuse();       // never below 0, by exactly as many as there were
///
/// Arithmetic wraps around (two's complement, never undefined); checked_add_and_get and try_add do not.
/// Floating-point values are compared as values: −0.0 matches 0.0 and NaN matches NaN.
///
/// Order      seq_cst, unless another is given.
/// Progress   Wait-free: get, set, get_and_set, the compare forms and the integers' additions and
///            bitwise forms. Lock-free: the rest. wait* block.
/// Bound      Threads: sizeof(T). Processes: 448 bytes in the region. The instructions are those of
///            std::atomic<T>.
/// Errors     Functions' exceptions pass, and nothing has changed. An order that the operation cannot
///            have is std::invalid_argument. In shared memory that is open for reading only, changes
///            are PermissionDenied.
/// Source     java.util.concurrent.atomic.AtomicLong and its relatives.
template <class T, class Scope = Threads>
class AtomicNumber {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>,
                  "AtomicNumber<T> is for arithmetic types but bool; AtomicBoolean is for bool, "
                  "AtomicReference<T> for anything else");
    static_assert(sizeof(T) <= 8, "AtomicNumber<T> has to be lock-free, so at most 8 bytes big");

    static constexpr std::memory_order seq_cst = std::memory_order_seq_cst;
    static constexpr bool is_integer = std::is_integral_v<T>;
    /// A scope's word may refuse to be written, by an exception.
    static constexpr bool quiet =
        noexcept(std::declval<typename Scope::template Number<T>&>().word());

  public:
    using value_type = T;

    // NOLINTNEXTLINE(google-explicit-constructor): as std::atomic
    constexpr AtomicNumber(T initial = T{}) noexcept
        requires std::constructible_from<typename Scope::template Number<T>, T>
        : number_(initial) {}

    /// In a scope where variables have a place: opens the variable, or makes it with the initial value.
    template <class Place>
    AtomicNumber(Place& place, std::string_view name, T initial) : number_(place, name, initial) {}

    AtomicNumber(const AtomicNumber&) = delete;
    AtomicNumber& operator=(const AtomicNumber&) = delete;

    T get(std::memory_order order = seq_cst) const {
        return word().load(detail::load_order(order));
    }
    void set(T value, std::memory_order order = seq_cst) {
        word().store(value, detail::store_order(order));
    }
    explicit operator T() const { return get(); }

    /// Sets the value, and returns the one before.
    T get_and_set(T value, std::memory_order order = seq_cst) noexcept(quiet) {
        return word().exchange(value, order);
    }

    /// Sets the value if it is `expect`. Never fails otherwise.
    bool compare_and_set(T expect, T update, std::memory_order order = seq_cst) noexcept(quiet) {
        return compare_and_exchange(expect, update, order).won;
    }

    /// As compare_and_set, and tells what stands now.
    Attempt<T> compare_and_exchange(T expect, T update,
                                    std::memory_order order = seq_cst) noexcept(quiet) {
        T seen = expect;
        if (word().compare_exchange_strong(seen, update, order)) return {true, update};
        if constexpr (!is_integer) {
            while (detail::same_value(seen, expect)) {
                if (word().compare_exchange_strong(seen, update, order)) return {true, update};
            }
        }
        return {false, seen};
    }

    T add_and_get(T delta, std::memory_order order = seq_cst) noexcept(quiet) {
        return detail::wrapping_add(get_and_add(delta, order), delta);
    }
    T get_and_add(T delta, std::memory_order order = seq_cst) noexcept(quiet) {
        if constexpr (is_integer) {
            return word().fetch_add(delta, order);
        } else {
            return change([&](T value) { return value + delta; }, order).old;
        }
    }
    T subtract_and_get(T delta, std::memory_order order = seq_cst) noexcept(quiet) {
        return detail::wrapping_subtract(get_and_subtract(delta, order), delta);
    }
    T get_and_subtract(T delta, std::memory_order order = seq_cst) noexcept(quiet) {
        if constexpr (is_integer) {
            return word().fetch_sub(delta, order);
        } else {
            return change([&](T value) { return value - delta; }, order).old;
        }
    }
    T increment_and_get(std::memory_order order = seq_cst) noexcept(quiet) {
        return add_and_get(1, order);
    }
    T get_and_increment(std::memory_order order = seq_cst) noexcept(quiet) {
        return get_and_add(1, order);
    }
    T decrement_and_get(std::memory_order order = seq_cst) noexcept(quiet) {
        return subtract_and_get(1, order);
    }
    T get_and_decrement(std::memory_order order = seq_cst) noexcept(quiet) {
        return get_and_subtract(1, order);
    }

    /// Adds, unless the sum cannot be represented. Errors: std::overflow_error; nothing has changed.
    T checked_add_and_get(T delta) {
        return change([&](T value) { return detail::checked_add(value, delta); }).now;
    }

    /// Adds, unless that leaves [lo, hi] or overflows: then std::nullopt, and nothing has changed.
    ///
    /// Errors     std::invalid_argument if lo > hi.
    std::optional<T> try_add(T delta, T lo, T hi)
        requires is_integer
    {
        detail::check_range("try_add", lo, hi);
        const auto [won, now] = try_update([&](T value) -> std::optional<T> {
            T sum{};
            if (__builtin_add_overflow(value, delta, &sum) || sum < lo || sum > hi) return {};
            return sum;
        });
        return won ? std::optional<T>(now) : std::nullopt;
    }

    /// Adds, and stops at the bounds of [lo, hi]. Returns the new value.
    ///
    /// Errors     std::invalid_argument if lo > hi.
    T add_clamped(T delta, T lo, T hi)
        requires is_integer
    {
        detail::check_range("add_clamped", lo, hi);
        return change([&](T value) {
                   T sum{};
                   if (__builtin_add_overflow(value, delta, &sum)) sum = delta < 0 ? lo : hi;
                   return sum < lo ? lo : sum > hi ? hi : sum;
               })
            .now;
    }

    /// Replaces the value by f(value), and returns the new one. f runs again after a lost race.
    template <class F>
        requires std::is_invocable_r_v<T, F&, T>
    T update_and_get(F&& f) {
        return change(f).now;
    }
    /// Replaces the value by f(value), and returns the one before.
    template <class F>
        requires std::is_invocable_r_v<T, F&, T>
    T get_and_update(F&& f) {
        return change(f).old;
    }
    /// Replaces the value by f(value, x), and returns the new one.
    template <class F>
        requires std::is_invocable_r_v<T, F&, T, T>
    T accumulate_and_get(T x, F&& f) {
        return change([&](T value) -> T { return std::invoke(f, value, x); }).now;
    }
    /// Replaces the value by f(value, x), and returns the one before.
    template <class F>
        requires std::is_invocable_r_v<T, F&, T, T>
    T get_and_accumulate(T x, F&& f) {
        return change([&](T value) -> T { return std::invoke(f, value, x); }).old;
    }

    /// Replaces the value by what f returns, unless that is std::nullopt: then nothing changes.
    template <class F>
        requires std::is_invocable_r_v<std::optional<T>, F&, T>
    Attempt<T> try_update(F&& f) {
        T seen = word().load(seq_cst);
        for (;;) {
            const std::optional<T> next = std::invoke(f, seen);
            if (!next) return {false, seen};
            if (word().compare_exchange_strong(seen, *next, seq_cst)) return {true, *next};
        }
    }

    /// The greater of the value and x. A NaN is ignored, and −0.0 is less than 0.0.
    T max_and_get(T x) noexcept(quiet) { return detail::greater_of(get_and_max(x), x); }
    T get_and_max(T x) noexcept(quiet) {
        return change([&](T value) { return detail::greater_of(value, x); }).old;
    }
    /// The lesser of the value and x. A NaN is ignored, and −0.0 is less than 0.0.
    T min_and_get(T x) noexcept(quiet) { return detail::lesser_of(get_and_min(x), x); }
    T get_and_min(T x) noexcept(quiet) {
        return change([&](T value) { return detail::lesser_of(value, x); }).old;
    }

    T bitwise_or_and_get(T mask, std::memory_order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return static_cast<T>(get_and_bitwise_or(mask, order) | mask);
    }
    T bitwise_and_and_get(T mask, std::memory_order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return static_cast<T>(get_and_bitwise_and(mask, order) & mask);
    }
    T bitwise_xor_and_get(T mask, std::memory_order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return static_cast<T>(get_and_bitwise_xor(mask, order) ^ mask);
    }
    T get_and_bitwise_or(T mask, std::memory_order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return word().fetch_or(mask, order);
    }
    T get_and_bitwise_and(T mask, std::memory_order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return word().fetch_and(mask, order);
    }
    T get_and_bitwise_xor(T mask, std::memory_order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return word().fetch_xor(mask, order);
    }

    /// Waits until the value is not `old`, and returns it. Whoever changes it calls notify_*. A value
    /// that changes and changes back may be missed.
    T wait(T old) const { return detail::wait_while_same(number_, old); }
    /// As wait; std::nullopt if the value was still `old` after that time.
    template <class Rep, class Period>
    std::optional<T> wait_for(T old, std::chrono::duration<Rep, Period> span) const {
        return detail::wait_while_same_for(number_, old, span);
    }
    /// As wait; std::nullopt if the value was still `old` then.
    template <class Clock, class Duration>
    std::optional<T> wait_until(T old, std::chrono::time_point<Clock, Duration> time) const {
        return detail::wait_while_same_until(number_, old, time);
    }
    /// Wakes at least one of those that wait.
    void notify_one() const { number_.notify(); }
    /// Wakes all that wait.
    void notify_all() const { number_.notify(); }

  private:
    auto& word() noexcept(quiet) { return number_.word(); }
    const auto& word() const noexcept { return number_.word(); }

    /// The retry loop: goes by bits, so that a NaN ends it too.
    template <class F>
    Change<T> change(F&& f, std::memory_order order = seq_cst) {
        T seen = word().load(order == seq_cst ? seq_cst : std::memory_order_relaxed);
        for (;;) {
            const T next = static_cast<T>(std::invoke(f, seen));
            if (word().compare_exchange_strong(seen, next, order)) return {seen, next};
        }
    }

    typename Scope::template Number<T> number_;
};

template <class Scope>
class BasicAtomicBoolean;

using AtomicInteger = AtomicNumber<std::int32_t>;
using AtomicLong = AtomicNumber<std::int64_t>;
using AtomicUInteger = AtomicNumber<std::uint32_t>;
using AtomicULong = AtomicNumber<std::uint64_t>;
using AtomicFloat = AtomicNumber<double>;
using AtomicBoolean = BasicAtomicBoolean<Threads>;

}  // namespace atomos
