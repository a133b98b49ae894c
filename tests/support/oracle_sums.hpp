/// \file
/// The oracle's sums and folds: one plain value behind a std::mutex.
#pragma once

#include <atomos/detail/compensated.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

namespace atomos::testing {

class OracleLongSum {
  public:
    void add(std::int64_t x) {
        const std::lock_guard lock(mutex_);
        sum_ += static_cast<std::uint64_t>(x);
    }
    std::int64_t get() const {
        const std::lock_guard lock(mutex_);
        return static_cast<std::int64_t>(sum_);
    }
    std::int64_t take() {
        const std::lock_guard lock(mutex_);
        return static_cast<std::int64_t>(std::exchange(sum_, 0));
    }

  private:
    mutable std::mutex mutex_;
    std::uint64_t sum_ = 0;
};

class OracleDoubleSum {
  public:
    void add(double x) {
        const std::lock_guard lock(mutex_);
        sum_.add(x);
    }
    double get() const {
        const std::lock_guard lock(mutex_);
        return sum_.value();
    }
    double take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(sum_, {}).value();
    }

  private:
    mutable std::mutex mutex_;
    detail::Compensated sum_;
};

template <class T, class Op>
class OracleFold {
  public:
    OracleFold(Op op, T identity) : op_(std::move(op)), identity_(identity), value_(identity) {}

    void accumulate(T x) {
        const std::lock_guard lock(mutex_);
        value_ = std::invoke(op_, std::as_const(value_), x);
    }
    T get() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }
    T take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(value_, identity_);
    }
    void clear() { take(); }

  private:
    mutable std::mutex mutex_;
    const Op op_;
    const T identity_;
    T value_;
};

}  // namespace atomos::testing
