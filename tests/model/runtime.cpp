#include "model/runtime.hpp"

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "model/memory.hpp"
#include "model/races.hpp"
#include "model/scheduler.hpp"

namespace model {

namespace {

/// How likely, in 1/8, a load passes over the newest store. Drawn for each execution.
std::size_t staleness = 0;
/// Which threads are late to see which locations, always: a bit each.
std::size_t late = 0;
/// How likely, in 1/8, a long time passes between two looks at the clock.
std::size_t slowness = 0;
std::uint64_t now = 0;
std::size_t allocated = 0;
void* process = nullptr;
bool watched = true;

std::size_t choose(int thread, std::size_t location, std::size_t n) {
    if (n < 2) return 0;
    const std::size_t pair = (location * max_threads + static_cast<std::size_t>(thread)) % 61;
    if ((late >> pair & 1U) != 0) return n - 1;
    return random_below(8) < staleness ? random_below(n) : 0;
}

Memory the_memory(choose);
Heap the_heap;
Memory& memory() { return the_memory; }
Heap& heap() { return the_heap; }

const char* name(Order order) {
    switch (order) {
        case Order::relaxed:
            return "relaxed";
        case Order::consume:
        case Order::acquire:
            return "acquire";
        case Order::release:
            return "release";
        case Order::acq_rel:
            return "acq_rel";
        default:
            return "seq_cst";
    }
}

Word initial(Place place) {
    Word w = 0;
    std::memcpy(&w, place.address, place.bytes);
    return w;
}

/// Outside of model threads an atomic is a word in memory.
void set_initial(Place place, Word value) {
    std::memcpy(const_cast<void*>(place.address), &value, place.bytes);
}

/// Before each atomic operation.
void arrive(Place place) {
    step();
    if (heap().owns(place.address)) {
        heap().touch(place.address, place.bytes, Access::atomic, self(), memory().events(self()));
    }
}

void told(const Where& where, const char* what, Order order, Word value) {
    if (!tracing()) return;
    note(where, "%-8s #%-3zu %s 0x%llx%s", what, memory().last_location(), name(order),
         static_cast<unsigned long long>(value), memory().passed_over() != 0 ? "  (stale)" : "");
}

}  // namespace

void reset_memory() {
    memory().reset();
    heap().reset();
    process = nullptr;
    constexpr std::size_t likely[] = {0, 1, 4};
    staleness = likely[random_below(3)];
    late = 0;
    for (std::size_t rarer = random_below(3); rarer < 2; ++rarer) {
        const std::size_t drawn =
            random_below(std::size_t{1} << 31U) << 30U | random_below(std::size_t{1} << 30U);
        late = late == 0 ? drawn : late & drawn;
    }
    constexpr std::size_t slow[] = {0, 2, 8};
    slowness = slow[random_below(3)];
    now = 0;
    allocated = 0;
    watched = true;
}

void begin_thread(int thread) { memory().begin_thread(thread); }
void pass_on(int from, int to) { memory().pass_on(from, to); }
std::size_t allocations() { return allocated; }
void watch_allocations(bool now) { watched = now; }
void*& process_pointer() { return process; }

void atomic_made(const void* address, std::size_t bytes) noexcept {
    if (!on_model_thread()) return;
    memory().forget(address);
    plain_access(address, bytes, true);
}

Word atomic_load(Place place, Order order, const Where& where) noexcept {
    if (!on_model_thread()) return initial(place);
    arrive(place);
    const Word value = memory().load(self(), place.address, initial(place), order);
    told(where, "load", order, value);
    return value;
}

void atomic_store(Place place, Word value, Order order, const Where& where) noexcept {
    if (!on_model_thread()) return set_initial(place, value);
    arrive(place);
    memory().store(self(), place.address, initial(place), value, order);
    told(where, "store", order, value);
}

Word atomic_modify(Place place, Word (*change)(Word, void*), void* data, Order order,
                   const Where& where) noexcept {
    if (!on_model_thread()) {
        const Word old = initial(place);
        set_initial(place, change(old, data));
        return old;
    }
    arrive(place);
    Word stored = 0;
    const Word old = memory().modify(self(), place.address, initial(place), order,
                                     [&](Word found) { return stored = change(found, data); });
    told(where, "modify", order, stored);
    return old;
}

bool atomic_compare_exchange(Place place, Word& expected, Word desired, Order success,
                             Order failure, const Where& where) noexcept {
    if (!on_model_thread()) {
        const Word old = initial(place);
        if (old == expected) set_initial(place, desired);
        return std::exchange(expected, old) == old;
    }
    arrive(place);
    const bool won = memory().compare_exchange(self(), place.address, initial(place), expected,
                                               desired, success, failure);
    told(where, won ? "won" : "lost", won ? success : failure, won ? desired : expected);
    return won;
}

void fence(Order order, const Where& where) noexcept {
    if (!on_model_thread()) return;
    step();
    memory().fence(self(), order);
    if (tracing()) note(where, "fence    %s", name(order));
}

void heavy_barrier(const Where& where) noexcept {
    step();
    memory().heavy_barrier(self(), others());
    if (tracing()) note(where, "barrier in all threads");
}

void futex_wait(Place place, Word seen, const Where& where) noexcept {
    arrive(place);
    const Word newest = memory().newest(place.address, initial(place));
    const bool sleeps = static_cast<std::uint32_t>(newest) == static_cast<std::uint32_t>(seen);
    if (tracing()) note(where, sleeps ? "sleeps" : "need not sleep");
    if (sleeps) sleep_at(place.address);
}

void futex_wake_all(Place place, const Where& where) noexcept {
    step();
    if (tracing()) note(where, "wakes all");
    wake_all(place.address);
}

std::uint64_t ticks() noexcept { return now += random_below(8) < slowness ? long_time : 1; }

void* allocate(std::size_t size, std::size_t align) {
    ++allocated;
    return heap().take(size, align);
}

void deallocate(void* p) noexcept {
    --allocated;
    heap().give_back(p, self(), memory().events(self()));
}

namespace {

void* take(std::size_t size, std::size_t align) {
    if (on_model_thread() && watched) return heap().take(size, align);
    void* const p = std::aligned_alloc(align < 16 ? 16 : align, (size + 63) / 64 * 64);
    if (p == nullptr) throw std::bad_alloc();
    return p;
}

void give_back(void* p) noexcept {
    if (p == nullptr) return;
    if (!heap().owns(p)) {
        std::free(p);
    } else if (on_model_thread()) {
        heap().give_back(p, self(), memory().events(self()));
    }
}

}  // namespace

void plain_access(const void* p, std::size_t size, bool write, const void* code) noexcept {
    if (!on_model_thread() || !heap().owns(p)) return;
    if (tracing())
        note_plain(code, "%s  heap+0x%zx, %zu bytes", write ? "write" : "read ", heap().offset(p),
                   size);
    heap().touch(p, size, write ? Access::write : Access::read, self(), memory().events(self()));
}

}  // namespace model

// The checked program's allocations, so that nothing is handed out twice and each byte is watched.

void* operator new(std::size_t size) { return model::take(size, 16); }
void* operator new(std::size_t size, std::align_val_t align) {
    return model::take(size, static_cast<std::size_t>(align));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return model::take(size, 16);
}
void operator delete(void* p) noexcept { model::give_back(p); }
void operator delete(void* p, std::size_t) noexcept { model::give_back(p); }
void operator delete(void* p, std::align_val_t) noexcept { model::give_back(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { model::give_back(p); }
