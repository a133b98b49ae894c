/// \file
/// What the door and the scenarios call: one memory, one heap, one scheduler.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <source_location>

namespace model {

using Order = std::memory_order;
using Word = std::uint64_t;
using Where = std::source_location;

/// Where an atomic object lies. Its bytes hold what it was made with.
struct Place {
    const void* address;
    std::size_t bytes;
};

void atomic_made(const void* address, std::size_t bytes) noexcept;
Word atomic_load(Place place, Order order, const Where& where) noexcept;
void atomic_store(Place place, Word value, Order order, const Where& where) noexcept;
Word atomic_modify(Place place, Word (*change)(Word, void*), void* data, Order order,
                   const Where& where) noexcept;
bool atomic_compare_exchange(Place place, Word& expected, Word desired, Order success,
                             Order failure, const Where& where) noexcept;
void fence(Order order, const Where& where) noexcept;
void heavy_barrier(const Where& where) noexcept;

/// Sleeps if the newest value's low half is that of `seen`.
void futex_wait(Place place, Word seen, const Where& where) noexcept;
void futex_wake_all(Place place, const Where& where) noexcept;

/// A clock: since the last look either a moment or a long time has passed.
inline constexpr std::uint64_t long_time = 1000;
std::uint64_t ticks() noexcept;

void* allocate(std::size_t size, std::size_t align);
void deallocate(void* p) noexcept;

/// Whether the checked program's allocations from now on are watched, as they are at first.
void watch_allocations(bool watched);

/// A plain access of the checked program, by the instruction at `code`.
void plain_access(const void* p, std::size_t size, bool write, const void* code = nullptr) noexcept;

/// Everything that an execution leaves behind is made new.
void reset_memory();
void begin_thread(int thread);
void pass_on(int from, int to);
/// What allocate() has handed out and has not got back.
std::size_t allocations();

/// A pointer of the checked process, null at the start of each execution.
void*& process_pointer();

}  // namespace model
