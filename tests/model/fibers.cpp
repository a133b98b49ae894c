#include "model/fibers.hpp"

#include <cxxabi.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace model {

namespace {

constexpr std::size_t stack_bytes = 1U << 18U;

Fibers the_fibers;

/// At an address that is always the same: hashes of addresses are part of what a seed has to repeat.
std::byte* make_stacks() {
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    void* const wish = reinterpret_cast<void*>(std::uintptr_t{0x2100'0000'0000});
    void* const p = mmap(wish, max_threads * stack_bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (p == MAP_FAILED) {
        std::perror("model: no memory for stacks");
        std::abort();
    }
    return static_cast<std::byte*>(p);
}

}  // namespace

Fibers& fibers() { return the_fibers; }

Fibers::Exceptions& Fibers::exceptions() {
    return *reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
}

void Fibers::prepare(int fiber, std::function<void()> f) {
    of(fiber).body = std::move(f);
    of(fiber).started = false;
    of(fiber).exceptions = {};
}

void Fibers::run(int fiber) {
    if (setjmp(outside_) == 0) enter(fiber);
    exceptions() = {};
}

[[gnu::noinline]] void Fibers::switch_to(int fiber) {
    of(current_).exceptions = std::exchange(exceptions(), of(fiber).exceptions);
    if (setjmp(of(current_).at) == 0) enter(fiber);
}

void Fibers::leave() {
    current_ = -1;
    longjmp(outside_, 1);
}

void Fibers::start() {
    the_fibers.of(the_fibers.current_).body();
    std::abort();
}

void Fibers::enter(int fiber) {
    if (stacks_ == nullptr) stacks_ = make_stacks();
    current_ = fiber;
    Fiber& f = of(fiber);
    if (f.started) longjmp(f.at, 1);
    f.started = true;
    getcontext(&f.start);
    f.start.uc_stack.ss_sp = stacks_ + static_cast<std::size_t>(fiber) * stack_bytes;
    f.start.uc_stack.ss_size = stack_bytes;
    f.start.uc_link = nullptr;
    makecontext(&f.start, &Fibers::start, 0);
    setcontext(&f.start);
    std::abort();
}

}  // namespace model
