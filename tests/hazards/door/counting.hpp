/// \file
/// A door that counts: plain std::atomic and the ordinary system behind it. Once it has been included,
/// what it replaces is poisoned, so that code which goes around the door does not compile. With
/// HAZARDS_LEAST_DOOR defined it leaves out what a door may leave out.
#pragma once

#include <array>
#include <atomic>
#include <atomos/detail/linux.hpp>
#include <atomos/detail/rendezvous.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <thread>

namespace hazards {

enum class Use {
    load,
    store,
    exchange,
    compare_exchange,
    fetch_add,
    fetch_sub,
    fetch_and,
    fetch_or,
    fetch_xor,
    fence,
    light_barrier,
    register_barrier,
    writers_barrier,
    futex_wait,
    futex_wake,
    spin_hint,
    clock,
    thread_local_object,
    allocate,
    deallocate,
    add_to_own,
    map,
    unmap,
    view,
    shared_object,
    exit_create,
    exit_get,
    exit_set,
    fork_handler,
    identity,
    signals_held,
    number_of_uses
};

inline std::array<std::atomic<long>, static_cast<std::size_t>(Use::number_of_uses)> uses{};
inline void count(Use use) { uses[static_cast<std::size_t>(use)].fetch_add(1); }
inline long counted(Use use) { return uses[static_cast<std::size_t>(use)].load(); }

}  // namespace hazards

namespace atomos::detail {

using hazards::Use;

template <class T>
class Atomic {
    static constexpr Order strongest = std::memory_order_seq_cst;

  public:
    constexpr Atomic() noexcept = default;
    // NOLINTNEXTLINE(google-explicit-constructor): as std::atomic
    constexpr Atomic(T first) noexcept : word_(first) {}

    T load(Order order = strongest) const noexcept {
        hazards::count(Use::load);
        return word_.load(order);
    }
    void store(T value, Order order = strongest) noexcept {
        hazards::count(Use::store);
        word_.store(value, order);
    }
    T exchange(T value, Order order = strongest) noexcept {
        hazards::count(Use::exchange);
        return word_.exchange(value, order);
    }
    template <class... Orders>
    bool compare_exchange_strong(T& expected, T desired, Orders... orders) noexcept {
        hazards::count(Use::compare_exchange);
        return word_.compare_exchange_strong(expected, desired, orders...);
    }
    T fetch_add(T by, Order order = strongest) noexcept {
        hazards::count(Use::fetch_add);
        return word_.fetch_add(by, order);
    }
    T fetch_sub(T by, Order order = strongest) noexcept {
        hazards::count(Use::fetch_sub);
        return word_.fetch_sub(by, order);
    }
    T fetch_and(T by, Order order = strongest) noexcept {
        hazards::count(Use::fetch_and);
        return word_.fetch_and(by, order);
    }
    T fetch_or(T by, Order order = strongest) noexcept {
        hazards::count(Use::fetch_or);
        return word_.fetch_or(by, order);
    }
    T fetch_xor(T by, Order order = strongest) noexcept {
        hazards::count(Use::fetch_xor);
        return word_.fetch_xor(by, order);
    }

    std::atomic<T>& word() noexcept { return word_; }

  private:
    std::atomic<T> word_{};
};

inline void fence(Order order) noexcept {
    hazards::count(Use::fence);
    std::atomic_thread_fence(order);
}
inline void light_barrier() noexcept {
    hazards::count(Use::light_barrier);
    std::atomic_signal_fence(std::memory_order_seq_cst);
}
inline bool futex_wait(Atomic<std::uint32_t>& word, std::uint32_t seen,
                       const std::chrono::steady_clock::time_point* deadline) noexcept {
    hazards::count(Use::futex_wait);
    return futex_wait(word.word(), seen, deadline);
}
inline void futex_wake_all(Atomic<std::uint32_t>& word) noexcept {
    hazards::count(Use::futex_wake);
    futex_wake_all(word.word());
}
inline void* allocate(std::size_t size, std::size_t align) {
    hazards::count(Use::allocate);
    return ::operator new(size, std::align_val_t{align});
}
inline void deallocate(void* p, std::size_t size, std::size_t align) noexcept {
    hazards::count(Use::deallocate);
    ::operator delete(p, size, std::align_val_t{align});
}

#ifndef HAZARDS_LEAST_DOOR
inline void add_to_own(Atomic<std::uint64_t>& word, std::uint64_t x) noexcept {
    hazards::count(Use::add_to_own);
    word.store(word.load(std::memory_order_relaxed) + x, std::memory_order_relaxed);
}
inline Atomic<std::uint64_t>* map_words(std::size_t count) noexcept {
    hazards::count(Use::map);
    return new (std::nothrow) Atomic<std::uint64_t>[count] {};
}
inline void unmap_words(Atomic<std::uint64_t>* memory, std::size_t) noexcept {
    hazards::count(Use::unmap);
    delete[] memory;
}
/// Counts the views that are made.
template <class T>
class AtomicRef : public std::atomic_ref<T> {
  public:
    explicit AtomicRef(T& owned) noexcept : std::atomic_ref<T>(owned) { hazards::count(Use::view); }
};
#endif

inline constexpr bool heavy_barrier_usable = true;
inline constexpr bool recycle_nodes = true;

struct Tuning {
    static constexpr std::size_t batch = 32;
    static constexpr std::size_t batch_alone = 8;
    static constexpr std::uint64_t quiet_ticks = 1U << 19U;
    static constexpr std::size_t quiet_step = 16;
    static constexpr int patience = 32;
    static constexpr std::uint16_t first_sleep = 32;
    static constexpr std::uint16_t longest_sleep = 4096;
    static constexpr int spins = 64;
    static constexpr int loss_pause = 8;
    static constexpr int loss_doublings = 8;
    static constexpr int wins_to_forget = 64;
    static constexpr int steal_spins = 10'000;
#ifndef HAZARDS_LEAST_DOOR
    static constexpr std::size_t slab_words = 1024;
#endif
};

// The ordinary functions under names of their own, so that the counting ones can have theirs.
namespace counted {
inline bool heavy_barrier_register() noexcept {
    hazards::count(Use::register_barrier);
    return detail::heavy_barrier_register();
}
inline bool heavy_barrier() noexcept {
    hazards::count(Use::writers_barrier);
    return detail::heavy_barrier();
}
inline void pause() noexcept {
    hazards::count(Use::spin_hint);
    detail::pause();
}
inline std::uint64_t ticks() noexcept {
    hazards::count(Use::clock);
    return detail::ticks();
}
inline bool at_fork_child(void (*child)()) noexcept {
    hazards::count(Use::fork_handler);
    return detail::at_fork_child(child);
}
inline std::uintptr_t thread_identity() noexcept {
    hazards::count(Use::identity);
    return detail::thread_identity();
}
template <class T>
T* process_wide(T* (*make)()) {
    hazards::count(Use::shared_object);
    return detail::process_wide<T>(make);
}
class ThreadExit {
  public:
    bool create(void (*at_exit)(void*)) noexcept {
        hazards::count(Use::exit_create);
        return exit_.create(at_exit);
    }
    void* get() const noexcept {
        hazards::count(Use::exit_get);
        return exit_.get();
    }
    bool set(void* p) const noexcept {
        hazards::count(Use::exit_set);
        return exit_.set(p);
    }

  private:
    detail::ThreadExit exit_;
};
class SignalsHeld {
  public:
    SignalsHeld() noexcept { hazards::count(Use::signals_held); }

  private:
    detail::SignalsHeld held_;
};
}  // namespace counted

}  // namespace atomos::detail

#define heavy_barrier_register counted::heavy_barrier_register
#define heavy_barrier counted::heavy_barrier
#define pause counted::pause
#define ticks counted::ticks
#define at_fork_child counted::at_fork_child
#define thread_identity counted::thread_identity
#define process_wide counted::process_wide
#define ThreadExit counted::ThreadExit
#define SignalsHeld counted::SignalsHeld

#define ATOMOS_THREAD_LOCAL(Type, accessor)                \
    inline constinit thread_local Type accessor##_local;   \
    inline Type& accessor() noexcept {                     \
        hazards::count(hazards::Use::thread_local_object); \
        return accessor##_local;                           \
    }

#pragma GCC poison atomic atomic_ref atomic_flag atomic_thread_fence atomic_signal_fence
#pragma GCC poison __atomic_load_n __atomic_store_n __atomic_exchange_n __atomic_compare_exchange_n
#pragma GCC poison __atomic_fetch_add __atomic_thread_fence __sync_synchronize __builtin_ia32_pause
#pragma GCC poison __builtin_ia32_mfence __builtin_ia32_rdtsc syscall pthread_key_create
#pragma GCC poison pthread_getspecific pthread_setspecific pthread_sigmask pthread_atfork
