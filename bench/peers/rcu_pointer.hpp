#pragma once

#include <atomic>
#include <utility>
#include <vector>

#include "../subject.hpp"

namespace bench {

/// Old values go to liburcu's own thread, which frees them after a grace period. Nothing bounds how
/// many wait, and that thread's time is in nobody's figures.
template <class Flavor>
struct ByWorker {
    using Hook = rcu_head;

    template <class Node>
    static void retire(Node* node) {
        Flavor::call(node, [](rcu_head* head) { delete static_cast<Node*>(head); });
    }

    template <class Node>
    static void leave() {}

    static void settle() { Flavor::barrier(); }
};

/// A thread collects 64 old values, then waits for a grace period and frees them.
template <class Flavor>
class InBatches {
    template <class Node>
    using Old = std::vector<Node*>;

    /// A pointer, as a thread-local vector would be checked for life at each use.
    template <class Node>
    inline static thread_local Old<Node>* waiting = nullptr;

    template <class Node>
    static void drain(Old<Node>& old) {
        Flavor::synchronize();
        for (Node* node : old) delete node;
        old.clear();
    }

  public:
    struct Hook {};

    template <class Node>
    static void retire(Node* node) {
        if (waiting<Node> == nullptr) waiting<Node> = new Old<Node>;
        waiting<Node>->push_back(node);
        if (waiting<Node>->size() == 64) drain(*waiting<Node>);
    }

    template <class Node>
    static void leave() {
        if (waiting<Node> == nullptr) return;
        drain(*waiting<Node>);
        delete std::exchange(waiting<Node>, nullptr);
    }

    static void settle() {}
};

/// A pointer read under liburcu; Flavor names the functions of memb or qsbr.
///
/// A kept value outlives its read section by a count in the node: an RCU section that is kept open
/// would stop all reclamation.
template <class T, class Flavor, template <class> class Deferral>
class RcuPointer {
    using Freed = Deferral<Flavor>;

    struct Node : Freed::Hook {
        explicit Node(T first) : Freed::Hook{}, value(std::move(first)) {}
        T value;
        std::atomic<long> users{1};  // the variable itself is one
    };

  public:
    static constexpr std::string_view name = Flavor::template name<Deferral>;

    struct Session {
        Session() { Flavor::enter(); }
        Session(const Session&) = delete;
        Session& operator=(const Session&) = delete;
        ~Session() {
            Freed::template leave<Node>();
            Flavor::leave();
        }
    };

    static void quiesce() { Flavor::quiesce(); }
    static void settle() { Freed::settle(); }

    explicit RcuPointer(T first) : current_{new Node(std::move(first))} {}
    RcuPointer(const RcuPointer&) = delete;
    RcuPointer& operator=(const RcuPointer&) = delete;
    ~RcuPointer() { delete current_.load(); }

    template <class F>
    [[gnu::always_inline]] auto peek(F look) const {
        Flavor::lock();
        auto seen = look(current_.load(std::memory_order_acquire)->value);
        Flavor::unlock();
        return seen;
    }

    class Kept {
      public:
        explicit Kept(Node* node) : node_{node} {}
        Kept(const Kept&) = delete;
        Kept& operator=(const Kept&) = delete;
        ~Kept() { release(node_); }
        const T& operator*() const { return node_->value; }

      private:
        Node* node_;
    };

    [[gnu::always_inline]] Kept keep() const {
        Flavor::lock();
        Node* node = current_.load(std::memory_order_acquire);
        while (!retain(node)) node = current_.load(std::memory_order_acquire);
        Flavor::unlock();
        return Kept{node};
    }

    template <class F>
    [[gnu::always_inline]] void swap(F change) {
        Flavor::lock();
        Node* seen = current_.load(std::memory_order_acquire);
        Node* next = new Node(change(seen->value));
        while (!current_.compare_exchange_weak(seen, next)) next->value = change(seen->value);
        Flavor::unlock();
        release(seen);
    }

  private:
    /// A node whose count has reached zero is on its way out and must not be revived.
    static bool retain(Node* node) {
        long users = node->users.load(std::memory_order_relaxed);
        while (users > 0) {
            if (node->users.compare_exchange_weak(users, users + 1)) return true;
        }
        return false;
    }

    static void release(Node* node) {
        if (node->users.fetch_sub(1) == 1) Freed::retire(node);
    }

    std::atomic<Node*> current_;
};

/// "liburcu memb" and how it frees.
template <template <class> class Deferral, class Flavor>
constexpr std::string_view pick(std::string_view by_worker, std::string_view in_batches) {
    return std::is_same_v<Deferral<Flavor>, ByWorker<Flavor>> ? by_worker : in_batches;
}

}  // namespace bench
