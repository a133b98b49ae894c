/// \file
/// A node: one immutable value with its version, as a cell publishes it and snapshots share it.
#pragma once

#include <atomos/detail/orders.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace atomos::detail {

/// What every node starts with. Its alignment leaves the low bits of its address free for marks.
struct alignas(16) Node {
    std::uint64_t version;
    /// 1 for the cell (or, once replaced, for whoever retires the node) and 1 for each snapshot that
    /// has no slot.
    Atomic<std::uint64_t> count{1};
    /// The next one in a list of retired nodes.
    Node* next;
    /// Destroys the value and gives the memory back.
    void (*destroy)(Node*) noexcept;

    /// The version is set when the node is published, the link when it is retired.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
    explicit Node(void (*d)(Node*) noexcept) noexcept : destroy(d) {}

    /// Adds a holder. The caller already holds the node, by a slot or by a count.
    void hold() noexcept { count.fetch_add(1, std::memory_order_relaxed); }

    /// Lets one holder go. True for the last one, who has to destroy the node.
    bool let_go() noexcept { return count.fetch_sub(1, C1) == 1; }

    /// The retiring thread's share, when no slot names the node any more.
    bool let_go_retired() noexcept { return count.load(C2) == 1 || let_go(); }
};

/// A node with its value.
template <class T>
struct ValueNode : Node {
    template <class Make>
    ValueNode(void (*d)(Node*) noexcept, Make&& make)
        : Node(d), value(std::forward<Make>(make)()) {}

    T value;
};

/// A singly linked list of retired nodes, owned by whoever holds it.
class NodeList {
  public:
    bool empty() const noexcept { return head_ == nullptr; }
    std::size_t size() const noexcept { return size_; }

    void push(Node* node) noexcept {
        node->next = head_;
        head_ = node;
        ++size_;
    }

    Node* pop() noexcept {
        Node* const node = head_;
        head_ = node->next;
        --size_;
        return node;
    }

    void append(NodeList other) noexcept {
        while (!other.empty()) push(other.pop());
    }

    NodeList take() noexcept { return std::exchange(*this, NodeList{}); }

  private:
    Node* head_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace atomos::detail
