/// \file
/// The checker's own tests: what it calls broken, and what not.

#include <gtest/gtest.h>

#include <array>

#include "model/atomic.hpp"
#include "model/scheduler.hpp"
#include "model/value.hpp"

namespace model {

namespace {

struct Room {
    Atomic<int> flag{0};
    Atomic<std::uint32_t> futex{0};
    Value* value = nullptr;
};

Room* room = nullptr;

/// The first failure in many executions.
Failure found(std::vector<std::function<void()>> threads, std::function<void()> after = {}) {
    Program program;
    program.before = [] { room = new Room; };
    program.threads = std::move(threads);
    program.after = std::move(after);
    for (std::uint64_t n = 0; n < 2'000; ++n) {
        const Found f = run(program, seed_of(1, n));
        if (f.failure != Failure::none) return f.failure;
    }
    return Failure::none;
}

void* make_value() {
    void* const memory = allocate(sizeof(Value), alignof(Value));
    room->value = new (memory) Value(1);
    return memory;
}

void end_value() {
    room->value->~Value();
    deallocate(room->value);
}

std::vector<std::function<void()>> message(Order store, Order load) {
    return {[=] {
                make_value();
                room->flag.store(1, store);
            },
            [=] {
                if (room->flag.load(load) == 1) room->value->number();
            }};
}

TEST(Checker, a_read_that_is_not_ordered_after_the_construction_is_a_race) {
    EXPECT_EQ(found(message(Order::relaxed, Order::acquire), end_value), Failure::race);
    EXPECT_EQ(found(message(Order::release, Order::relaxed), end_value), Failure::race);
    EXPECT_EQ(found(message(Order::release, Order::acquire), end_value), Failure::none);
}

TEST(Checker, a_destruction_that_is_not_ordered_after_a_read_is_a_race) {
    const auto read_then_end = [](Order order) {
        return found({[=] {
                          make_value();
                          room->flag.store(1, Order::release);
                          if (room->flag.load(order) == 2) return end_value();
                          room->flag.fetch_add(2, Order::relaxed);
                      },
                      [] {
                          if (room->flag.load(Order::acquire) != 1) return;
                          room->value->number();
                          int one = 1;
                          room->flag.compare_exchange_strong(one, 2, Order::release);
                      }},
                     [] {
                         if (room->flag.load() != 2) end_value();
                     });
    };

    EXPECT_EQ(read_then_end(Order::relaxed), Failure::race);
    EXPECT_EQ(read_then_end(Order::acquire), Failure::none);
}

TEST(Checker, a_read_after_the_end_is_found_in_one_thread_too) {
    EXPECT_EQ(found({[] {
                  make_value();
                  end_value();
                  room->value->number();
              }}),
              Failure::freed);
}

TEST(Checker, a_second_destruction_is_found) {
    EXPECT_EQ(found({[] {
                  make_value();
                  room->value->~Value();
                  room->value->~Value();
              }}),
              Failure::twice);
}

TEST(Checker, a_node_that_is_left_is_a_leak) {
    EXPECT_EQ(found({[] { make_value(); }}), Failure::leak);
}

TEST(Checker, a_thread_that_nobody_wakes_waits_for_ever) {
    const auto sleeper = [] { futex_wait(room->futex.place(), 0, Where::current()); };
    const auto waker = [](bool changes) {
        return [changes] {
            if (changes) room->futex.store(1, Order::relaxed);
            futex_wake_all(room->futex.place(), Where::current());
        };
    };

    EXPECT_EQ(found({sleeper}), Failure::waits);
    EXPECT_EQ(found({sleeper, waker(false)}), Failure::waits);
    EXPECT_EQ(found({sleeper, waker(true)}), Failure::none);
}

TEST(Checker, a_loop_without_end_is_stuck_but_a_wait_for_another_thread_is_not) {
    const auto wait = [] {
        while (room->flag.load(Order::relaxed) == 0) {
        }
    };

    EXPECT_EQ(found({wait}), Failure::stuck);
    EXPECT_EQ(found({wait, [] { room->flag.store(1, Order::relaxed); }}), Failure::none);
}

TEST(Checker, a_killed_thread_stops_in_front_of_each_of_its_operations_in_some_execution) {
    std::array<bool, 4> reached{};
    Program program;
    program.before = [] { room = new Room; };
    program.threads = {[] {
        die_at(1 + random_below(3));
        for (int i = 0; i < 3; ++i) room->flag.fetch_add(1);
    }};
    program.after = [&] { reached.at(static_cast<std::size_t>(room->flag.load())) = true; };

    for (std::uint64_t n = 0; n < 100; ++n) {
        EXPECT_EQ(run(program, seed_of(1, n)).failure, Failure::none);
    }

    EXPECT_EQ(reached, (std::array<bool, 4>{true, true, true, false}));
}

TEST(Checker, who_outlives_a_killed_thread_knows_what_it_knew) {
    const auto killed = [] {
        make_value();
        die_at(2);
        room->flag.store(1, Order::relaxed);
        room->flag.store(2, Order::relaxed);
    };
    const auto heir = [](bool outlives) {
        return [outlives] {
            if (outlives) outlive(1);
            if (room->flag.load(Order::relaxed) == 1) room->value->number();
        };
    };

    EXPECT_EQ(found({killed, heir(false)}, end_value), Failure::race);
    EXPECT_EQ(found({killed, heir(true)}, end_value), Failure::none);
}

TEST(Checker, a_seed_repeats_its_execution) {
    Program program;
    program.before = [] { room = new Room; };
    program.threads = message(Order::relaxed, Order::acquire);
    program.threads.emplace_back([] { room->flag.fetch_add(1); });
    program.after = [] { room->flag.load(); };

    const Found once = run(program, 7, true);
    const Found again = run(program, 7, true);

    EXPECT_FALSE(once.trace.empty());
    EXPECT_EQ(once.trace, again.trace);
    EXPECT_EQ(once.text, again.text);
}

}  // namespace

}  // namespace model
