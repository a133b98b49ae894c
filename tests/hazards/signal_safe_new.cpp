/// \file
/// An operator new that a signal handler may interrupt and call: it takes from one big piece and never
/// gives back. So handlers may do everything that allocates with `new`.
#include "hazards/signal_safe_new.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t all = std::size_t{1} << 29U;
alignas(64) std::byte memory[all];  // pages that are never used cost nothing
std::atomic<std::size_t> taken{0};
std::atomic<long> allocated{0};

void* take(std::size_t size, std::size_t align) {
    const std::size_t room = (size + align + 15) / 16 * 16;
    const std::size_t at = taken.fetch_add(room);
    if (at + room > all) std::abort();
    allocated.fetch_add(1);
    const std::size_t padding =
        (align - reinterpret_cast<std::size_t>(memory + at) % align) % align;
    return memory + at + padding;
}

void give(void* p) {
    if (p != nullptr) allocated.fetch_sub(1);
}

}  // namespace

namespace hazards {
long allocations() { return allocated.load(); }
}  // namespace hazards

void* operator new(std::size_t size) { return take(size, 16); }
void* operator new(std::size_t size, std::align_val_t align) {
    return take(size, static_cast<std::size_t>(align));
}
void operator delete(void* p) noexcept { give(p); }
void operator delete(void* p, std::size_t) noexcept { give(p); }
void operator delete(void* p, std::align_val_t) noexcept { give(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { give(p); }
