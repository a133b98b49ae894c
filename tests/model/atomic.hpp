/// \file
/// Atomic<T>: std::atomic's members, on the model's memory.
#pragma once

#include <bit>
#include <cstring>
#include <type_traits>

#include "model/runtime.hpp"

namespace model {

template <class T>
class Atomic {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(Word));

  public:
    using value_type = T;

    constexpr Atomic() noexcept : Atomic(T{}) {}
    // NOLINTNEXTLINE(google-explicit-constructor): as std::atomic
    constexpr Atomic(T value) noexcept : first_(value) {
        if (!std::is_constant_evaluated()) atomic_made(&first_, sizeof(T));
    }
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;

    T load(Order order = Order::seq_cst, Where where = Where::current()) const noexcept {
        return value(atomic_load(place(), order, where));
    }
    void store(T desired, Order order = Order::seq_cst, Where where = Where::current()) noexcept {
        atomic_store(place(), bits(desired), order, where);
    }
    T exchange(T desired, Order order = Order::seq_cst, Where where = Where::current()) noexcept {
        return modify([desired](T) { return desired; }, order, where);
    }
    bool compare_exchange_strong(T& expected, T desired, Order success, Order failure,
                                 Where where = Where::current()) noexcept {
        Word seen = bits(expected);
        const bool won =
            atomic_compare_exchange(place(), seen, bits(desired), success, failure, where);
        if (!won) expected = value(seen);
        return won;
    }
    bool compare_exchange_strong(T& expected, T desired, Order order = Order::seq_cst,
                                 Where where = Where::current()) noexcept {
        const Order failure = order == Order::acq_rel   ? Order::acquire
                              : order == Order::release ? Order::relaxed
                                                        : order;
        return compare_exchange_strong(expected, desired, order, failure, where);
    }
    T fetch_add(T n, Order order = Order::seq_cst, Where where = Where::current()) noexcept {
        return modify([n](T v) { return static_cast<T>(v + n); }, order, where);
    }
    T fetch_sub(T n, Order order = Order::seq_cst, Where where = Where::current()) noexcept {
        return modify([n](T v) { return static_cast<T>(v - n); }, order, where);
    }
    T fetch_and(T n, Order order = Order::seq_cst, Where where = Where::current()) noexcept {
        return modify([n](T v) { return static_cast<T>(v & n); }, order, where);
    }
    T fetch_or(T n, Order order = Order::seq_cst, Where where = Where::current()) noexcept {
        return modify([n](T v) { return static_cast<T>(v | n); }, order, where);
    }
    T fetch_xor(T n, Order order = Order::seq_cst, Where where = Where::current()) noexcept {
        return modify([n](T v) { return static_cast<T>(v ^ n); }, order, where);
    }

    /// For the model's futex.
    Place place() const noexcept { return {&first_, sizeof(T)}; }

  private:
    static Word bits(T v) noexcept {
        Word w = 0;
        std::memcpy(&w, &v, sizeof v);
        return w;
    }
    static T value(Word w) noexcept {
        T v;
        std::memcpy(&v, &w, sizeof v);
        return v;
    }
    template <class Change>
    T modify(Change change, Order order, const Where& where) noexcept {
        struct Call {
            static Word change(Word old, void* data) {
                return bits((*static_cast<Change*>(data))(value(old)));
            }
        };
        return value(atomic_modify(place(), &Call::change, &change, order, where));
    }

    /// What it was made with: the model's memory holds the rest.
    T first_;
};

}  // namespace model
