#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "../subject.hpp"

namespace bench {

template <class T>
class StdAtomicSharedPtr {
  public:
    static constexpr std::string_view name = "std::atomic<std::shared_ptr>";

    explicit StdAtomicSharedPtr(T first) : current_{std::make_shared<const T>(std::move(first))} {}

    template <class F>
    [[gnu::always_inline]] auto peek(F look) const {
        return look(*current_.load(std::memory_order_acquire));
    }

    [[gnu::always_inline]] std::shared_ptr<const T> keep() const {
        return current_.load(std::memory_order_acquire);
    }

    template <class F>
    [[gnu::always_inline]] void swap(F change) {
        auto seen = current_.load(std::memory_order_acquire);
        auto next = std::make_shared<T>(change(*seen));
        while (!current_.compare_exchange_weak(seen, next)) *next = change(*seen);
    }

  private:
    std::atomic<std::shared_ptr<const T>> current_;
};

inline const bool std_atomic_shared_ptr_added = add_subject<StdAtomicSharedPtr>();

}  // namespace bench
