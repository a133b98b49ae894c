#include "model/races.hpp"

#include <sys/mman.h>

#include <cstdio>
#include <cstring>
#include <new>

#include "model/scheduler.hpp"

namespace model {

namespace {

/// In front of each block.
struct alignas(16) Header {
    std::size_t size;
};

const char* name(Access access) {
    switch (access) {
        case Access::read:
            return "read";
        case Access::write:
            return "write";
        default:
            return "atomic access";
    }
}

}  // namespace

/// The address is always the same, for hashes of addresses are part of what a seed has to repeat.
Heap::Heap() {
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    void* const wish = reinterpret_cast<void*>(std::uintptr_t{0x2000'0000'0000});
    void* const p = mmap(wish, bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    shadow_ = static_cast<Byte*>(std::calloc(bytes, sizeof(Byte)));
    if (p == MAP_FAILED || shadow_ == nullptr) {
        std::perror("model: no memory for the heap");
        std::abort();
    }
    memory_ = static_cast<std::byte*>(p);
}

void Heap::reset() {
    std::memset(memory_, 0xA5, used_);
    std::memset(static_cast<void*>(shadow_), 0, used_ * sizeof(Byte));
    used_ = 0;
}

void* Heap::take(std::size_t size, std::size_t align) {
    const std::size_t wanted = align < alignof(Header) ? alignof(Header) : align;
    const std::size_t start = (used_ + sizeof(Header) + wanted - 1) / wanted * wanted;
    used_ = start + size;
    if (used_ > bytes) fail(Failure::stuck, "the model's heap is full");
    new (memory_ + start - sizeof(Header)) Header{size};
    return memory_ + start;
}

void Heap::give_back(void* p, int thread, const Clock& now) {
    Header header{};
    std::memcpy(&header, static_cast<std::byte*>(p) - sizeof(Header), sizeof header);
    touch(p, header.size, Access::write, thread, now);
    const std::size_t start = offset(p);
    for (std::size_t i = 0; i < header.size; ++i) shadow_[start + i].freed = true;
}

void Heap::race(std::size_t at, std::size_t size, Access access, int other, bool wrote) {
    fail(Failure::race, "a %s of %zu bytes at heap+0x%zx is not ordered after T%d's %s",
         name(access), size, at, other, wrote ? "write" : "read");
}

void Heap::touch(const void* p, std::size_t size, Access access, int thread, const Clock& now) {
    const std::size_t start = offset(p);
    if (start + size > used_) fail(Failure::freed, "an access outside of every block");
    for (std::size_t at = start; at < start + size; ++at) {
        Byte& b = shadow_[at];
        if (b.written != 0 && !now.has(b.writer, b.written)) {
            race(start, size, access, b.writer, true);
        }
        if (b.freed) {
            fail(Failure::freed, "a %s of %zu bytes at heap+0x%zx, which T%d has freed",
                 name(access), size, start, int{b.writer});
        }
        if (access != Access::write) {
            b.read[thread] = now[thread];
            continue;
        }
        for (int t = 0; t < max_threads; ++t) {
            if (b.read[t] != 0 && !now.has(t, b.read[t])) race(start, size, access, t, false);
        }
        b.written = now[thread];
        b.writer = static_cast<std::uint8_t>(thread);
    }
}

}  // namespace model
