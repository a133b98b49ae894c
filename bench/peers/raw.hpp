#pragma once

#include <atomic>
#include <utility>

#include "../subject.hpp"

namespace bench {

/// The limit: a pointer whose old values are freed at once, so that only one thread may use it.
/// (Peek and keep with several threads are safe as nobody swaps.)
template <class T>
class RawPointer {
  public:
    static constexpr std::string_view name = "raw pointer";
    static constexpr bool single_writer = true;

    explicit RawPointer(T first) : current_{new T(std::move(first))} {}
    RawPointer(const RawPointer&) = delete;
    RawPointer& operator=(const RawPointer&) = delete;
    ~RawPointer() { delete current_.load(); }

    template <class F>
    [[gnu::always_inline]] auto peek(F look) const {
        return look(*current_.load(std::memory_order_acquire));
    }

    const T* keep() const { return current_.load(std::memory_order_acquire); }

    template <class F>
    [[gnu::always_inline]] void swap(F change) {
        T* seen = current_.load(std::memory_order_acquire);
        T* next = new T(change(*seen));
        while (!current_.compare_exchange_weak(seen, next)) *next = change(*seen);
        delete seen;
    }

  private:
    std::atomic<T*> current_;
};

inline const bool raw_pointer_added = add_subject<RawPointer>();

}  // namespace bench
