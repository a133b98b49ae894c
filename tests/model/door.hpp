/// \file
/// Behind the library's door (detail/atomic.hpp) in model builds: the model's memory, heap and threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "model/atomic.hpp"
#include "model/scheduler.hpp"

namespace atomos::detail {

template <class T>
using Atomic = model::Atomic<T>;

inline constexpr bool heavy_barrier_usable = true;
inline constexpr bool recycle_nodes = false;

/// A scenario may choose another one.
#ifndef ATOMOS_MODEL_BATCH
#define ATOMOS_MODEL_BATCH 2
#endif

/// Every path within a few operations.
struct Tuning {
    static constexpr std::size_t batch = ATOMOS_MODEL_BATCH;
    static constexpr std::size_t batch_alone = 2;
    static constexpr std::uint64_t quiet_ticks = model::long_time / 2;
    static constexpr std::size_t quiet_step = 1;
    static constexpr int patience = 3;
    static constexpr std::uint16_t first_sleep = 2;
    static constexpr std::uint16_t longest_sleep = 4;
    static constexpr int spins = 1;
    static constexpr int loss_pause = 1;
    static constexpr int loss_doublings = 1;
    static constexpr int wins_to_forget = 2;
    static constexpr int steal_spins = 64;
    static constexpr int looks_before_pin = 1;
    static constexpr std::size_t slab_words = 64;
};

inline void fence(Order order, model::Where where = model::Where::current()) noexcept {
    model::fence(order, where);
}

/// Nothing: a compiler's barrier does not bind the processor.
inline void light_barrier() noexcept {}

inline bool heavy_barrier_register() noexcept { return model::barriers_granted(); }
inline bool heavy_barrier(model::Where where = model::Where::current()) noexcept {
    model::heavy_barrier(where);
    return true;
}

inline bool futex_wait(Atomic<std::uint32_t>& word, std::uint32_t seen, const Deadline*,
                       model::Where where = model::Where::current()) noexcept {
    model::futex_wait(word.place(), seen, where);
    return true;
}
inline void futex_wake_all(Atomic<std::uint32_t>& word,
                           model::Where where = model::Where::current()) noexcept {
    model::futex_wake_all(word.place(), where);
}

/// Word by word, since the bytes may be torn there and nowhere else.
inline void load_words(void* to, const Atomic<std::uint64_t>* from, std::size_t bytes,
                       model::Where where = model::Where::current()) noexcept {
    auto* const out = static_cast<std::byte*>(to);
    for (std::size_t done = 0; done < bytes; done += sizeof(std::uint64_t)) {
        const std::uint64_t word = from[done / sizeof word].load(std::memory_order_relaxed, where);
        std::memcpy(out + done, &word, std::min(sizeof word, bytes - done));
    }
}
inline void store_words(Atomic<std::uint64_t>* to, const void* from, std::size_t bytes,
                        model::Where where = model::Where::current()) noexcept {
    const auto* const in = static_cast<const std::byte*>(from);
    for (std::size_t done = 0; done < bytes; done += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, in + done, std::min(sizeof word, bytes - done));
        to[done / sizeof word].store(word, std::memory_order_relaxed, where);
    }
}

/// In two steps, so that a second writer's add is lost.
inline void add_to_own(Atomic<std::uint64_t>& word, std::uint64_t x,
                       model::Where where = model::Where::current()) noexcept {
    const std::uint64_t seen = word.load(std::memory_order_relaxed, where);
    word.store(seen + x, std::memory_order_relaxed, where);
}

inline Atomic<std::uint64_t>* map_words(std::size_t count) noexcept {
    return new Atomic<std::uint64_t>[count] {};
}
inline void unmap_words(Atomic<std::uint64_t>* memory, std::size_t) noexcept { delete[] memory; }

inline void pause() noexcept { model::yield(); }

/// Either a moment or a long time has passed.
inline std::uint64_t ticks() noexcept { return model::ticks(); }

/// Threads' ends run f last.
class ThreadExit {
  public:
    bool create(void (*at_exit)(void*)) noexcept {
        at_exit_ = at_exit;
        return true;
    }
    void* get() const noexcept { return nullptr; }
    bool set(void* p) const noexcept {
        model::at_thread_end(at_exit_, p);
        return true;
    }

  private:
    void (*at_exit_)(void*) = nullptr;
};

inline bool at_fork_child(void (*)()) noexcept { return true; }
inline std::uintptr_t thread_identity() noexcept {
    return static_cast<std::uintptr_t>(model::self()) + 1;
}
class SignalsHeld {
  public:
    SignalsHeld() noexcept {}
};

inline void* allocate(std::size_t size, std::size_t align) { return model::allocate(size, align); }
inline void deallocate(void* p, std::size_t, std::size_t) noexcept { model::deallocate(p); }

template <class T>
T* process_wide(T* (*make)()) {
    void*& shared = model::process_pointer();
    if (shared == nullptr) shared = make();
    return static_cast<T*>(shared);
}

template <class T>
T& of_this_thread() {
    static_assert(sizeof(T) <= model::thread_local_bytes);
    static constexpr char key{};
    bool fresh = false;
    void* const p = model::thread_local_memory(&key, fresh);
    return fresh ? *new (p) T{} : *static_cast<T*>(p);
}

}  // namespace atomos::detail

#define ATOMOS_THREAD_LOCAL(Type, accessor) \
    inline Type& accessor() noexcept { return atomos::detail::of_this_thread<Type>(); }
