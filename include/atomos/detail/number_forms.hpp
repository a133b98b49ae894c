/// \file
/// NumberForms: what every number of one word can do beside WordForms: arithmetic, bounds, bits.
#pragma once

#include <atomos/detail/number_words.hpp>
#include <atomos/detail/word_forms.hpp>
#include <concepts>
#include <optional>
#include <type_traits>

namespace atomos::detail {

/// AtomicNumber and AtomicView say what these promise.
template <class N, class T>
class NumberForms : public WordForms<N, T> {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>,
                  "AtomicNumber<T> is for arithmetic types but bool; AtomicBoolean is for bool, "
                  "AtomicReference<T> for anything else");
    static_assert(sizeof(T) <= 8, "AtomicNumber<T> has to be lock-free, so at most 8 bytes big");

    using Word = WordForms<N, T>;
    using Order = std::memory_order;

    static constexpr bool is_integer = std::is_integral_v<T>;

  public:
    T add_and_get(T delta, Order order = seq_cst) noexcept(quiet) {
        return wrapping_add(get_and_add(delta, order), delta);
    }
    T get_and_add(T delta, Order order = seq_cst) noexcept(quiet) {
        if constexpr (is_integer) {
            return this->word().fetch_add(delta, order);
        } else {
            return this->change([&](T value) { return value + delta; }, order).old;
        }
    }
    T subtract_and_get(T delta, Order order = seq_cst) noexcept(quiet) {
        return wrapping_subtract(get_and_subtract(delta, order), delta);
    }
    T get_and_subtract(T delta, Order order = seq_cst) noexcept(quiet) {
        if constexpr (is_integer) {
            return this->word().fetch_sub(delta, order);
        } else {
            return this->change([&](T value) { return value - delta; }, order).old;
        }
    }
    T increment_and_get(Order order = seq_cst) noexcept(quiet) { return add_and_get(1, order); }
    T get_and_increment(Order order = seq_cst) noexcept(quiet) { return get_and_add(1, order); }
    T decrement_and_get(Order order = seq_cst) noexcept(quiet) {
        return subtract_and_get(1, order);
    }
    T get_and_decrement(Order order = seq_cst) noexcept(quiet) {
        return get_and_subtract(1, order);
    }

    /// Adds, unless the sum cannot be represented. Errors: std::overflow_error; nothing has changed.
    T checked_add_and_get(T delta) {
        return this->change([&](T value) { return checked_add(value, delta); }).now;
    }

    /// Adds, unless that leaves [lo, hi], overflows, or is no number (NaN): then std::nullopt, and nothing
    /// has changed.
    ///
    /// Errors     std::invalid_argument unless lo <= hi.
    std::optional<T> try_add(T delta, T lo, T hi) {
        check_range("try_add", lo, hi);
        const auto [won, now] = this->try_update([&](T value) -> std::optional<T> {
            const std::optional<T> sum = finite_add(value, delta);
            if (!sum || *sum < lo || *sum > hi) return std::nullopt;
            return sum;
        });
        return won ? std::optional<T>(now) : std::nullopt;
    }

    /// Adds, and stops at the bounds of [lo, hi]. Returns the new value. A sum that is no number (NaN)
    /// changes nothing.
    ///
    /// Errors     std::invalid_argument unless lo <= hi.
    T add_clamped(T delta, T lo, T hi) {
        check_range("add_clamped", lo, hi);
        return this->change([&](T value) { return clamped_add(value, delta, lo, hi); }).now;
    }

    /// Sets the value to x if x < value. Returns whether it did; never with a NaN on either side.
    bool set_if_less(T x) noexcept(quiet) {
        return set_if(x, [x](T value) { return x < value; });
    }
    /// Sets the value to x if x > value. Returns whether it did; never with a NaN on either side.
    bool set_if_greater(T x) noexcept(quiet) {
        return set_if(x, [x](T value) { return x > value; });
    }

    /// The greater of the value and x. A NaN is ignored, and −0.0 is less than 0.0.
    T max_and_get(T x) noexcept(quiet) { return greater_of(get_and_max(x), x); }
    T get_and_max(T x) noexcept(quiet) {
        return this->change([&](T value) { return greater_of(value, x); }).old;
    }
    /// The lesser of the value and x. A NaN is ignored, and −0.0 is less than 0.0.
    T min_and_get(T x) noexcept(quiet) { return lesser_of(get_and_min(x), x); }
    T get_and_min(T x) noexcept(quiet) {
        return this->change([&](T value) { return lesser_of(value, x); }).old;
    }

    T bitwise_or_and_get(T mask, Order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return static_cast<T>(get_and_bitwise_or(mask, order) | mask);
    }
    T bitwise_and_and_get(T mask, Order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return static_cast<T>(get_and_bitwise_and(mask, order) & mask);
    }
    T bitwise_xor_and_get(T mask, Order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return static_cast<T>(get_and_bitwise_xor(mask, order) ^ mask);
    }
    T get_and_bitwise_or(T mask, Order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return this->word().fetch_or(mask, order);
    }
    T get_and_bitwise_and(T mask, Order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return this->word().fetch_and(mask, order);
    }
    T get_and_bitwise_xor(T mask, Order order = seq_cst) noexcept(quiet)
        requires is_integer
    {
        return this->word().fetch_xor(mask, order);
    }

  protected:
    using Word::quiet;
    using Word::seq_cst;
    using Word::Word;

  private:
    /// Sets x while it is better than the value.
    template <class Better>
    bool set_if(T x, Better better) noexcept(quiet) {
        T seen = this->word().load(seq_cst);
        while (better(seen)) {
            if (this->word().compare_exchange_strong(seen, x, seq_cst)) return true;
        }
        return false;
    }
};

}  // namespace atomos::detail
