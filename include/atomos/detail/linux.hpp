/// \file
/// Linux: membarrier, futex, memory by the page, the ends of threads, fork, signals.
#pragma once

#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <new>

namespace atomos::detail {

/// Asks the kernel for the right to use heavy_barrier(). False where it is missing or refused.
inline bool heavy_barrier_register() noexcept {
    return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/// Every running thread of this process executes a full memory barrier before this returns.
///
/// Cost   About 0.5 µs while the other cores do not run us, 5 to 10 µs when they do.
inline bool heavy_barrier() noexcept {
    return syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/// Sleeps while `word` is `seen`. False when the deadline has passed; may wake for no reason.
inline bool futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t seen,
                       const std::chrono::steady_clock::time_point* deadline) noexcept {
    timespec until{};
    if (deadline != nullptr) {
        const auto since =
            std::chrono::duration_cast<std::chrono::nanoseconds>(deadline->time_since_epoch());
        if (since.count() <= 0) return false;
        until.tv_sec = static_cast<time_t>(since.count() / 1'000'000'000);
        until.tv_nsec = static_cast<long>(since.count() % 1'000'000'000);
    }
    const long r = syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, seen,
                           deadline != nullptr ? &until : nullptr, nullptr, FUTEX_BITSET_MATCH_ANY);
    return r == 0 || errno != ETIMEDOUT;
}

inline void futex_wake_all(std::atomic<std::uint32_t>& word) noexcept {
    syscall(SYS_futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT_MAX, nullptr, nullptr, 0);
}

[[gnu::always_inline]] inline void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb" ::: "memory");
#endif
}

/// A clock whose unit is "about a nanosecond, within a factor of four".
[[gnu::always_inline]] inline std::uint64_t ticks() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/// A pointer a thread, and a function that is called with it when the thread ends: after the
/// destructors of its thread_local objects, so that these may still use atoms.
class ThreadExit {
  public:
    bool create(void (*at_exit)(void*)) noexcept { return pthread_key_create(&key_, at_exit) == 0; }
    void* get() const noexcept { return pthread_getspecific(key_); }
    bool set(void* p) const noexcept { return pthread_setspecific(key_, p) == 0; }

  private:
    pthread_key_t key_{};
};

inline bool at_fork_child(void (*child)()) noexcept {
    return pthread_atfork(nullptr, nullptr, child) == 0;
}

inline std::uintptr_t thread_identity() noexcept {
    return static_cast<std::uintptr_t>(pthread_self());
}

/// Bytes that are 0, and cost memory only by the page that is written. nullptr: there is no room.
inline void* map_pages(std::size_t bytes) noexcept {
    void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    return memory;
}

inline void unmap_pages(void* memory, std::size_t bytes) noexcept { munmap(memory, bytes); }

/// Holds all signals off this thread.
class SignalsHeld {
  public:
    SignalsHeld() noexcept {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;

  private:
    sigset_t before_{};
};

}  // namespace atomos::detail
