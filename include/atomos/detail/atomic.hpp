/// \file
/// The only door to atomics, fences, barriers, futexes, thread-locals and allocation.
///
/// With `ATOMOS_MODEL_ATOMICS` defined to a header's name (`-DATOMOS_MODEL_ATOMICS='"model.hpp"'`), that
/// header stands in for `detail/system.hpp`, so that a scheduler or a model checker drives the real code.
/// It supplies, in `namespace atomos::detail`:
///
///     template <class T> Atomic              load store exchange compare_exchange_strong
///                                            fetch_add fetch_sub fetch_and fetch_or fetch_xor
///                                            (std::atomic's signatures)
///     void fence(Order)                      std::atomic_thread_fence
///     void light_barrier()                   the reader's half of the asymmetric barrier
///     bool heavy_barrier_register()          once a process, and again in a fork's child
///     bool heavy_barrier()                   the writer's half; false: refused, nothing was ordered
///     bool futex_wait(Atomic<uint32_t>&, uint32_t seen, const Deadline*)   false: the time is over
///     void futex_wake_all(Atomic<uint32_t>&)
///     void load_words(void* to, const Atomic<uint64_t>* from, size_t bytes)     copies that may race
///     void store_words(Atomic<uint64_t>* to, const void* from, size_t bytes)    with each other
///     void pause(), uint64_t ticks()         a spin hint; a clock that only has to move
///     ATOMOS_THREAD_LOCAL(Type, accessor)    defines `Type& accessor()`, one Type a thread
///     void* allocate(size, align), void deallocate(p, size, align)
///     T& process_wide<T>(T* (*make)())       the same T in all shared libraries of the process
///     class ThreadExit                       create(fn) get() set(p): fn(p) runs when the thread ends
///     void at_fork_child(void (*)())
///     uintptr_t thread_identity()
///     SignalsHeld                            while it lives, no handler runs on this thread
///     struct Tuning                          as in detail/system.hpp
///     constexpr bool heavy_barrier_usable, recycle_nodes
///
/// and, or else what detail/door_defaults.hpp makes of the above,
///
///     void add_to_own(Atomic<uint64_t>&, uint64_t x)   the only writer adds to its word, relaxed
///     Atomic<uint64_t>* map_words(size_t count)   words that are 0; nullptr: there is no memory
///     void unmap_words(Atomic<uint64_t>*, size_t count)
///     template <class T> AtomicRef           std::atomic_ref's part of Atomic
///     size_t Tuning::slab_words              how many words of counters each thread has
///
/// A model may leave out threads' ends, forks and signals (empty functions). The numbers and the hazard
/// slots include nothing else that the hardware could reorder.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace atomos::detail {

using Order = std::memory_order;
using Deadline = std::chrono::steady_clock::time_point;

#ifndef ATOMOS_MUTANT
#define ATOMOS_MUTANT ""
#endif

/// True in a build that is broken on purpose, by exactly this label, to show that a check finds it.
consteval bool mutant(std::string_view label) { return label == ATOMOS_MUTANT; }

/// The order of a labelled operation: as given, or relaxed in the mutant of that label.
consteval Order order(std::string_view label, Order order) {
    return mutant(label) ? std::memory_order_relaxed : order;
}

/// What a door may leave out. A qualified name (detail::map_words) finds the door's own first.
namespace defaults {

template <class T>
using AtomicRef = std::atomic_ref<T>;

}  // namespace defaults

using namespace defaults;  // NOLINT(google-build-using-namespace): that is how they are found

}  // namespace atomos::detail

#ifdef ATOMOS_MODEL_ATOMICS
#include ATOMOS_MODEL_ATOMICS
#else
#include <atomos/detail/system.hpp>
#endif
