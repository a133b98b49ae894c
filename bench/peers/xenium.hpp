#pragma once

#include <atomic>
#include <utility>
#include <xenium/reclamation/hazard_pointer.hpp>

#include "../subject.hpp"

namespace bench {

/// xenium's hazard pointers with its default strategy. Kept means a guard that is held, which is
/// less than a snapshot: it must be released on the thread that took it.
template <class T>
class XeniumHazard {
    using Reclaimer = xenium::reclamation::hazard_pointer<>;

    struct Node : Reclaimer::enable_concurrent_ptr<Node> {
        explicit Node(T first) : value(std::move(first)) {}
        T value;
    };

    using Pointer = Reclaimer::concurrent_ptr<Node>;

  public:
    static constexpr std::string_view name = "xenium hazard pointers";

    explicit XeniumHazard(T first) : current_{new Node(std::move(first))} {}
    XeniumHazard(const XeniumHazard&) = delete;
    XeniumHazard& operator=(const XeniumHazard&) = delete;
    ~XeniumHazard() { delete current_.load().get(); }

    template <class F>
    [[gnu::always_inline]] auto peek(F look) const {
        typename Pointer::guard_ptr guard;
        guard.acquire(current_, std::memory_order_acquire);
        return look(guard->value);
    }

    struct Kept {
        typename Pointer::guard_ptr guard;
        const T& operator*() const { return guard->value; }
    };

    [[gnu::always_inline]] Kept keep() const {
        Kept kept;
        kept.guard.acquire(current_, std::memory_order_acquire);
        return kept;
    }

    template <class F>
    [[gnu::always_inline]] void swap(F change) {
        typename Pointer::guard_ptr seen;
        seen.acquire(current_, std::memory_order_acquire);
        Node* next = new Node(change(seen->value));
        typename Pointer::marked_ptr expected{seen};
        while (!current_.compare_exchange_weak(expected, next, std::memory_order_release,
                                               std::memory_order_relaxed)) {
            seen.acquire(current_, std::memory_order_acquire);
            expected = seen;
            next->value = change(seen->value);
        }
        seen.reclaim();
    }

  private:
    Pointer current_;
};

inline const bool xenium_added = add_subject<XeniumHazard>();

}  // namespace bench
