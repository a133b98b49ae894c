/// \file
/// Values that make demands: only movable, refusing to be copied or moved, over-aligned, big,
/// counted.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <utility>

namespace atomos::testing {

struct OnlyMovable {
    explicit OnlyMovable(int n) : number(std::make_unique<int>(n)) {}
    int operator()() const { return *number; }
    std::unique_ptr<int> number;
};

/// It can be copied, but never is: a copy throws.
struct ThrowsOnCopy {
    explicit ThrowsOnCopy(int n) : number(n) {}
    ThrowsOnCopy(const ThrowsOnCopy&) : number(0) { throw std::logic_error("copied"); }
    ThrowsOnCopy(ThrowsOnCopy&&) = default;
    ThrowsOnCopy& operator=(const ThrowsOnCopy&) { throw std::logic_error("copied"); }
    ThrowsOnCopy& operator=(ThrowsOnCopy&&) = default;
    ~ThrowsOnCopy() = default;
    int number;
};

/// Its move throws once `moves_left` is used up.
struct ThrowsOnMove {
    explicit ThrowsOnMove(int n, int moves) : number(n), moves_left(moves) {}
    ThrowsOnMove(const ThrowsOnMove&) = default;
    // NOLINTNEXTLINE(performance-noexcept-move-constructor): throwing is what it is for
    ThrowsOnMove(ThrowsOnMove&& other) : number(other.number), moves_left(other.moves_left - 1) {
        if (moves_left < 0) throw std::length_error("moved");
    }
    ThrowsOnMove& operator=(const ThrowsOnMove&) = default;
    int number;
    int moves_left;
};

struct alignas(256) OverAligned {
    int number = 0;
};

struct Megabyte {
    explicit Megabyte(unsigned char fill = 0) { bytes.fill(fill); }
    bool all_are(unsigned char fill) const {
        for (const unsigned char byte : bytes) {
            if (byte != fill) return false;
        }
        return true;
    }
    std::array<unsigned char, std::size_t{1} << 20U> bytes;
};

/// Counts how many of its kind live.
class Counted {
  public:
    explicit Counted(std::atomic<int>& living, int n = 0) : number(n), living_(&living) {
        ++*living_;
    }
    Counted(const Counted& other) : number(other.number), living_(other.living_) { ++*living_; }
    Counted& operator=(const Counted&) = default;
    ~Counted() { --*living_; }

    int number;

  private:
    std::atomic<int>* living_;
};

/// A sorted map that never changes: adding to it gives another one, which shares what is the same.
template <class K, class V>
class PersistentMap {
    struct Tree;
    using Branch = std::shared_ptr<const Tree>;
    struct Tree {
        K key;
        V value;
        Branch less, greater;
    };

  public:
    PersistentMap with(const K& key, const V& value) const {
        return PersistentMap(add(root_, key, value), find(key) == nullptr ? size_ + 1 : size_);
    }

    const V* find(const K& key) const {
        const Tree* at = root_.get();
        while (at != nullptr && !(at->key == key)) {
            at = key < at->key ? at->less.get() : at->greater.get();
        }
        return at == nullptr ? nullptr : &at->value;
    }

    std::size_t size() const { return size_; }

  private:
    PersistentMap(Branch root, std::size_t size) : root_(std::move(root)), size_(size) {}

    static Branch add(const Branch& at, const K& key, const V& value) {
        if (at == nullptr) return std::make_shared<Tree>(Tree{key, value, nullptr, nullptr});
        Tree changed = *at;
        if (key < at->key) {
            changed.less = add(at->less, key, value);
        } else if (at->key < key) {
            changed.greater = add(at->greater, key, value);
        } else {
            changed.value = value;
        }
        return std::make_shared<Tree>(std::move(changed));
    }

    Branch root_;
    std::size_t size_ = 0;

  public:
    PersistentMap() = default;
};

}  // namespace atomos::testing
