/// \file
/// What a door may leave out, made of what every door has.
#pragma once

#include <atomos/detail/atomic.hpp>
#include <cstddef>
#include <cstdint>
#include <new>

namespace atomos::detail {

namespace defaults {

template <class Word>
void add_to_own(Atomic<Word>& word, Word x) noexcept {
    word.fetch_add(x, std::memory_order_relaxed);
}

template <class Count>
Atomic<std::uint64_t>* map_words(Count count) noexcept {
    using Word = Atomic<std::uint64_t>;
    try {
        auto* const words = static_cast<Word*>(allocate(count * sizeof(Word), alignof(Word)));
        for (Count i = 0; i < count; ++i) ::new (static_cast<void*>(words + i)) Word{0};
        return words;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

template <class Count>
void unmap_words(Atomic<std::uint64_t>* words, Count count) noexcept {
    deallocate(words, count * sizeof *words, alignof(Atomic<std::uint64_t>));
}

}  // namespace defaults

/// How many words of counters each thread has: few, where the door does not say.
template <class Patience>
consteval std::size_t slab_words_of() {
    if constexpr (requires { Patience::slab_words; }) {
        return Patience::slab_words;
    } else {
        return 64;
    }
}

}  // namespace atomos::detail
