#pragma once

#include <array>
#include <atomic>
#include <mutex>

#include "../counter.hpp"

namespace bench {

/// The limit: a plain load, add and store to a word of the thread's own.
class PrivateCounter {
  public:
    static constexpr std::string_view name = "private load+add+store";

    std::int64_t add(unsigned lane) {
        std::atomic<std::int64_t>& mine = own_[lane].value;
        const std::int64_t next = mine.load(std::memory_order_relaxed) + 1;
        mine.store(next, std::memory_order_relaxed);
        return next;
    }

    std::int64_t total() const {
        std::int64_t sum = 0;
        for (const Own& own : own_) sum += own.value.load();
        return sum;
    }

  private:
    struct alignas(128) Own {
        std::atomic<std::int64_t> value{0};
    };
    std::array<Own, 64> own_;
};

class StdAtomicCounter {
  public:
    static constexpr std::string_view name = "std::atomic<int64_t>";
    std::int64_t add(unsigned) { return value_.fetch_add(1) + 1; }
    [[gnu::always_inline]] std::int64_t total() const { return value_.load(); }

  private:
    std::atomic<std::int64_t> value_{0};
};

class MutexCounter {
  public:
    static constexpr std::string_view name = "std::mutex + int64_t";

    std::int64_t add(unsigned) {
        std::lock_guard hold{mutex_};
        return ++value_;
    }

    std::int64_t total() const { return value_; }

  private:
    std::mutex mutex_;
    std::int64_t value_ = 0;
};

inline const bool counters_added = add_counter<PrivateCounter>() &&
                                   add_counter<StdAtomicCounter>() && add_counter<MutexCounter>() &&
                                   add_sum<StdAtomicCounter>();

}  // namespace bench
