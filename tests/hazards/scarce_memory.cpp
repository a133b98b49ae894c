/// \file
/// The operator new that fails when it is told to.

#include "hazards/scarce_memory.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace hazards {

thread_local long failing = 0;
thread_local bool failed = false;
thread_local bool armed = false;
std::atomic<long> allocated{0};

}  // namespace hazards

namespace {

using hazards::allocated;
using hazards::failed;
using hazards::failing;

void* take(std::size_t size, std::size_t align) {
    if (failing > 0 && --failing == 0) {
        failed = true;
        throw std::bad_alloc();
    }
    void* const p = std::aligned_alloc(align, (size + align - 1) / align * align);
    if (p == nullptr) throw std::bad_alloc();
    allocated.fetch_add(1);
    return p;
}

void give(void* p) noexcept {
    if (p == nullptr) return;
    allocated.fetch_sub(1);
    std::free(p);
}

}  // namespace

void* operator new(std::size_t size) { return take(size, 16); }
void* operator new(std::size_t size, std::align_val_t align) {
    return take(size, static_cast<std::size_t>(align));
}
void operator delete(void* p) noexcept { give(p); }
void operator delete(void* p, std::size_t) noexcept { give(p); }
void operator delete(void* p, std::align_val_t) noexcept { give(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { give(p); }
