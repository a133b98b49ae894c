#include "model/scheduler.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <utility>

#include "model/fibers.hpp"
#include "model/runtime.hpp"

namespace model {

namespace {

constexpr std::size_t most_steps = 20'000;
/// From here on all threads get their turns, so that an unfair schedule alone is no finding.
constexpr std::size_t fair_steps = 8'000;

struct Thread {
    bool done = true;
    /// Has begun in this execution.
    bool used = false;
    /// How many more operations it lives to see; 0: it is not going to be killed.
    std::size_t left = 0;
    const void* sleeps_at = nullptr;
    long priority = 0;
    void (*end)(void*) = nullptr;
    void* end_data = nullptr;
    struct Local {
        const void* key = nullptr;
        alignas(64) std::byte bytes[thread_local_bytes]{};
    };
    std::array<Local, 2> locals;
};

struct Scheduler {
    std::array<Thread, max_threads> threads;
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

    Thread& of(int thread) { return threads[static_cast<std::size_t>(thread)]; }
    Thread& current() { return of(fibers().current()); }
};

Scheduler the_world;
Scheduler& world() { return the_world; }

std::uint64_t mixed(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

bool runnable(const Thread& t) { return !t.done && t.sleeps_at == nullptr; }

/// The next thread to run, or -1 if none can.
int next(bool leave_current) {
    Scheduler& w = world();
    std::array<int, max_threads> ready{};
    std::size_t count = 0;
    for (int t = 0; t < max_threads; ++t) {
        if (runnable(w.of(t))) ready[count++] = t;
    }
    if (count == 0) return -1;
    if (w.by_priority && w.steps < fair_steps) {
        bool drops = leave_current;
        for (const std::size_t change : w.changes) drops |= change == w.steps;
        if (drops) w.current().priority = --w.lowest;
        int best = ready[0];
        for (std::size_t i = 1; i < count; ++i) {
            if (w.of(ready[i]).priority > w.of(best).priority) best = ready[i];
        }
        return best;
    }
    const bool stays = !leave_current && runnable(w.current());
    if (stays && random_below(64) >= w.restless) return self();
    return ready[random_below(count)];
}

void pass_control(bool leave_current) {
    Scheduler& w = world();
    if (++w.steps > most_steps) fail(Failure::stuck, "no end after %zu steps", w.steps);
    const int to = next(leave_current);
    if (to < 0) {
        for (const Thread& t : w.threads) {
            if (!t.done) fail(Failure::waits, "a thread sleeps, and nobody is left to wake it");
        }
        fibers().leave();
    }
    if (to != self()) fibers().switch_to(to);
}

void leave_for_good(Thread& t) {
    t.done = true;
    wake_all(&t);
    yield();
}

void start(int thread, const std::function<void()>& body) {
    Thread& t = world().of(thread);
    t.done = false;
    t.used = true;
    t.left = 0;
    t.sleeps_at = nullptr;
    t.end = nullptr;
    for (Thread::Local& local : t.locals) local.key = nullptr;
    t.priority = static_cast<long>(random_below(1000)) + 1;
    begin_thread(thread);
    fibers().prepare(thread, [&t, body] {
        body();
        if (t.end != nullptr) std::exchange(t.end, nullptr)(t.end_data);
        leave_for_good(t);
    });
}

/// Runs the started threads until all have ended, or one has failed.
bool run_started() {
    Scheduler& w = world();
    int first = -1;
    for (int t = 0; t < max_threads; ++t) {
        if (!w.of(t).done && (first < 0 || w.of(t).priority > w.of(first).priority)) first = t;
    }
    fibers().run(first);
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

}  // namespace

std::uint64_t seed_of(std::uint64_t series, std::uint64_t n) { return mixed(mixed(series) + n); }

Found run(const Program& program, std::uint64_t seed, bool trace) {
    Scheduler& w = world();
    w.found = {};
    w.trace = trace;
    w.barriers = program.barriers;
    choose_a_way(seed);
    reset_memory();
    for (Thread& t : w.threads) {
        t.done = true;
        t.used = false;
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
    char line[256];
    va_list args;
    va_start(args, text);
    std::vsnprintf(line, sizeof line, text, args);
    va_end(args);
    const int thread = fibers().suspend();
    world().found.failure = failure;
    world().found.text = "T" + std::to_string(thread) + ": " + line;
    fibers().leave();
}

int self() { return fibers().current(); }
bool on_model_thread() { return self() >= 0; }

std::size_t random_below(std::size_t n) {
    Scheduler& w = world();
    w.random += 0x9E3779B97F4A7C15U;
    return static_cast<std::size_t>((mixed(w.random) >> 32U) * n >> 32U);
}

void step() {
    Thread& me = world().current();
    if (me.left != 0 && --me.left == 0) leave_for_good(me);
    pass_control(false);
}
void yield() { pass_control(true); }

void sleep_at(const void* address) {
    Scheduler& w = world();
    w.current().sleeps_at = address;
    yield();
}

void wake_all(const void* address) {
    for (Thread& t : world().threads) {
        if (t.sleeps_at == address) t.sleeps_at = nullptr;
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

void die_at(std::size_t operation) { world().current().left = operation; }

void outlive(int thread) {
    Thread& other = world().of(thread);
    while (!other.done) sleep_at(&other);
    pass_on(thread, self());
}

Row<int> others() {
    Row<int> all;
    for (int t = 0; t < max_threads; ++t) {
        if (t != self() && world().of(t).used) all.push_back(t);
    }
    return all;
}

void at_thread_end(void (*f)(void*), void* data) {
    Thread& me = world().current();
    me.end = f;
    me.end_data = data;
}

void* thread_local_memory(const void* key, bool& fresh) {
    for (Thread::Local& local : world().current().locals) {
        fresh = local.key == nullptr;
        if (fresh) local.key = key;
        if (local.key == key) return local.bytes;
    }
    fail(Failure::stuck, "a thread has too many objects of its own");
}
bool barriers_granted() { return world().barriers; }
bool tracing() { return world().trace; }

void add_to_trace(const char* line) { world().found.trace += line; }

}  // namespace model
