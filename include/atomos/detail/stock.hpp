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

    struct Free {
        Free* next;
    };
    struct Class {
        Free* head = nullptr;
        std::uint32_t count = 0;
    };

    std::array<Class, classes> free{};

    static constexpr bool fits(std::size_t size, std::size_t align) noexcept {
        return recycle_nodes && size <= step * classes && align <= alignof(Node);
    }
    static constexpr std::size_t rounded(std::size_t size) noexcept {
        return (size + step - 1) / step * step;
    }
};

/// While it lives and `mine()`, no signal handler on this thread finds the stock half changed: it sees
/// that the stock is in use, and calls the allocator.
class StockInUse {
  public:
    explicit StockInUse(Record& r) noexcept
        : record_(r), mine_(!r.stock_busy.load(std::memory_order_relaxed)) {
        if (mine_) record_.stock_busy.store(true, std::memory_order_relaxed);
        light_barrier();
    }
    ~StockInUse() {
        light_barrier();
        if (mine_) record_.stock_busy.store(false, std::memory_order_relaxed);
    }
    StockInUse(const StockInUse&) = delete;
    StockInUse& operator=(const StockInUse&) = delete;

    bool mine() const noexcept { return mine_; }

  private:
    Record& record_;
    bool mine_;
};

/// Memory for a node. Errors: std::bad_alloc.
template <std::size_t size, std::size_t align>
void* allocate_node() {
    Record& r = record();
    if constexpr (Stock::fits(size, align)) {
        const StockInUse stock(r);
        if (stock.mine() && r.stock != nullptr) {
            auto& shelf = r.stock->free[(size - 1) / Stock::step];
            if (shelf.head != nullptr) {
                --shelf.count;
                return std::exchange(shelf.head, shelf.head->next);
            }
        }
        return allocate(Stock::rounded(size), alignof(Node));
    } else {
        return allocate(size, align);
    }
}

[[gnu::noinline, gnu::cold]] inline Stock* make_stock() noexcept { return new (std::nothrow) Stock; }

/// Gives a node's memory back, on any thread.
template <std::size_t size, std::size_t align>
void deallocate_node(void* memory) noexcept {
    if constexpr (Stock::fits(size, align)) {
        if (Record* const r = this_thread().record) {
            const StockInUse stock(*r);
            if (stock.mine()) {
                if (r->stock == nullptr) [[unlikely]] r->stock = make_stock();
                if (r->stock != nullptr) {
                    auto& shelf = r->stock->free[(size - 1) / Stock::step];
                    if (shelf.count < Stock::depth) {
                        ++shelf.count;
                        shelf.head = new (memory) Stock::Free{shelf.head};
                        return;
                    }
                }
            }
        }
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
        while (shelf.head != nullptr) {
            deallocate(std::exchange(shelf.head, shelf.head->next), size, alignof(Node));
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
            node_ = new (memory) ValueNode<T>(std::forward<Make>(make));
        } catch (...) {
            free_memory(memory);
            throw;
        }
        node_->destroy = [](Node* node) noexcept {
            auto* whole = static_cast<ValueNode<T>*>(node);
            whole->~ValueNode<T>();
            free_memory(whole);
        };
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        if (node_ != nullptr) node_->destroy(node_);
    }

    const T& operator*() const noexcept { return node_->value; }
    ValueNode<T>* node() const noexcept { return node_; }
    ValueNode<T>* publish() noexcept { return std::exchange(node_, nullptr); }

  private:
    static void free_memory(void* memory) noexcept {
        deallocate_node<sizeof(ValueNode<T>), alignof(ValueNode<T>)>(memory);
    }

    ValueNode<T>* node_ = nullptr;
};

}  // namespace atomos::detail
