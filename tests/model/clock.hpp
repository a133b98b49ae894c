/// \file
/// What a model thread, or a message between two, knows of the others' past.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace model {

inline constexpr int max_threads = 6;

/// The checker's own memory: the global operator new belongs to the checked program.
template <class T>
struct Malloc {
    using value_type = T;
    Malloc() = default;
    template <class U>
    explicit Malloc(const Malloc<U>&) noexcept {}
    T* allocate(std::size_t n) {
        void* const p = std::malloc(n * sizeof(T));
        if (p == nullptr) std::abort();
        return static_cast<T*>(p);
    }
    void deallocate(T* p, std::size_t) noexcept { std::free(p); }
    bool operator==(const Malloc&) const = default;
};

template <class T>
using Row = std::vector<T, Malloc<T>>;

/// One number a thread: its first n events.
struct Clock {
    std::array<std::uint32_t, max_threads> at{};

    std::uint32_t& operator[](int thread) { return at[static_cast<std::size_t>(thread)]; }
    std::uint32_t operator[](int thread) const { return at[static_cast<std::size_t>(thread)]; }

    bool has(int thread, std::uint32_t event) const { return (*this)[thread] >= event; }
    void join(const Clock& other) {
        for (std::size_t i = 0; i < at.size(); ++i) at[i] = std::max(at[i], other.at[i]);
    }
    bool empty() const { return at == Clock{}.at; }
};

/// What happened before a point of a thread.
struct View {
    /// All events, for races between plain accesses.
    Clock events;
    /// The seq_cst fences among them.
    Clock fences;
    /// The seq_cst operations that *strongly* happen before what comes next (C++20 [intro.races]).
    Clock strong;
    /// By location: the newest store in its modification order that is known.
    Row<std::uint32_t> seen;

    std::uint32_t newest(std::size_t location) const {
        return location < seen.size() ? seen[location] : 0;
    }
    void see(std::size_t location, std::uint32_t stamp) {
        if (location >= seen.size()) seen.resize(location + 1);
        seen[location] = std::max(seen[location], stamp);
    }
    void join(const View& other) {
        events.join(other.events);
        fences.join(other.fences);
        strong.join(other.strong);
        if (other.seen.size() > seen.size()) seen.resize(other.seen.size());
        for (std::size_t i = 0; i < other.seen.size(); ++i) {
            seen[i] = std::max(seen[i], other.seen[i]);
        }
    }
    void clear() {
        events = fences = strong = {};
        seen.clear();
    }
};

}  // namespace model
