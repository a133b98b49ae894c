#pragma once

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace bench {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

/// What one thread did in a slice.
struct Lane {
    std::uint64_t ops = 0;
    std::int64_t wall = 0;  // nanoseconds, each lane by its own clock readings
    std::int64_t cpu = 0;
    std::int64_t preempted = 0;  // how often the kernel took the processor away
};

/// One line of JSON and, if a count did not add up, what was wrong.
struct Outcome {
    std::string json;
    std::string error;
};

/// One thing that can be measured; main.cpp lists and runs them, run.py interleaves them.
struct Cell {
    std::string subject;
    std::string op;
    std::string payload;
    unsigned max_threads = 1;
    std::function<Outcome(unsigned threads, nanoseconds length)> run;
    /// Each slice needs a process of its own: what threads of earlier ones left would count too.
    bool fresh = false;
};

/// The program's only list, also for cells that live in a shared library.
[[gnu::visibility("default")]] std::vector<Cell>& cells();

/// The processors that this process may use, as it was started.
[[gnu::visibility("default")]] const std::vector<int>& processors();

/// Keeps the compiler from dropping the work behind a value.
inline void sink(std::int64_t value) { asm volatile("" : : "r"(value) : "memory"); }

inline std::int64_t thread_preemptions() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

inline std::int64_t thread_cpu_ns() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Threads that fit get a processor each; more threads than processors are left to the kernel.
inline void settle_on_processor(unsigned lane, unsigned threads) {
    if (threads > processors().size()) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(processors()[lane]), &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/// Runs work(lane) on each of so many threads and waits for all of them.
template <class Work>
void on_threads(unsigned threads, Work work) {
    std::vector<std::thread> team;
    for (unsigned lane = 0; lane < threads; ++lane) {
        team.emplace_back([=] {
            settle_on_processor(lane, threads);
            work(lane);
        });
    }
    for (std::thread& member : team) member.join();
}

/// A start line that spins: a futex would let the first threads run alone for a while.
class StartLine {
  public:
    explicit StartLine(unsigned threads) : missing_{threads} {}

    void wait() {
        missing_.fetch_sub(1);
        while (missing_.load() > 0) std::this_thread::yield();
    }

  private:
    std::atomic<unsigned> missing_;
};

/// Runs batch(), which returns its number of operations, over and over for a fixed time.
///
/// The clock is read once a batch. The first batch is warm-up: it counts for `done`, not for time.
template <class Batch>
Lane run_lane(nanoseconds length, std::atomic<std::uint64_t>& done, Batch batch) {
    const std::uint64_t warm = batch();
    Lane mine;
    const std::int64_t cpu = thread_cpu_ns();
    const std::int64_t preempted = thread_preemptions();
    const Clock::time_point begin = Clock::now();
    Clock::time_point now = begin;
    do {
        mine.ops += batch();
        now = Clock::now();
    } while (now - begin < length);
    mine.wall = nanoseconds{now - begin}.count();
    mine.cpu = thread_cpu_ns() - cpu;
    mine.preempted = thread_preemptions() - preempted;
    done += mine.ops + warm;
    return mine;
}

/// Runs batch(lane) so on each of so many threads.
///
/// The warm-up comes after the start line, as a thread that waits there announces no quiescence to RCU.
template <class Session, class Batch>
std::vector<Lane> run_lanes(unsigned threads, nanoseconds length, std::uint64_t& done,
                            Batch batch) {
    std::vector<Lane> lanes(threads);
    std::atomic<std::uint64_t> total{0};
    StartLine start{threads};
    on_threads(threads, [&](unsigned lane) {
        [[maybe_unused]] Session session;
        start.wait();
        lanes[lane] = run_lane(length, total, [&] { return batch(lane); });
    });
    done = total.load();
    return lanes;
}

inline std::string to_json(const std::vector<Lane>& lanes) {
    std::string ops, wall, cpu;
    std::int64_t preempted = 0;
    for (const Lane& lane : lanes) {
        const char* comma = ops.empty() ? "" : ",";
        ops += comma + std::to_string(lane.ops);
        wall += comma + std::to_string(lane.wall);
        cpu += comma + std::to_string(lane.cpu);
        preempted += lane.preempted;
    }
    return R"({"ops":[)" + ops + R"(],"wall":[)" + wall + R"(],"cpu":[)" + cpu +
           R"(],"preempted":)" + std::to_string(preempted) + "}";
}

}  // namespace bench
