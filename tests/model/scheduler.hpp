/// \file
/// Model threads: fibers on one thread of the system, switched at atomic operations only, by a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <source_location>
#include <string>
#include <vector>

#include "model/clock.hpp"

namespace model {

using Where = std::source_location;

/// What can be found wrong with an execution.
enum class Failure : std::uint8_t {
    none,
    race,  // two accesses that are not ordered, one of them a write, a construction or a destruction
    freed,  // memory or a value used after its end
    twice,  // a value destroyed twice
    leak,   // a value or memory is left at the end
    waits,  // a thread waits for ever
    wrong,  // a result that no order of the operations explains
    stuck,  // no progress in very many steps
};
const char* name(Failure failure);

/// Ends the execution: it was found broken.
[[noreturn, gnu::format(printf, 2, 3)]] void fail(Failure failure, const char* text, ...);

/// Fails the execution as wrong unless the statement holds.
inline void expect(bool holds, const char* statement) {
    if (!holds) fail(Failure::wrong, "it does not hold that %s", statement);
}

/// One program for the model to run in many ways: `before` alone, then the threads at the same time,
/// then `after` alone.
struct Program {
    std::string name;
    std::function<void()> before;
    std::vector<std::function<void()>> threads;
    std::function<void()> after;
    /// Whether the kernel grants heavy barriers.
    bool barriers = true;
};

/// Each file in scenarios/ defines this.
std::vector<Program> programs();

struct Found {
    Failure failure = Failure::none;
    std::string text;
    /// The events of all threads, if they were asked for.
    std::string trace;
};

/// Runs the program once, in the way that `seed` names.
Found run(const Program& program, std::uint64_t seed, bool trace = false);

/// The seed of the n-th execution in a series.
std::uint64_t seed_of(std::uint64_t series, std::uint64_t n);

// For what stands behind the door, on a model thread.

int self();
/// Whether the caller is on a model thread.
bool on_model_thread();
/// A random number below n.
std::size_t random_below(std::size_t n);
/// Lets another thread run, if the scheduler wants it so.
void step();
/// As step, when this thread has nothing to do but wait for others.
void yield();
/// Sleeps until somebody wakes the address.
void sleep_at(const void* address);
void wake_all(const void* address);
/// Waits until so many threads have come here. Orders nothing between them.
void meet(int threads);
/// Kills the current thread in front of the n-th of its next atomic operations, as a process is killed:
/// nothing of it runs any more, no destructor either.
void die_at(std::size_t operation);
/// Waits until another thread has ended or was killed. The caller then knows what that one knew, as who
/// takes a lock that the kernel has dropped for the dead.
void outlive(int thread);
/// All other threads. One that has ended has been through the kernel, as one that runs in a barrier has.
Row<int> others();
/// Runs f(data) when the current thread ends.
void at_thread_end(void (*f)(void*), void* data);
/// The current thread's own memory for one of a few keys; `fresh` until somebody has asked for it.
void* thread_local_memory(const void* key, bool& fresh);
inline constexpr std::size_t thread_local_bytes = 256;
bool barriers_granted();

bool tracing();
void add_to_trace(const char* line);
[[gnu::format(printf, 2, 3)]] void note(const Where& where, const char* text, ...);
/// As note, by an instruction's address.
[[gnu::format(printf, 2, 3)]] void note_plain(const void* code, const char* text, ...);

}  // namespace model
