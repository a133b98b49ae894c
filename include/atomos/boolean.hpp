/// \file
/// AtomicBoolean: a truth value.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/number.hpp>
#include <concepts>
#include <string_view>
#include <utility>

namespace atomos {

/// A truth value with atomic operations.
///
///     AtomicBoolean stopping{false};
///     if (!stopping.get_and_set(true)) shut_down();   // by exactly one thread
///
/// Order      seq_cst, unless another is given.
/// Progress   Wait-free, but get_and_toggle: lock-free. wait blocks.
/// Bound      Threads: 1 byte. Processes: 448 bytes in the region.
/// Source     java.util.concurrent.atomic.AtomicBoolean.
template <class Scope>
class BasicAtomicBoolean {
    static constexpr bool quiet =
        noexcept(std::declval<typename Scope::template Number<bool>&>().word());

  public:
    using value_type = bool;

    // NOLINTNEXTLINE(google-explicit-constructor): as std::atomic
    constexpr BasicAtomicBoolean(bool initial = false) noexcept
        requires std::constructible_from<typename Scope::template Number<bool>, bool>
        : number_(initial) {}
    template <class Place>
    BasicAtomicBoolean(Place& place, std::string_view name, bool initial)
        : number_(place, name, initial) {}
    BasicAtomicBoolean(const BasicAtomicBoolean&) = delete;
    BasicAtomicBoolean& operator=(const BasicAtomicBoolean&) = delete;

    bool get(std::memory_order order = std::memory_order_seq_cst) const {
        return number_.word().load(detail::load_order(order));
    }
    void set(bool value, std::memory_order order = std::memory_order_seq_cst) {
        number_.word().store(value, detail::store_order(order));
    }
    /// Sets the value, and returns the one before.
    bool get_and_set(bool value,
                     std::memory_order order = std::memory_order_seq_cst) noexcept(quiet) {
        return number_.word().exchange(value, order);
    }
    /// Sets the value if it is `expect`. Never fails otherwise.
    bool compare_and_set(bool expect, bool update,
                         std::memory_order order = std::memory_order_seq_cst) noexcept(quiet) {
        return compare_and_exchange(expect, update, order).won;
    }
    /// As compare_and_set, and tells what stands now.
    Attempt<bool> compare_and_exchange(
        bool expect, bool update,
        std::memory_order order = std::memory_order_seq_cst) noexcept(quiet) {
        const bool won = number_.word().compare_exchange_strong(expect, update, order);
        return {won, won ? update : expect};
    }
    /// Turns the value round, and returns the one before.
    bool get_and_toggle(std::memory_order order = std::memory_order_seq_cst) noexcept(quiet) {
        bool seen = number_.word().load(std::memory_order_relaxed);
        while (!number_.word().compare_exchange_strong(seen, !seen, order)) {
        }
        return seen;
    }

    /// Waits until the value is not `old`, and returns it. Whoever changes it calls notify_*.
    bool wait(bool old) const { return detail::wait_while_same(number_, old); }
    template <class Rep, class Period>
    std::optional<bool> wait_for(bool old, std::chrono::duration<Rep, Period> span) const {
        return detail::wait_while_same_for(number_, old, span);
    }
    template <class Clock, class Duration>
    std::optional<bool> wait_until(bool old, std::chrono::time_point<Clock, Duration> time) const {
        return detail::wait_while_same_until(number_, old, time);
    }
    void notify_one() const { number_.notify(); }
    void notify_all() const { number_.notify(); }

    explicit operator bool() const { return get(); }

  private:
    typename Scope::template Number<bool> number_;
};

}  // namespace atomos
