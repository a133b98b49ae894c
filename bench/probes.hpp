#pragma once

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <memory>

#include "cells.hpp"

namespace bench {

/// Durations, exact below 4096 ns and by powers of two above.
class Histogram {
  public:
    void add(std::int64_t ns) {
        ++total_;
        most_ = std::max(most_, ns);
        if (ns < exact) {
            ++small_[static_cast<std::size_t>(ns)];
        } else {
            ++large_[static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(ns)))];
        }
    }

    /// The upper end of the class in which the share of all durations is reached.
    std::int64_t quantile(double share) const {
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t ns = 0; ns < small_.size(); ++ns) {
            seen += small_[ns];
            if (seen > wanted) return static_cast<std::int64_t>(ns);
        }
        for (std::size_t bits = 0; bits < large_.size(); ++bits) {
            seen += large_[bits];
            if (seen > wanted) return std::min(std::int64_t{1} << bits, most_);
        }
        return most_;
    }

    std::string to_json() const {
        return R"({"samples":)" + std::to_string(total_) + R"(,"p50":)" +
               std::to_string(quantile(0.5)) + R"(,"p99":)" + std::to_string(quantile(0.99)) +
               R"(,"p999":)" + std::to_string(quantile(0.999)) + R"(,"p9999":)" +
               std::to_string(quantile(0.9999)) + R"(,"max":)" + std::to_string(most_) + "}";
    }

  private:
    static constexpr std::int64_t exact = 4096;
    std::vector<std::uint64_t> small_ = std::vector<std::uint64_t>(exact);
    std::vector<std::uint64_t> large_ = std::vector<std::uint64_t>(64);
    std::uint64_t total_ = 0;
    std::int64_t most_ = 0;
};

/// Single reads, each between two looks at the clock, beside one thread that swaps all the time.
template <class S>
Outcome run_tail(unsigned, nanoseconds length) {
    Alone<S> subject{std::int64_t{0}};
    Histogram durations;
    std::atomic<bool> over{false};
    StartLine start{2};
    on_threads(2, [&](unsigned lane) {
        [[maybe_unused]] typename SessionOf<S>::type session;
        start.wait();
        if (lane == 0) {
            while (!over.load(std::memory_order_relaxed)) {
                for (int i = 0; i < 100; ++i) subject.it.swap(&Payload<std::int64_t>::next);
                quiesce<S>();
            }
            return;
        }
        const Clock::time_point end = Clock::now() + length;
        std::int64_t sum = 0;
        for (Clock::time_point after{}; after < end;) {
            for (int i = 0; i < chunk; ++i) {
                const Clock::time_point before = Clock::now();
                sum += subject.it.peek([](const std::int64_t& value) { return value; });
                after = Clock::now();
                durations.add(nanoseconds{after - before}.count());
            }
            quiesce<S>();
        }
        sink(sum);
        over.store(true);
    });
    settle<S>();
    return {durations.to_json(), ""};
}

/// Values alive beyond the current one, looked at after every swap.
///
/// A rival's candidate (two for a moment) counts as alive too, so with several threads the figure
/// is a little too high, never too low.
template <class S>
Outcome run_waiting(unsigned threads, nanoseconds length) {
    settle<S>();
    const std::int64_t before = Counted::alive.load();
    std::atomic<std::int64_t> most{0}, sum{0}, looks{0};
    std::int64_t after = 0;
    std::int64_t settled = 0;
    {
        Alone<S> subject{Counted{0}};
        std::uint64_t done = 0;
        run_lanes<typename SessionOf<S>::type>(threads, length, done, [&](unsigned) {
            std::int64_t high = 0;
            std::int64_t total = 0;
            for (int i = 0; i < chunk; ++i) {
                subject.it.swap(&Payload<Counted>::next);
                const std::int64_t waiting = Counted::alive.load() - before - 1;
                high = std::max(high, waiting);
                total += waiting;
            }
            quiesce<S>();
            for (std::int64_t seen = most.load(); seen < high;) {
                if (most.compare_exchange_weak(seen, high)) break;
            }
            sum += total;
            looks += chunk;
            return std::uint64_t{chunk};
        });
        after = Counted::alive.load() - before - 1;
        settle<S>();
        settled = Counted::alive.load() - before - 1;
    }
    const double mean = static_cast<double>(sum.load()) / static_cast<double>(looks.load());
    return {R"({"max":)" + std::to_string(most.load()) + R"(,"mean":)" + std::to_string(mean) +
                R"(,"after":)" + std::to_string(after) + R"(,"settled":)" +
                std::to_string(settled) + "}",
            ""};
}

/// Bytes in use, by malloc's books and by the kernel's.
struct Memory {
    std::int64_t heap = 0;
    std::int64_t resident = 0;

    static Memory now() {
        const struct mallinfo2 books = mallinfo2();
        std::int64_t size = 0;
        std::int64_t pages = 0;
        std::ifstream{"/proc/self/statm"} >> size >> pages;
        return {static_cast<std::int64_t>(books.uordblks + books.hblkhd), pages * getpagesize()};
    }
};

inline std::string growth_json(const Memory& before, const Memory& after, std::size_t number,
                               std::size_t own_size) {
    const auto each = [&](std::int64_t from, std::int64_t to) {
        return std::to_string(static_cast<double>(to - from) / static_cast<double>(number));
    };
    return R"({"sizeof":)" + std::to_string(own_size) + R"(,"heap":)" +
           each(before.heap, after.heap) + R"(,"resident":)" +
           each(before.resident, after.resident) + "}";
}

/// What 100,000 variables of int64 cost beyond their own size. Wants a fresh process.
template <class S>
Outcome run_atom_memory(unsigned, nanoseconds) {
    constexpr std::size_t number = 100'000;
    std::allocator<S> storage;
    S* all = storage.allocate(number);
    std::fill_n(reinterpret_cast<unsigned char*>(all), number * sizeof(S), std::uint8_t{1});

    const Memory before = Memory::now();
    for (std::size_t i = 0; i < number; ++i) ::new (static_cast<void*>(all + i)) S{0};
    const Memory after = Memory::now();

    std::destroy_n(all, number);
    storage.deallocate(all, number);
    return {growth_json(before, after, number, sizeof(S)), ""};
}

/// What a thread costs that has read once and swapped once. Wants a fresh process.
template <class S>
Outcome run_thread_memory(unsigned, nanoseconds) {
    constexpr unsigned number = 32;
    Alone<S> subject{std::int64_t{0}};
    Memory before;
    Memory after;
    StartLine arrived{number + 1}, begin{number + 1}, used{number + 1}, end{number + 1};
    const auto member = [&](unsigned) {
        // The thread's own arena and cache of malloc belong to the thread, not to the subject.
        void* volatile touched = std::malloc(64);
        std::free(touched);
        arrived.wait();
        begin.wait();
        [[maybe_unused]] typename SessionOf<S>::type session;
        sink(subject.it.peek([](const std::int64_t& value) { return value; }));
        if constexpr (!single_writer<S>) subject.it.swap(&Payload<std::int64_t>::next);
        used.wait();
        end.wait();
    };
    std::vector<std::thread> team;
    for (unsigned i = 0; i < number; ++i) team.emplace_back(member, i);
    arrived.wait();
    before = Memory::now();
    begin.wait();
    used.wait();
    after = Memory::now();
    end.wait();
    for (std::thread& thread : team) thread.join();
    settle<S>();
    return {growth_json(before, after, number, sizeof(S)), ""};
}

template <template <class> class S>
void add_probes() {
    using Long = S<std::int64_t>;
    const std::string name = name_of<Long>();
    cells().push_back({name, "atom_memory", "int64", 1, &run_atom_memory<Long>});
    cells().push_back({name, "thread_memory", "int64", 1, &run_thread_memory<Long>});
    if constexpr (!single_writer<Long>) {
        cells().push_back({name, "tail", "int64", 2, &run_tail<Long>});
    }
    cells().push_back(
        {name, "waiting", "counted", single_writer<Long> ? 1U : 64U, &run_waiting<S<Counted>>});
}

}  // namespace bench
