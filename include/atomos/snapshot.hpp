/// \file
/// Snapshot<T>: what a look at an atom gives in the thread scope.
#pragma once

#include <atomos/detail/hazard.hpp>
#include <cstdint>
#include <utility>

namespace atomos {

namespace thread {
template <class T>
class Cell;
}

/// An immutable value and its version, as it stood when it was taken.
///
///     auto now = atom.deref();            // a look that costs no locked instruction
///     use(now->name, now.version());      // however often the atom changes meanwhile
///
/// It may be kept, copied, passed to other threads and outlive its atom; it never dangles and never
/// changes. One that was moved from or made empty holds nothing, and may only be assigned to, tested or
/// destroyed. Distinct Snapshot objects may be used by distinct threads; one object is like a pointer.
///
/// Progress   Wait-free, each member.
/// Bound      Two words. The first seven that a thread holds take a slot each; copies, and those beyond
///            seven, share a count in the value's node.
/// Cost       Taking and dropping one: a few loads and two or three plain stores. A copy: one locked add.
template <class T>
class Snapshot {
  public:
    using value_type = T;

    Snapshot() noexcept = default;

    /// A snapshot of a value that no atom has held. Its version is 0. Errors: std::bad_alloc, and what
    /// T's move constructor throws.
    static Snapshot of(T value) {
        detail::Draft<T> draft([&]() -> T { return std::move(value); });
        draft.node()->version = 0;
        return Snapshot(draft.publish(), nullptr);
    }

    Snapshot(const Snapshot& other) noexcept : node_(other.node_) {
        if (node_ != nullptr) node_->hold();
    }
    [[gnu::always_inline]] Snapshot(Snapshot&& other) noexcept
        : node_(std::exchange(other.node_, nullptr)), slot_(std::exchange(other.slot_, nullptr)) {}
    // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): a copy is made, and swapped
    Snapshot& operator=(const Snapshot& other) noexcept {
        Snapshot copy(other);
        swap(copy);
        return *this;
    }
    [[gnu::always_inline]] Snapshot& operator=(Snapshot&& other) noexcept {
        Snapshot taken(std::move(other));
        swap(taken);
        return *this;
    }
    [[gnu::always_inline]] ~Snapshot() { drop(); }

    void swap(Snapshot& other) noexcept {
        std::swap(node_, other.node_);
        std::swap(slot_, other.slot_);
    }

    const T& operator*() const noexcept { return node_->value; }
    const T* operator->() const noexcept { return &node_->value; }
    const T& get() const noexcept { return node_->value; }

    /// Counts up by one with each change of the atom; the initial value is version 1.
    std::uint64_t version() const noexcept { return node_->version; }

    /// Whether both are the same version of the same atom (not: equal values).
    bool same_as(const Snapshot& other) const noexcept { return node_ == other.node_; }

    /// Whether it holds a value.
    explicit operator bool() const noexcept { return node_ != nullptr; }

  private:
    friend class thread::Cell<T>;

    /// What a snapshot consists of: two words that travel in registers.
    struct Held {
        detail::ValueNode<T>* node;
        detail::Slot* slot;
    };

    Snapshot(detail::ValueNode<T>* node, detail::Slot* slot) noexcept : node_(node), slot_(slot) {}
    explicit Snapshot(Held held) noexcept : node_(held.node), slot_(held.slot) {}

    [[gnu::always_inline]] void drop() noexcept {
        if (slot_ != nullptr) {
            slot_->store(0, detail::S1);
        } else if (node_ != nullptr) {
            detail::let_go(node_);
        }
    }

    /// Frees the slot; the node's count holds it from now on. The node must not be retired yet.
    void leave_slot() noexcept {
        if (slot_ == nullptr) return;
        node_->hold();
        std::exchange(slot_, nullptr)->store(0, detail::S1);
    }

    detail::ValueNode<T>* node_ = nullptr;
    detail::Slot* slot_ = nullptr;
};

template <class T>
void swap(Snapshot<T>& a, Snapshot<T>& b) noexcept {
    a.swap(b);
}

}  // namespace atomos
