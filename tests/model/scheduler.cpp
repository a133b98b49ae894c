#include "model/scheduler.hpp"

#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cxxabi.h>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "model/runtime.hpp"

namespace model {

namespace {

constexpr std::size_t stack_bytes = 1U << 18U;
constexpr std::size_t most_steps = 20'000;
/// From here on all threads get their turns, so that an unfair schedule alone is no finding.
constexpr std::size_t fair_steps = 8'000;

/// What the C++ run-time keeps of exceptions under way: once for each thread of the system.
struct Exceptions {
    void* caught = nullptr;
    unsigned uncaught = 0;
};

struct Fiber {
    std::function<void()> body;
    jmp_buf at{};
    ucontext_t start{};
    bool started = false;
    bool done = true;
    /// Has begun in this execution.
    bool used = false;
    const void* sleeps_at = nullptr;
    long priority = 0;
    void (*end)(void*) = nullptr;
    void* end_data = nullptr;
    Exceptions exceptions;
    bool local_made = false;
    alignas(64) std::byte local[thread_local_bytes]{};
};

struct Scheduler {
    std::array<Fiber, max_threads> fibers;
    std::byte* stacks = nullptr;
    int current = -1;
    jmp_buf driver{};
    std::uint64_t random = 0;
    std::size_t steps = 0;
    bool by_priority = false;
    /// Without priorities: the switch at each step is as likely as this, in 1/64.
    std::size_t restless = 0;
    std::array<std::size_t, 4> changes{};
    long lowest = 0;
    int met = 0;
    bool barriers = true;
    bool trace = false;
    Found found;
};

Scheduler& world() {
    static Scheduler it;
    return it;
}

std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

bool runnable(const Fiber& f) { return !f.done && f.sleeps_at == nullptr; }

[[noreturn]] void leave() {
    world().current = -1;
    longjmp(world().driver, 1);
}

void fiber_main() {
    Scheduler& w = world();
    const int me = w.current;
    Fiber& f = w.fibers[static_cast<std::size_t>(me)];
    f.body();
    if (f.end != nullptr) std::exchange(f.end, nullptr)(f.end_data);
    f.done = true;
    yield();
    std::abort();
}

[[noreturn]] void enter(int thread) {
    Scheduler& w = world();
    Fiber& f = w.fibers[static_cast<std::size_t>(thread)];
    w.current = thread;
    if (f.started) longjmp(f.at, 1);
    f.started = true;
    getcontext(&f.start);
    f.start.uc_stack.ss_sp = w.stacks + static_cast<std::size_t>(thread) * stack_bytes;
    f.start.uc_stack.ss_size = stack_bytes;
    f.start.uc_link = nullptr;
    makecontext(&f.start, fiber_main, 0);
    setcontext(&f.start);
    std::abort();
}

/// The next thread to run, or -1 if none can.
int next(bool leave_current) {
    Scheduler& w = world();
    std::array<int, max_threads> ready{};
    std::size_t count = 0;
    for (int t = 0; t < max_threads; ++t) {
        if (runnable(w.fibers[static_cast<std::size_t>(t)])) ready[count++] = t;
    }
    if (count == 0) return -1;
    const bool stays = !leave_current && runnable(w.fibers[static_cast<std::size_t>(w.current)]);
    if (w.by_priority && w.steps < fair_steps) {
        if (leave_current) w.fibers[static_cast<std::size_t>(w.current)].priority = --w.lowest;
        for (const std::size_t change : w.changes) {
            if (change == w.steps) {
                w.fibers[static_cast<std::size_t>(w.current)].priority = --w.lowest;
            }
        }
        int best = ready[0];
        for (std::size_t i = 1; i < count; ++i) {
            const int t = ready[i];
            if (w.fibers[static_cast<std::size_t>(t)].priority >
                w.fibers[static_cast<std::size_t>(best)].priority) {
                best = t;
            }
        }
        return best;
    }
    if (stays && random_below(64) >= w.restless) return w.current;
    return ready[random_below(count)];
}

[[gnu::noinline]] void switch_to(int thread) {
    auto* const exceptions = reinterpret_cast<Exceptions*>(abi::__cxa_get_globals());
    world().fibers[static_cast<std::size_t>(self())].exceptions =
        std::exchange(*exceptions, world().fibers[static_cast<std::size_t>(thread)].exceptions);
    if (setjmp(world().fibers[static_cast<std::size_t>(self())].at) == 0) enter(thread);
}

void pass_control(bool leave_current) {
    Scheduler& w = world();
    if (++w.steps > most_steps) fail(Failure::stuck, "no end after %zu steps", w.steps);
    const int to = next(leave_current);
    if (to < 0) {
        for (const Fiber& f : w.fibers) {
            if (!f.done) fail(Failure::waits, "a thread sleeps, and nobody is left to wake it");
        }
        leave();
    }
    if (to != w.current) switch_to(to);
}

void start(int thread, const std::function<void()>& body) {
    Scheduler& w = world();
    Fiber& f = w.fibers[static_cast<std::size_t>(thread)];
    f.body = body;
    f.started = f.done = false;
    f.used = true;
    f.sleeps_at = nullptr;
    f.end = nullptr;
    f.local_made = false;
    f.exceptions = {};
    f.priority = static_cast<long>(random_below(1000)) + 1;
    begin_thread(thread);
}

/// Runs the started threads until all have ended, or one has failed.
bool run_started() {
    Scheduler& w = world();
    if (setjmp(w.driver) == 0) {
        int first = -1;
        for (int t = 0; t < max_threads; ++t) {
            Fiber& f = w.fibers[static_cast<std::size_t>(t)];
            const bool higher =
                first < 0 || f.priority > w.fibers[static_cast<std::size_t>(first)].priority;
            if (!f.done && higher) first = t;
        }
        enter(first);
    }
    return w.found.failure == Failure::none;
}

void choose_a_way(std::uint64_t seed) {
    Scheduler& w = world();
    w.random = seed;
    w.steps = 0;
    w.lowest = 0;
    w.met = 0;
    w.by_priority = random_below(2) == 0;
    constexpr std::size_t likely[] = {2, 8, 24, 48};
    w.restless = likely[random_below(4)];
    const std::size_t length = std::size_t{32} << random_below(5);
    for (std::size_t& change : w.changes) change = 1 + random_below(length);
}

void add_to_trace(const char* text, va_list args, const char* place) {
    Scheduler& w = world();
    char line[160];
    std::vsnprintf(line, sizeof line, text, args);
    char whole[320];
    std::snprintf(whole, sizeof whole, "%*sT%d %-44s %s\n", 2 * w.current, "", w.current, line, place);
    const int thread = std::exchange(w.current, -1);  // its memory is not the program's
    w.found.trace += whole;
    w.current = thread;
}

}  // namespace

const char* name(Failure failure) {
    constexpr const char* names[] = {"none", "race", "freed", "twice",
                                     "leak", "waits", "wrong", "stuck"};
    return names[static_cast<std::size_t>(failure)];
}

std::uint64_t seed_of(std::uint64_t series, std::uint64_t n) { return mixed(mixed(series) + n); }

Found run(const Program& program, std::uint64_t seed, bool trace) {
    Scheduler& w = world();
    if (w.stacks == nullptr) {
        // NOLINTNEXTLINE(performance-no-int-to-ptr)
        void* const wish = reinterpret_cast<void*>(std::uintptr_t{0x2100'0000'0000});
        void* const p = mmap(wish, max_threads * stack_bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (p == MAP_FAILED) std::abort();
        w.stacks = static_cast<std::byte*>(p);
    }
    w.found = {};
    w.trace = trace;
    w.barriers = program.barriers;
    choose_a_way(seed);
    reset_memory();
    for (Fiber& f : w.fibers) {
        f.done = true;
        f.used = false;
    }

    bool good = true;
    if (program.before) {
        start(0, program.before);
        good = run_started();
    }
    for (std::size_t i = 0; good && i < program.threads.size(); ++i) {
        start(static_cast<int>(i) + 1, program.threads[i]);
        pass_on(0, static_cast<int>(i) + 1);
    }
    if (good) good = run_started();
    if (good && program.after) {
        for (std::size_t i = 0; i < program.threads.size(); ++i) {
            pass_on(static_cast<int>(i) + 1, 0);
        }
        start(0, program.after);
        good = run_started();
    }
    if (good && allocations() != 0) {
        w.found.failure = Failure::leak;
        w.found.text = std::to_string(allocations()) + " nodes are left";
    }
    return w.found;
}

void fail(Failure failure, const char* text, ...) {
    Scheduler& w = world();
    char line[256];
    va_list args;
    va_start(args, text);
    std::vsnprintf(line, sizeof line, text, args);
    va_end(args);
    *reinterpret_cast<Exceptions*>(abi::__cxa_get_globals()) = {};
    const int thread = std::exchange(w.current, -1);  // what follows is not the program's
    w.found.failure = failure;
    w.found.text = "T" + std::to_string(thread) + ": " + line;
    longjmp(w.driver, 1);
}

int self() { return world().current; }
bool on_model_thread() { return world().current >= 0; }

std::size_t random_below(std::size_t n) {
    Scheduler& w = world();
    w.random += 0x9E3779B97F4A7C15U;
    return static_cast<std::size_t>((mixed(w.random) >> 32U) * n >> 32U);
}

void step() { pass_control(false); }
void yield() { pass_control(true); }

void sleep_at(const void* address) {
    Scheduler& w = world();
    w.fibers[static_cast<std::size_t>(w.current)].sleeps_at = address;
    yield();
}

void wake_all(const void* address) {
    for (Fiber& f : world().fibers) {
        if (f.sleeps_at == address) f.sleeps_at = nullptr;
    }
}

void meet(int threads) {
    Scheduler& w = world();
    if (++w.met < threads) {
        sleep_at(&w.met);
    } else {
        w.met = 0;
        wake_all(&w.met);
    }
}

Row<int> others() {
    Row<int> all;
    for (int t = 0; t < max_threads; ++t) {
        if (t != self() && world().fibers[static_cast<std::size_t>(t)].used) all.push_back(t);
    }
    return all;
}

void at_thread_end(void (*f)(void*), void* data) {
    Fiber& me = world().fibers[static_cast<std::size_t>(self())];
    me.end = f;
    me.end_data = data;
}

void* thread_local_memory(bool& fresh) {
    Fiber& me = world().fibers[static_cast<std::size_t>(self())];
    fresh = !std::exchange(me.local_made, true);
    return me.local;
}
bool barriers_granted() { return world().barriers; }
bool tracing() { return world().trace; }

void note(const Where& where, const char* text, ...) {
    const char* const slash = std::strrchr(where.file_name(), '/');
    char place[80];
    std::snprintf(place, sizeof place, "%s:%u", slash != nullptr ? slash + 1 : where.file_name(),
                  where.line());
    va_list args;
    va_start(args, text);
    add_to_trace(text, args, place);
    va_end(args);
}

void note_plain(const void* code, const char* text, ...) {
    char place[80];
    std::snprintf(place, sizeof place, "%p", code);
    va_list args;
    va_start(args, text);
    add_to_trace(text, args, place);
    va_end(args);
}

}  // namespace model
