/// \file
/// When destructors run: outside of every internal step, one after another.
#pragma once

#include <atomos/detail/domain.hpp>
#include <utility>

namespace atomos::detail {

/// While it lives, values that this thread would destroy wait; the outermost one destroys them at its end.
/// So destructors run outside of every internal step and lock. They may use atoms, end others, and so on
/// down a chain of any length: what they end in turn is destroyed in the same loop. (The list is atomic
/// for the sake of signal handlers.)
class Later {
  public:
    Later() noexcept
        : outermost_(mutant("destroy inside") || !std::exchange(this_thread().destroying, true)) {}
    ~Later() {
        if (!outermost_ || mutant("destroy inside")) return;
        ThreadLink& here = this_thread();
        do {
            destroy_doomed(here);
            here.destroying = false;
        } while (here.doomed.load(std::memory_order_relaxed) != nullptr &&
                 !std::exchange(here.destroying, true));
    }
    Later(const Later&) = delete;
    Later& operator=(const Later&) = delete;

    /// Destroys a value: now, if no destructor is running.
    void destroy(Node* node) const noexcept {
        if (outermost_) {
            node->destroy(node);
            return;
        }
        ThreadLink& here = this_thread();
        node->next = here.doomed.load(std::memory_order_relaxed);
        while (!here.doomed.compare_exchange_strong(node->next, node, std::memory_order_relaxed)) {
        }
    }

  private:
    static void destroy_doomed(ThreadLink& here) noexcept {
        while (here.doomed.load(std::memory_order_relaxed) != nullptr) {
            Node* list = here.doomed.exchange(nullptr, std::memory_order_relaxed);
            while (list != nullptr) {
                Node* const next = list->next;
                list->destroy(list);
                list = next;
            }
        }
    }

    bool outermost_;
};

/// Destroys a value, now or at the end of the outermost Later.
[[gnu::noinline]] inline void destroy(Node* node) noexcept { Later().destroy(node); }

/// Drops a snapshot that has no slot.
inline void let_go(Node* node) noexcept {
    if (node->let_go()) destroy(node);
}

}  // namespace atomos::detail
