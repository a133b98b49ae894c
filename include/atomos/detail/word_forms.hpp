/// \file
/// WordForms: what every variable of one word can do, be it a number, a truth value or a view.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/atomic.hpp>
#include <atomos/detail/number_words.hpp>
#include <atomos/options.hpp>
#include <chrono>
#include <concepts>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace atomos::detail {

/// The operations on a T that stands in an N: something with word(), wait() and notify(), as a scope's
/// Number has them. AtomicNumber, AtomicBoolean and AtomicView say what they promise.
template <class N, class T>
class WordForms {
  public:
    using value_type = T;

    T get(std::memory_order order = seq_cst) const { return word().load(load_order(order)); }
    void set(T value, std::memory_order order = seq_cst) {
        word().store(value, store_order(order));
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
        if constexpr (std::floating_point<T>) {
            while (same_value(seen, expect)) {
                if (word().compare_exchange_strong(seen, update, order)) return {true, update};
            }
        }
        return {false, seen};
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
    /// As above, and gives up after so many lost races or that time: then nothing has changed either.
    ///
    /// Errors     std::invalid_argument: options that make no sense.
    template <class F>
        requires std::is_invocable_r_v<std::optional<T>, F&, T>
    Attempt<T> try_update(const TryOptions& options, F&& f) {
        Persistence persistence(options);
        T seen = word().load(seq_cst);
        for (;;) {
            const std::optional<T> next = std::invoke(f, seen);
            if (!next) return {false, seen};
            if (word().compare_exchange_strong(seen, *next, seq_cst)) return {true, *next};
            if (!persistence.goes_on()) return {false, seen};
        }
    }

    /// Waits until the value is not `old`, and returns it. Whoever changes it calls notify_*. A value
    /// that changes and changes back may be missed.
    T wait(T old) const { return wait_while_same(number_, old); }
    /// As wait; std::nullopt if the value was still `old` after that time.
    template <class Rep, class Period>
    std::optional<T> wait_for(T old, std::chrono::duration<Rep, Period> span) const {
        return wait_while_same_for(number_, old, span);
    }
    /// As wait; std::nullopt if the value was still `old` then.
    template <class Clock, class Duration>
    std::optional<T> wait_until(T old, std::chrono::time_point<Clock, Duration> time) const {
        return wait_while_same_until(number_, old, time);
    }
    /// Wakes at least one of those that wait.
    void notify_one() const { number_.notify(); }
    /// Wakes all that wait.
    void notify_all() const { number_.notify(); }

  protected:
    static constexpr std::memory_order seq_cst = std::memory_order_seq_cst;
    /// A scope's word may refuse to be written, by an exception.
    static constexpr bool quiet = noexcept(std::declval<N&>().word());

    template <class... Args>
        requires std::constructible_from<N, Args...>
    explicit constexpr WordForms(std::in_place_t, Args&&... args) noexcept(
        std::is_nothrow_constructible_v<N, Args...>)
        : number_(std::forward<Args>(args)...) {}

    decltype(auto) word() noexcept(quiet) { return number_.word(); }
    decltype(auto) word() const noexcept { return number_.word(); }

    /// The retry loop: goes by bits, so that a NaN ends it too.
    template <class F>
    Change<T> change(F&& f, std::memory_order order = seq_cst) {
        T seen = word().load(order == seq_cst ? seq_cst : std::memory_order_relaxed);
        for (;;) {
            const T next = static_cast<T>(std::invoke(f, seen));
            if (word().compare_exchange_strong(seen, next, order)) return {seen, next};
        }
    }

  private:
    N number_;
};

/// What truth values can do beside that.
template <class N>
class TruthForms : public WordForms<N, bool> {
    using Word = WordForms<N, bool>;

  public:
    /// Turns the value round, and returns the one before.
    bool get_and_toggle(std::memory_order order = Word::seq_cst) noexcept(Word::quiet) {
        bool seen = this->word().load(std::memory_order_relaxed);
        while (!this->word().compare_exchange_strong(seen, !seen, order)) {
        }
        return seen;
    }

  protected:
    using Word::Word;
};

}  // namespace atomos::detail
