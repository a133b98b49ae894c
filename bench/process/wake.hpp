#pragma once

#include "team.hpp"

namespace bench {

/// Rounds between two looks at the clock: a sleeper's takes 20 microseconds and more.
inline constexpr int rounds = 50;

inline std::int64_t voluntary_switches() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nvcsw;
}

/// Two processes that wake each other in turn; an operation is one way.
template <class W>
Outcome run_wake(unsigned, nanoseconds length) {
    return outcome_of([&] {
        W word;
        Team team{2};
        Board& board = team.board();
        team.run([&](unsigned lane) {
            board.start.wait();
            std::int64_t turn = 0;
            if (lane == 1) {
                for (bool last = false; !last;) {
                    word.await(turn + 1);
                    last = board.over;
                    word.tell(turn += 2);
                }
                return;
            }
            const auto round = [&] {
                word.tell(turn + 1);
                word.await(turn += 2);
            };
            board.lanes[0] = run_lane(length, board.done, [&] {
                for (int i = 0; i < rounds; ++i) round();
                return std::uint64_t{2} * rounds;
            });
            board.over = true;
            round();
        });
        expect_count(word.now(), static_cast<std::int64_t>(board.done.load()) + 2);
        return to_json({board.lanes[0]});
    });
}

/// From just before the write to the waiter awake, where the waiter has slept for a while.
///
/// The second process writes after a pause; the first takes the time when it is back, and its slice
/// is the sum of these. The clock is the same on all processors.
template <class W>
Outcome run_wake_asleep(unsigned, nanoseconds length) {
    return outcome_of([&] {
        struct Sent {
            std::atomic<Clock::time_point> at{};
            std::atomic<std::int64_t> heard{0};
        };
        constexpr std::chrono::microseconds pause{100};
        W word;
        Shared<Sent> sent;
        Team team{2};
        Board& board = team.board();
        team.run([&](unsigned lane) {
            board.start.wait();
            if (lane == 1) {
                for (std::int64_t turn = 1; !board.over; ++turn) {
                    const Clock::time_point since = Clock::now();
                    while (Clock::now() - since < pause) continue;
                    sent->at = Clock::now();
                    word.tell(turn);
                    while (sent->heard < turn) continue;
                }
                return;
            }
            Lane& mine = board.lanes[0];
            const std::int64_t sleeps = voluntary_switches();
            const Clock::time_point begin = Clock::now();
            for (std::int64_t turn = 1; !board.over; ++turn) {
                word.await(turn);
                const Clock::time_point awake = Clock::now();
                mine.wall += nanoseconds{awake - sent->at.load()}.count();
                ++mine.ops;
                board.over = awake - begin >= length;
                sent->heard = turn;
            }
            mine.cpu = mine.wall;
            board.done = mine.ops;
            if (2 * (voluntary_switches() - sleeps) < word.now()) {
                throw std::runtime_error{"the waiter did not sleep"};
            }
        });
        expect_count(word.now(), static_cast<std::int64_t>(board.done.load()));
        return to_json({board.lanes[0]});
    });
}

/// Enters a way to wait for a number into the list, which begins as 0 and only grows: tell(n)
/// stores it and wakes who waits, await(n) returns as soon as it is n, now() looks. W::spins says
/// that it never sleeps.
template <class W>
bool add_waker() {
    const std::string name{W::name};
    cells().push_back({name, "wake", "int64", 2, &run_wake<W>});
    if constexpr (!requires { W::spins; }) {
        cells().push_back({name, "wake_asleep", "int64", 2, &run_wake_asleep<W>});
    }
    return true;
}

}  // namespace bench
