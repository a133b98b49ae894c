/// \file
/// Small programs on three numbers, and all outcomes that the checker reaches.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <vector>

#include "model/atomic.hpp"
#include "model/scheduler.hpp"

namespace model {

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

using Outcome = std::vector<int>;
using Outcomes = std::set<Outcome>;

/// What a litmus program works on.
struct Room {
    Atomic<int> x{0};
    Atomic<int> y{0};
    Atomic<int> z{0};
    std::array<int, 4> r{};
};

struct Litmus : testing::Test {
    using Thread = std::function<void(Room&)>;

    /// All that is reached: the first `results` registers, or what `last` says when all have ended.
    Outcomes reached(const std::vector<Thread>& threads, std::size_t results,
                     const std::function<void(Room&)>& last = {}) {
        Outcomes all;
        Room* room = nullptr;
        Program program;
        program.before = [&] { room = new Room; };
        for (const Thread& thread : threads) {
            program.threads.push_back([&room, &thread] { thread(*room); });
        }
        std::array<int, 4> registers{};
        program.after = [&] {
            if (last) last(*room);
            registers = room->r;
            delete room;
        };
        for (std::uint64_t n = 0; n < executions; ++n) {
            const Found found = run(program, seed_of(seed, n));
            EXPECT_EQ(found.failure, Failure::none) << found.text << ", execution " << n;
            if (found.failure != Failure::none) break;
            all.insert(Outcome(registers.begin(), registers.begin() + static_cast<long>(results)));
        }
        return all;
    }

    static constexpr std::uint64_t executions = 20'000;
    static constexpr std::uint64_t seed = 1;
};

inline void fence_here(std::memory_order order) { fence(order, Where::current()); }

}  // namespace model
