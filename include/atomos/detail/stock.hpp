/// \file
/// The memory of nodes: a short free list of each size class a thread, so that a swap rarely calls malloc.
#pragma once

#include <array>
#include <atomos/detail/domain.hpp>
#include <cstddef>
#include <cstdint>
#include <new>

namespace atomos::detail {

/// Free nodes of one thread.
///
/// Bound   32 nodes of each of 16 size classes up to 256 bytes: 68 KiB a thread at the most.
struct Stock {
    static constexpr std::size_t step = 16;
    static constexpr std::size_t classes = 16;
    static constexpr std::uint32_t depth = 32;

    /// A free node, and how many lie below it.
    struct Free {
        Free* next;
        std::uint32_t depth;
    };

    std::array<Free*, classes> free{};
    Atomic<bool> busy{false};

    static constexpr bool fits(std::size_t size, std::size_t align) noexcept {
        return recycle_nodes && size <= step * classes && align <= alignof(Node);
    }
    static constexpr std::size_t rounded(std::size_t size) noexcept {
        return (size + step - 1) / step * step;
    }
};

/// Takes a node from a shelf; nullptr: there is none. A signal handler that interrupts this finds the
/// stock in use, and calls the allocator.
template <std::size_t size>
[[gnu::always_inline]] inline void* take_from_stock(Record& r) noexcept {
    Stock* const stock = r.stock;
    if (stock == nullptr || stock->busy.load(std::memory_order_relaxed)) return nullptr;
    auto& shelf = stock->free[(size - 1) / Stock::step];
    stock->busy.store(true, std::memory_order_relaxed);
    light_barrier();
    Stock::Free* const taken = shelf;
    if (taken != nullptr) shelf = taken->next;
    light_barrier();
    stock->busy.store(false, std::memory_order_relaxed);
    return taken;
}

/// Puts a node on its shelf. False: the shelf is full, or the stock in use.
template <std::size_t size>
[[gnu::always_inline]] inline bool put_into_stock(Record& r, void* memory) noexcept {
    Stock* const stock = r.stock;
    if (stock == nullptr || stock->busy.load(std::memory_order_relaxed)) return false;
    auto& shelf = stock->free[(size - 1) / Stock::step];
    stock->busy.store(true, std::memory_order_relaxed);
    light_barrier();
    const std::uint32_t depth = shelf == nullptr ? 1 : shelf->depth + 1;
    const bool room = depth <= Stock::depth;
    if (room) shelf = new (memory) Stock::Free{shelf, depth};
    light_barrier();
    stock->busy.store(false, std::memory_order_relaxed);
    return room;
}

[[gnu::noinline]] inline void* allocate_slowly(Record& r, std::size_t size) {
    if (r.stock == nullptr) r.stock = new (std::nothrow) Stock;
    return allocate(size, alignof(Node));
}

/// Memory for a node. Errors: std::bad_alloc.
template <std::size_t size, std::size_t align>
[[gnu::always_inline]] inline void* allocate_node() {
    Record& r = record();
    if constexpr (Stock::fits(size, align)) {
        if (void* const taken = take_from_stock<size>(r)) [[likely]]
            return taken;
        return allocate_slowly(r, Stock::rounded(size));
    } else {
        return allocate(size, align);
    }
}

/// Gives a node's memory back, on any thread: `r` is the thread's record, or nullptr.
template <std::size_t size, std::size_t align>
[[gnu::always_inline]] inline void deallocate_node(Record* r, void* memory) noexcept {
    if constexpr (Stock::fits(size, align)) {
        if (r != nullptr && put_into_stock<size>(*r, memory)) [[likely]]
            return;
        deallocate(memory, Stock::rounded(size), alignof(Node));
    } else {
        deallocate(memory, size, align);
    }
}

/// Empties a thread's stock at its end.
inline void clear_stock(Record& r) noexcept {
    if (r.stock == nullptr) return;
    std::size_t size = 0;
    for (auto& shelf : r.stock->free) {
        size += Stock::step;
        while (shelf != nullptr) {
            deallocate(std::exchange(shelf, shelf->next), size, alignof(Node));
        }
    }
    delete std::exchange(r.stock, nullptr);
}

/// A value that is not published yet. One that is never published is destroyed.
template <class T>
class Draft {
  public:
    /// Builds the value in place from what `make()` returns.
    ///
    /// Errors   std::bad_alloc, and whatever make() throws.
    template <class Make>
    explicit Draft(Make&& make) {
        void* const memory = allocate_node<sizeof(ValueNode<T>), alignof(ValueNode<T>)>();
        try {
            node_ = new (memory) ValueNode<T>(destroy, std::forward<Make>(make));
        } catch (...) {
            free_memory(this_thread().record, memory);
            throw;
        }
    }
    [[gnu::always_inline]] Draft(Draft&& other) noexcept : node_(other.publish()) {}
    Draft& operator=(Draft&& other) noexcept {
        std::swap(node_, other.node_);
        return *this;
    }
    ~Draft() {
        if (node_ != nullptr) node_->destroy(node_);
    }

    const T& operator*() const noexcept { return node_->value; }
    ValueNode<T>* node() const noexcept { return node_; }
    ValueNode<T>* publish() noexcept { return std::exchange(node_, nullptr); }

    /// Gives back the memory of a value that needs no destructor or has had it.
    [[gnu::always_inline]] static void free_memory(Record* r, void* memory) noexcept {
        deallocate_node<sizeof(ValueNode<T>), alignof(ValueNode<T>)>(r, memory);
    }

  private:
    static void destroy(Node* node) noexcept {
        auto* whole = static_cast<ValueNode<T>*>(node);
        whole->~ValueNode<T>();
        free_memory(this_thread().record, whole);
    }

    ValueNode<T>* node_ = nullptr;
};

}  // namespace atomos::detail
