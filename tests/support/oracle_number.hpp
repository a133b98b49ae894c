/// \file
/// The oracle's numbers: a word behind a std::mutex, with the members of std::atomic that front
/// types use.
#pragma once

#include <atomos/detail/atomic.hpp>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <type_traits>
#include <utility>

namespace atomos::testing {

/// Comparison goes by bits, as std::atomic's does; the orders are all as strong as a mutex.
template <class T>
class OracleWord {
    using Order = std::memory_order;
    static constexpr Order strong = std::memory_order_seq_cst;

  public:
    explicit OracleWord(T first) noexcept : value_(first) {}

    T load(Order = strong) const {
        const std::lock_guard lock(mutex_);
        return value_;
    }
    void store(T value, Order = strong) { exchange(value); }
    T exchange(T value, Order = strong) {
        return change([&](T) { return value; });
    }
    bool compare_exchange_strong(T& expected, T desired, Order = strong) {
        const std::lock_guard lock(mutex_);
        if (std::memcmp(&value_, &expected, sizeof(T)) != 0) {
            expected = value_;
            return false;
        }
        value_ = desired;
        return true;
    }
    T fetch_add(T x, Order = strong) {
        return change([&](T old) { return static_cast<T>(bits(old) + bits(x)); });
    }
    T fetch_sub(T x, Order = strong) {
        return change([&](T old) { return static_cast<T>(bits(old) - bits(x)); });
    }
    T fetch_and(T x, Order = strong) {
        return change([&](T old) { return static_cast<T>(old & x); });
    }
    T fetch_or(T x, Order = strong) {
        return change([&](T old) { return static_cast<T>(old | x); });
    }
    T fetch_xor(T x, Order = strong) {
        return change([&](T old) { return static_cast<T>(old ^ x); });
    }

  private:
    /// Unsigned arithmetic wraps around.
    static auto bits(T value) { return static_cast<std::make_unsigned_t<T>>(value); }

    template <class F>
    T change(F next) {
        const std::lock_guard lock(mutex_);
        return std::exchange(value_, next(value_));
    }

    mutable std::mutex mutex_;
    T value_;
};

template <class T>
class OracleNumber {
  public:
    explicit OracleNumber(T first) : word_(first) {}

    OracleWord<T>& word() noexcept { return word_; }
    const OracleWord<T>& word() const noexcept { return word_; }

    template <class Changed>
    bool wait(const detail::Deadline* deadline, Changed changed) const {
        std::unique_lock lock(waiting_);
        if (deadline != nullptr) return notified_.wait_until(lock, *deadline, changed);
        notified_.wait(lock, changed);
        return true;
    }
    void notify() const {
        {
            const std::lock_guard nobody_is_between_a_look_and_its_sleep(waiting_);
        }
        notified_.notify_all();
    }

  private:
    OracleWord<T> word_;
    mutable std::mutex waiting_;
    mutable std::condition_variable notified_;
};

}  // namespace atomos::testing
