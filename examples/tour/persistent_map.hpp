#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

namespace tour {

/// An ordered map that never changes: with() and without() return a new one that shares most of the
/// old.
///
///     PersistentMap<int, std::string> one = PersistentMap<int, std::string>{}.with(1, "one");
///     auto two = one.with(2, "two");                  // one still has a single entry
///
/// A treap whose priorities are hashes of the keys, so that its shape depends on nothing but its
/// keys. Copying the map copies a pointer; a change copies the path to its key, some 2 ln n small
/// nodes, and no value. It is not a fast map: it is one whose old versions stay free.
template <class Key, class Value>
class PersistentMap {
    struct Entry {
        Key key;
        Value value;
        std::uint64_t rank;
    };
    struct Node;
    using EntryPtr = std::shared_ptr<const Entry>;
    using Tree = std::shared_ptr<const Node>;
    struct Node {
        EntryPtr entry;
        Tree left;
        Tree right;
    };

  public:
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

    /// The value of a key, or nullptr; it lives as long as a map that has it.
    [[nodiscard]] const Value* find(const Key& key) const {
        const Node* at = root_.get();
        while (at != nullptr) {
            if (key < at->entry->key) {
                at = at->left.get();
            } else if (at->entry->key < key) {
                at = at->right.get();
            } else {
                return &at->entry->value;
            }
        }
        return nullptr;
    }

    [[nodiscard]] bool contains(const Key& key) const { return find(key) != nullptr; }

    /// Errors     std::out_of_range where the key is missing.
    [[nodiscard]] const Value& at(const Key& key) const {
        if (const Value* value = find(key)) {
            return *value;
        }
        throw std::out_of_range("PersistentMap::at: no such key");
    }

    /// This map and one more entry, or with the value of its key replaced.
    [[nodiscard]] PersistentMap with(Key key, Value value) const {
        const std::size_t size = contains(key) ? size_ : size_ + 1;
        const std::uint64_t rank = rank_of(key);
        return {inserted(root_, std::make_shared<const Entry>(
                                    Entry{std::move(key), std::move(value), rank})),
                size};
    }

    /// This map less one key; the same map where it was not there.
    [[nodiscard]] PersistentMap without(const Key& key) const {
        return contains(key) ? PersistentMap{erased(root_, key), size_ - 1} : *this;
    }

    /// Calls visit(key, value) for every entry, in the order of the keys.
    template <class Visit>
    void for_each(Visit&& visit) const {
        walk(root_.get(), visit);
    }

    PersistentMap() = default;

  private:
    PersistentMap(Tree root, std::size_t size) : root_(std::move(root)), size_(size) {}

    /// std::hash of an integer is often the integer; the mixing makes a fair priority of it.
    static std::uint64_t rank_of(const Key& key) {
        std::uint64_t bits = std::hash<Key>{}(key) + 0x9e3779b97f4a7c15U;
        bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
        bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
        return bits ^ (bits >> 31U);
    }

    static Tree tree(EntryPtr entry, Tree left, Tree right) {
        return std::make_shared<const Node>(
            Node{std::move(entry), std::move(left), std::move(right)});
    }

    static Tree inserted(const Tree& at, EntryPtr entry) {
        if (!at || at->entry->rank < entry->rank) {
            auto [less, more] = split(at, entry->key);
            return tree(std::move(entry), std::move(less), std::move(more));
        }
        if (entry->key < at->entry->key) {
            return tree(at->entry, inserted(at->left, std::move(entry)), at->right);
        }
        if (at->entry->key < entry->key) {
            return tree(at->entry, at->left, inserted(at->right, std::move(entry)));
        }
        return tree(std::move(entry), at->left, at->right);
    }

    /// What lies below a key that is not in the tree, and what lies above it.
    static std::pair<Tree, Tree> split(const Tree& at, const Key& key) {
        if (!at) {
            return {};
        }
        if (at->entry->key < key) {
            auto [less, more] = split(at->right, key);
            return {tree(at->entry, at->left, std::move(less)), std::move(more)};
        }
        auto [less, more] = split(at->left, key);
        return {std::move(less), tree(at->entry, std::move(more), at->right)};
    }

    static Tree erased(const Tree& at, const Key& key) {
        if (key < at->entry->key) {
            return tree(at->entry, erased(at->left, key), at->right);
        }
        if (at->entry->key < key) {
            return tree(at->entry, at->left, erased(at->right, key));
        }
        return merged(at->left, at->right);
    }

    /// One tree of two, where every key of the first is below every key of the second.
    static Tree merged(const Tree& less, const Tree& more) {
        if (!less || !more) {
            return less ? less : more;
        }
        if (more->entry->rank < less->entry->rank) {
            return tree(less->entry, less->left, merged(less->right, more));
        }
        return tree(more->entry, merged(less, more->left), more->right);
    }

    template <class Visit>
    static void walk(const Node* at, Visit& visit) {
        if (at != nullptr) {
            walk(at->left.get(), visit);
            visit(at->entry->key, at->entry->value);
            walk(at->right.get(), visit);
        }
    }

    Tree root_;
    std::size_t size_ = 0;
};

}  // namespace tour
