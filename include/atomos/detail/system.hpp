/// \file
/// What stands behind the door in ordinary programs: std::atomic and the operating system.
///
/// The system's own file is chosen here, once; algorithms hold no #ifdef.
#pragma once

#include <atomic>
#include <atomos/detail/atomic.hpp>
#include <atomos/detail/word_ref.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>

#if defined(__linux__)
#include <atomos/detail/linux.hpp>
#include <atomos/detail/rendezvous.hpp>
#else
#error \
    "atomos: only Linux is supported so far; include/atomos/detail/linux.hpp shows what a system has to supply"
#endif

#if defined(__SANITIZE_THREAD__)
#define ATOMOS_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ATOMOS_THREAD_SANITIZER 1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__)
#define ATOMOS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ATOMOS_ADDRESS_SANITIZER 1
#endif
#endif

/// One constinit object a thread, hidden in its shared library and at a fixed offset of the thread
/// pointer: a read of it is one instruction, with -fPIC too. (Executables get that without asking; GCC
/// with -fsanitize=null cannot stand the request there, since ld drops a flag that it tests.)
#if defined(__PIC__) && !defined(__PIE__)
#define ATOMOS_TLS_MODEL tls_model("initial-exec"),
#else
#define ATOMOS_TLS_MODEL
#endif
#define ATOMOS_THREAD_LOCAL(Type, accessor)                                              \
    inline constinit thread_local Type accessor##_local                                  \
        __attribute__((ATOMOS_TLS_MODEL visibility("hidden"))){};                        \
    [[gnu::always_inline, gnu::visibility("hidden")]] inline Type& accessor() noexcept { \
        return accessor##_local;                                                         \
    }

namespace atomos::detail {

template <class T>
using Atomic = std::atomic<T>;

/// A T that somebody else owns, for as long as all who use it meanwhile use it so. Not in a model.
template <class T>
using AtomicRef = std::conditional_t<is_word_by_size_alone<T>, WordRef<T>, std::atomic_ref<T>>;

#if defined(ATOMOS_THREAD_SANITIZER)
// The sanitizer sees neither fences nor membarrier: fences become a read-modify-write that all of them
// share, and without the heavy barrier readers order their own stores.
inline constinit Atomic<unsigned> fence_stand_in{0};
inline void fence(Order) noexcept { fence_stand_in.fetch_add(1, std::memory_order_seq_cst); }
inline constexpr bool heavy_barrier_usable = false;
#else
inline void fence(Order order) noexcept { std::atomic_thread_fence(order); }
inline constexpr bool heavy_barrier_usable = true;
#endif

#if defined(ATOMOS_ADDRESS_SANITIZER) || defined(ATOMOS_THREAD_SANITIZER)
inline constexpr bool recycle_nodes = false;  // so that a use after free is seen as one
#else
inline constexpr bool recycle_nodes = true;
#endif

/// How patient the algorithms are.
struct Tuning {
    /// How many retired values make a batch.
    static constexpr std::size_t batch = 32;
    /// A thread that is alone, in a process where others have been, looks every eighth time.
    static constexpr std::size_t batch_alone = 8;
    /// A writer that has not looked for so many ticks (100 to 500 µs) looks at once ...
    static constexpr std::uint64_t quiet_ticks = 1U << 19U;
    /// ... and it asks the clock at the first and at every sixteenth retired value.
    static constexpr std::size_t quiet_step = 16;
    /// How often a writer looks for a thread's receipt before it pays for a barrier.
    static constexpr int patience = 32;
    /// After how many ordered looks a sleeping reader wakes, at first and in the end.
    static constexpr std::uint16_t first_sleep = 32;
    static constexpr std::uint16_t longest_sleep = 4096;
    /// How often a waiter looks before it sleeps.
    static constexpr int spins = 64;
    /// The pause after a first lost race, in spin hints, and how often it may double.
    static constexpr int loss_pause = 8;
    static constexpr int loss_doublings = 8;
    /// After how many wins a writer halves the pause again.
    static constexpr int wins_to_forget = 64;
    /// How many looks into a region may have bad luck before one pins.
    static constexpr int looks_before_pin = 64;
    /// How long collect() waits for a thread that is retiring a value, in spin hints.
    static constexpr int steal_spins = 10'000;
    /// How many words each thread has for counters.
    static constexpr std::size_t slab_words = 1U << 17U;
};

/// The reader's half of the asymmetric barrier: the compiler keeps the order, the writer's
/// heavy_barrier() makes the processor keep it.
[[gnu::always_inline]] inline void light_barrier() noexcept {
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

/// Adds to a word that only this thread changes, relaxed: not atomic for other writers, but for the
/// thread's own signal handlers.
[[gnu::always_inline]] inline void add_to_own(Atomic<std::uint64_t>& word,
                                              std::uint64_t x) noexcept {
#if defined(__x86_64__) && !defined(ATOMOS_THREAD_SANITIZER)
    // One instruction without a lock prefix, which C++ has no name for. (clang takes no libc++ atomic here.)
    static_assert(sizeof word == sizeof x);
    asm volatile("addq %1, %0" : "+m"(reinterpret_cast<std::uint64_t&>(word)) : "er"(x) : "cc");
#else
    word.fetch_add(x, std::memory_order_relaxed);
#endif
}

inline Atomic<std::uint64_t>* map_words(std::size_t count) noexcept {
    return static_cast<Atomic<std::uint64_t>*>(map_pages(count * sizeof(std::uint64_t)));
}

inline void unmap_words(Atomic<std::uint64_t>* words, std::size_t count) noexcept {
    unmap_pages(words, count * sizeof(std::uint64_t));
}

inline constexpr std::size_t longest_inline_copy = 256;

/// A copy out of memory that another thread or process may be writing: the bytes may be torn, and the
/// caller finds out. Under the thread sanitizer each word is an atomic of its own; otherwise this is
/// memcpy, which no compiler may look into here (P1478 would give C++ a name for it).
[[gnu::always_inline]] inline void load_words(void* to, const Atomic<std::uint64_t>* from,
                                              std::size_t bytes) noexcept {
#if defined(ATOMOS_THREAD_SANITIZER)
    auto* out = static_cast<unsigned char*>(to);
    for (std::size_t done = 0; done < bytes; done += sizeof(std::uint64_t)) {
        const std::uint64_t word = from[done / sizeof word].load(std::memory_order_relaxed);
        std::memcpy(out + done, &word, bytes - done < sizeof word ? bytes - done : sizeof word);
    }
#else
    asm volatile("" : "+r"(from)::"memory");
    // As a call from here on: what g++ makes of a long copy whose length it knows takes twice as long.
    if (bytes > longest_inline_copy) asm("" : "+r"(bytes));
    if (bytes != 0) std::memcpy(to, static_cast<const void*>(from), bytes);
    asm volatile("" ::: "memory");
#endif
}

/// A copy into memory that others may be reading.
[[gnu::always_inline]] inline void store_words(Atomic<std::uint64_t>* to, const void* from,
                                               std::size_t bytes) noexcept {
#if defined(ATOMOS_THREAD_SANITIZER)
    const auto* in = static_cast<const unsigned char*>(from);
    for (std::size_t done = 0; done < bytes; done += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, in + done, bytes - done < sizeof word ? bytes - done : sizeof word);
        to[done / sizeof word].store(word, std::memory_order_relaxed);
    }
#else
    asm volatile("" : "+r"(to)::"memory");
    if (bytes > longest_inline_copy) asm("" : "+r"(bytes));
    if (bytes != 0) std::memcpy(static_cast<void*>(to), from, bytes);
    asm volatile("" ::: "memory");
#endif
}

inline void* allocate(std::size_t size, std::size_t align) {
    return align <= __STDCPP_DEFAULT_NEW_ALIGNMENT__
               ? ::operator new(size)
               : ::operator new(size, std::align_val_t{align});
}

inline void deallocate(void* p, std::size_t size, std::size_t align) noexcept {
    if (align <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
        ::operator delete(p, size);
    } else {
        ::operator delete(p, size, std::align_val_t{align});
    }
}

}  // namespace atomos::detail
