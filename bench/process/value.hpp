#pragma once

#include "../counter.hpp"
#include "team.hpp"

namespace bench {

/// A struct that carries a number in its first and its last word, so that a torn copy shows.
template <std::size_t bytes>
struct State {
    static constexpr std::string_view name = bytes == 64 ? "struct64" : "struct1k";

    std::array<std::int64_t, bytes / sizeof(std::int64_t)> words;

    void put(std::int64_t number) { words.front() = words.back() = number; }
    std::int64_t number() const { return words.front(); }
    std::int64_t torn() const { return words.front() ^ words.back(); }
};

static_assert(sizeof(State<64>) == 64 && sizeof(State<1024>) == 1024);

/// Whether a read of S can meet half of a replacement, so that it proves nothing when it does.
template <class S>
constexpr bool tears = requires { S::tears; };

/// So many rounds of a hot loop between two looks at the clock.
inline constexpr int chunks = 16;

// The hot loops. `read` hands over a copy that its caller owns: the barrier makes the compiler
// really have the whole of it, and its ends are looked at.

template <class T, class S>
[[gnu::noinline]] std::int64_t read_loop(S& subject) {
    std::int64_t torn = 0;
    for (int i = 0; i < chunk; ++i) {
        subject.read([&torn](const T& copy) __attribute__((always_inline)) {
            asm volatile("" : : "m"(copy));
            torn |= copy.torn();
        });
    }
    return torn;
}

/// Every replacement is a value just made: stored word by word, then copied whole.
template <class T, class S>
[[gnu::noinline]] void replace_loop(S& subject, T& value) {
    for (int i = 0; i < chunk; ++i) {
        value.put(value.number() + 1);
        asm volatile("" : "+m"(value));
        subject.set(value);
    }
}

template <class T, class S>
[[gnu::noinline]] void update_loop(S& subject) {
    for (int i = 0; i < chunk; ++i) {
        subject.update([](T& value)
                           __attribute__((always_inline)) { value.put(value.number() + 1); });
    }
}

inline void expect_whole(std::int64_t torn) {
    if (torn != 0) throw std::runtime_error{"a value was torn"};
}

template <class S, class T>
std::int64_t number_in(S& subject) {
    std::int64_t number = -1;
    std::int64_t torn = 0;
    enter(subject);
    subject.read([&](const T& copy) {
        number = copy.number();
        torn = copy.torn();
    });
    expect_whole(torn);
    return number;
}

/// loop() on a fresh subject in each process; the number in it must be the replacements made.
template <class S, class T, class Loop>
Outcome run_value(unsigned processes, nanoseconds length, bool counts, Loop loop) {
    return outcome_of([&] {
        S subject;
        Team team{processes};
        team.run([&](unsigned lane) {
            enter(subject);
            Board& board = team.board();
            T value{};
            board.start.wait();
            board.lanes[lane] = run_lane(length, board.done, [&] {
                for (int i = 0; i < chunks; ++i) loop(subject, value);
                return std::uint64_t{chunk} * chunks;
            });
        });
        const auto made = static_cast<std::int64_t>(team.board().done.load());
        expect_count(number_in<S, T>(subject), counts ? made : 0);
        return to_json(team.lanes());
    });
}

/// Reads in the first process, the only one that is timed, while the second replaces all the time.
template <class S, class T>
Outcome run_beside(unsigned, nanoseconds length) {
    return outcome_of([&] {
        S subject;
        Team team{2};
        Board& board = team.board();
        team.run([&](unsigned lane) {
            enter(subject);
            if (lane == 1) {
                T value{};
                replace_loop(subject, value);
                board.start.wait();
                while (!board.over) replace_loop(subject, value);
                board.done = static_cast<std::uint64_t>(value.number());
                return;
            }
            board.start.wait();
            std::atomic<std::uint64_t> reads{0};
            std::int64_t torn = 0;
            board.lanes[0] = run_lane(length, reads, [&] {
                for (int i = 0; i < chunks; ++i) torn |= read_loop<T>(subject);
                return std::uint64_t{chunk} * chunks;
            });
            board.over = true;
            if constexpr (!tears<S>) expect_whole(torn);
        });
        expect_count(number_in<S, T>(subject), static_cast<std::int64_t>(board.done.load()));
        return to_json({board.lanes[0]});
    });
}

template <class S, class T>
void add_value_cells() {
    const std::string name{S::name};
    const std::string payload{T::name};
    cells().push_back({name, "shared_read", payload, 1, [](unsigned processes, nanoseconds length) {
                           return run_value<S, T>(processes, length, false, [](S& subject, T&) {
                               expect_whole(read_loop<T>(subject));
                           });
                       }});
    if constexpr (requires(S s, T t) { s.set(t); }) {
        cells().push_back(
            {name, "shared_replace", payload, 1, [](unsigned processes, nanoseconds length) {
                 return run_value<S, T>(processes, length, true, &replace_loop<T, S>);
             }});
        if constexpr (sizeof(T) == 64) {
            cells().push_back({name, "beside", payload, 2, &run_beside<S, T>});
        }
    }
    if constexpr (requires(S s, void (*f)(T&)) { s.update(f); }) {
        cells().push_back(
            {name, "shared_update", payload, 1, [](unsigned processes, nanoseconds length) {
                 return run_value<S, T>(processes, length, true,
                                        [](S& subject, T&) { update_loop<T>(subject); });
             }});
    }
}

/// Enters a variable of a struct into the list, which begins with all words 0. It offers
///
///     read(f)       f(const T&) on a copy
///     set(value)
///     update(f)     f(T&) on the value
///
/// and may have enter(), which each process calls first; the last two may be missing.
template <template <class> class S>
bool add_shared_value() {
    add_value_cells<S<State<64>>, State<64>>();
    add_value_cells<S<State<1024>>, State<1024>>();
    return true;
}

/// Every process adds one; at the end the total must be the number of adds.
template <class C>
Outcome run_shared_counter(unsigned processes, nanoseconds length) {
    return outcome_of([&] {
        C counter;
        Team team{processes};
        Board& board = team.board();
        team.run([&](unsigned lane) {
            board.start.wait();
            board.lanes[lane] = run_lane(length, board.done, [&] {
                for (int i = 0; i < chunks; ++i) add_loop(counter, lane);
                return std::uint64_t{chunk} * chunks;
            });
        });
        expect_count(counter.total(), static_cast<std::int64_t>(board.done.load()));
        return to_json(team.lanes());
    });
}

/// Enters a counter into the list: add(lane) adds one and returns the new value, total() reads it.
template <class C>
bool add_shared_counter() {
    cells().push_back(
        {std::string{C::name}, "shared_add", "int64", most_processes, &run_shared_counter<C>});
    return true;
}

}  // namespace bench
