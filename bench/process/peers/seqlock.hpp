#pragma once

#include "../value.hpp"

namespace bench {

/// Hans-J. Boehm, Can Seqlocks Get Along With Programming Language Memory Models?, 2012: readers
/// copy relaxed words and look at the sequence again. A writer that dies hangs everybody.
template <class T>
class SeqLock {
  public:
    static constexpr std::string_view name = "seqlock";

    template <class F>
    [[gnu::always_inline]] void read(F use) {
        T copy;
        std::uint64_t before;
        do {
            before = room_->sequence.load(std::memory_order_acquire);
            copy_out(copy);
            std::atomic_thread_fence(std::memory_order_acquire);
        } while (before % 2 != 0 || room_->sequence.load(std::memory_order_relaxed) != before);
        use(copy);
    }

    [[gnu::always_inline]] void set(const T& value) {
        const std::uint64_t odd = lock();
        copy_in(value);
        room_->sequence.store(odd + 1, std::memory_order_release);
    }

    template <class F>
    [[gnu::always_inline]] void update(F change) {
        const std::uint64_t odd = lock();
        T copy;
        copy_out(copy);
        change(copy);
        copy_in(copy);
        room_->sequence.store(odd + 1, std::memory_order_release);
    }

  private:
    struct Room {
        std::atomic<std::uint64_t> sequence{0};
        std::array<std::atomic<std::int64_t>, sizeof(T) / sizeof(std::int64_t)> words{};
    };

    [[gnu::always_inline]] void copy_out(T& copy) const {
        for (std::size_t i = 0; i < copy.words.size(); ++i) {
            copy.words[i] = room_->words[i].load(std::memory_order_relaxed);
        }
    }

    [[gnu::always_inline]] void copy_in(const T& value) {
        for (std::size_t i = 0; i < value.words.size(); ++i) {
            room_->words[i].store(value.words[i], std::memory_order_relaxed);
        }
    }

    /// Makes the sequence odd and returns it.
    [[gnu::always_inline]] std::uint64_t lock() {
        std::uint64_t seen = room_->sequence.load(std::memory_order_relaxed);
        while (seen % 2 != 0 ||
               !room_->sequence.compare_exchange_weak(seen, seen + 1, std::memory_order_acquire)) {
            seen = room_->sequence.load(std::memory_order_relaxed);
        }
        std::atomic_thread_fence(std::memory_order_release);
        return seen + 1;
    }

    Shared<Room> room_;
};

inline const bool seqlock_added = add_shared_value<SeqLock>();

}  // namespace bench
