/// \file
/// The checker's own tests: of the small programs that memory models are told apart by, exactly the
/// outcomes that C++20 allows (without load buffering) are reached.

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <vector>

#include "model/atomic.hpp"
#include "model/scheduler.hpp"

namespace {

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

using Outcome = std::vector<int>;
using Outcomes = std::set<Outcome>;

/// What a litmus program works on.
struct Room {
    model::Atomic<int> x{0};
    model::Atomic<int> y{0};
    model::Atomic<int> z{0};
    std::array<int, 4> r{};
};

struct Litmus : testing::Test {
    using Thread = std::function<void(Room&)>;

    /// All that is reached: the first `results` registers, or what `last` says when all have ended.
    Outcomes reached(const std::vector<Thread>& threads, std::size_t results,
                     const std::function<void(Room&)>& last = {}) {
        Outcomes all;
        Room* room = nullptr;
        model::Program program;
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
            const model::Found found = model::run(program, model::seed_of(seed, n));
            EXPECT_EQ(found.failure, model::Failure::none) << found.text << ", execution " << n;
            if (found.failure != model::Failure::none) break;
            all.insert(Outcome(registers.begin(), registers.begin() + static_cast<long>(results)));
        }
        return all;
    }

    static constexpr std::uint64_t executions = 20'000;
    static constexpr std::uint64_t seed = 1;
};

const Outcomes all_four{{0, 0}, {0, 1}, {1, 0}, {1, 1}};
const Outcomes not_both_zero{{0, 1}, {1, 0}, {1, 1}};

Outcomes store_buffering(Litmus& t, std::memory_order store, std::memory_order load) {
    return t.reached({[=](Room& m) { m.x.store(1, store), m.r[0] = m.y.load(load); },
                      [=](Room& m) { m.y.store(1, store), m.r[1] = m.x.load(load); }},
                     2);
}

TEST_F(Litmus, store_buffering_is_forbidden_to_seq_cst_alone) {
    EXPECT_EQ(store_buffering(*this, memory_order_seq_cst, memory_order_seq_cst), not_both_zero);
    EXPECT_EQ(store_buffering(*this, memory_order_seq_cst, memory_order_acquire), all_four);
    EXPECT_EQ(store_buffering(*this, memory_order_release, memory_order_seq_cst), all_four);
}

TEST_F(Litmus, store_buffering_is_forbidden_by_fences_in_both_threads) {
    const auto with = [this](std::memory_order one, std::memory_order other) {
        return reached({[=](Room& m) {
                            m.x.store(1, memory_order_relaxed);
                            model::fence(one, model::Where::current());
                            m.r[0] = m.y.load(memory_order_relaxed);
                        },
                        [=](Room& m) {
                            m.y.store(1, memory_order_relaxed);
                            model::fence(other, model::Where::current());
                            m.r[1] = m.x.load(memory_order_relaxed);
                        }},
                       2);
    };

    EXPECT_EQ(with(memory_order_seq_cst, memory_order_seq_cst), not_both_zero);
    EXPECT_EQ(with(memory_order_seq_cst, memory_order_acq_rel), all_four);
}

TEST_F(Litmus, a_fence_on_one_side_goes_with_seq_cst_operations_on_the_other) {
    const auto with = [this](std::memory_order store, std::memory_order load) {
        return reached({[=](Room& m) { m.x.store(1, store), m.r[0] = m.y.load(load); },
                        [](Room& m) {
                            m.y.store(1, memory_order_relaxed);
                            model::fence(memory_order_seq_cst, model::Where::current());
                            m.r[1] = m.x.load(memory_order_relaxed);
                        }},
                       2);
    };

    EXPECT_EQ(with(memory_order_seq_cst, memory_order_seq_cst), not_both_zero);
    EXPECT_EQ(with(memory_order_relaxed, memory_order_seq_cst), all_four);
    EXPECT_EQ(with(memory_order_seq_cst, memory_order_relaxed), all_four);
}

TEST_F(Litmus, the_heavy_barrier_of_one_thread_orders_the_light_one_of_the_other) {
    const auto with = [this](bool barrier) {
        return reached({[](Room& m) {
                            m.x.store(1, memory_order_relaxed);
                            m.r[0] = m.y.load(memory_order_relaxed);
                        },
                        [=](Room& m) {
                            m.y.store(1, memory_order_relaxed);
                            if (barrier) {
                                model::heavy_barrier(model::Where::current());
                            } else {
                                model::fence(memory_order_seq_cst, model::Where::current());
                            }
                            m.r[1] = m.x.load(memory_order_relaxed);
                        }},
                       2);
    };

    EXPECT_EQ(with(true), not_both_zero);
    EXPECT_EQ(with(false), all_four);
}

TEST_F(Litmus, a_message_is_passed_by_release_and_acquire_only) {
    const auto with = [this](std::memory_order store, std::memory_order load) {
        return reached({[=](Room& m) { m.x.store(1, memory_order_relaxed), m.y.store(1, store); },
                        [=](Room& m) {
                            m.r[0] = m.y.load(load);
                            m.r[1] = m.x.load(memory_order_relaxed);
                        }},
                       2);
    };
    const Outcomes ordered{{0, 0}, {0, 1}, {1, 1}};

    EXPECT_EQ(with(memory_order_release, memory_order_acquire), ordered);
    EXPECT_EQ(with(memory_order_seq_cst, memory_order_seq_cst), ordered);
    EXPECT_EQ(with(memory_order_relaxed, memory_order_acquire), all_four);
    EXPECT_EQ(with(memory_order_release, memory_order_relaxed), all_four);
}

TEST_F(Litmus, a_message_is_passed_by_fences) {
    const auto with = [this](std::memory_order first, std::memory_order second) {
        return reached({[=](Room& m) {
                            m.x.store(1, memory_order_relaxed);
                            model::fence(first, model::Where::current());
                            m.y.store(1, memory_order_relaxed);
                        },
                        [=](Room& m) {
                            m.r[0] = m.y.load(memory_order_relaxed);
                            model::fence(second, model::Where::current());
                            m.r[1] = m.x.load(memory_order_relaxed);
                        }},
                       2);
    };

    EXPECT_FALSE(with(memory_order_release, memory_order_acquire).contains({1, 0}));
    EXPECT_FALSE(with(memory_order_seq_cst, memory_order_seq_cst).contains({1, 0}));
    EXPECT_TRUE(with(memory_order_acquire, memory_order_acquire).contains({1, 0}));
    EXPECT_TRUE(with(memory_order_release, memory_order_relaxed).contains({1, 0}));
}

/// x is written, y is released, then written again in this way; does a reader of the second see x?
Outcomes release_sequence(Litmus& t, bool same_thread, bool modified) {
    const auto second = [=](Room& m) {
        if (!modified) {
            m.y.store(2, memory_order_relaxed);
        } else {
            int one = 1;
            m.y.compare_exchange_strong(one, 2, memory_order_relaxed);
        }
    };
    return t.reached({[=](Room& m) {
                          m.x.store(1, memory_order_relaxed);
                          m.y.store(1, memory_order_release);
                          if (same_thread) second(m);
                      },
                      [](Room& m) {
                          m.r[0] = m.y.load(memory_order_acquire);
                          m.r[1] = m.x.load(memory_order_relaxed);
                      },
                      [=](Room& m) {
                          if (!same_thread) second(m);
                      }},
                     2);
}

TEST_F(Litmus, a_release_sequence_goes_on_through_read_modify_writes_only) {
    EXPECT_FALSE(release_sequence(*this, true, true).contains({2, 0}));
    EXPECT_FALSE(release_sequence(*this, false, true).contains({2, 0}));
    EXPECT_TRUE(release_sequence(*this, true, false).contains({2, 0}));
    EXPECT_TRUE(release_sequence(*this, true, true).contains({2, 1}));
    EXPECT_TRUE(release_sequence(*this, false, true).contains({2, 1}));
}

TEST_F(Litmus, independent_readers_agree_under_seq_cst_alone) {
    const auto with = [this](std::memory_order store, std::memory_order load) {
        return reached({[=](Room& m) { m.x.store(1, store); }, [=](Room& m) { m.y.store(1, store); },
                        [=](Room& m) { m.r[0] = m.x.load(load), m.r[1] = m.y.load(load); },
                        [=](Room& m) { m.r[2] = m.y.load(load), m.r[3] = m.x.load(load); }},
                       4);
    };
    const Outcome disagree{1, 0, 1, 0};

    const Outcomes seq_cst = with(memory_order_seq_cst, memory_order_seq_cst);
    EXPECT_FALSE(seq_cst.contains(disagree));
    EXPECT_EQ(seq_cst.size(), 15U);
    EXPECT_EQ(with(memory_order_release, memory_order_acquire).size(), 16U);
}

TEST_F(Litmus, independent_readers_agree_with_fences_between_their_reads) {
    const auto reader = [](model::Atomic<int>& a, model::Atomic<int>& b, int* r) {
        r[0] = a.load(memory_order_relaxed);
        model::fence(memory_order_seq_cst, model::Where::current());
        r[1] = b.load(memory_order_relaxed);
    };
    const Outcomes all = reached({[](Room& m) { m.x.store(1, memory_order_relaxed); },
                                  [](Room& m) { m.y.store(1, memory_order_relaxed); },
                                  [=](Room& m) { reader(m.x, m.y, &m.r[0]); },
                                  [=](Room& m) { reader(m.y, m.x, &m.r[2]); }},
                                 4);

    EXPECT_FALSE(all.contains({1, 0, 1, 0}));
    EXPECT_EQ(all.size(), 15U);
}

TEST_F(Litmus, one_location_is_read_in_its_order) {
    const auto reader = [](Room& m, std::size_t at) {
        m.r[at] = m.x.load(memory_order_relaxed);
        m.r[at + 1] = m.x.load(memory_order_relaxed);
    };
    const Outcomes all = reached({[](Room& m) { m.x.store(1, memory_order_relaxed); },
                                  [](Room& m) { m.x.store(2, memory_order_relaxed); },
                                  [=](Room& m) { reader(m, 0); }, [=](Room& m) { reader(m, 2); }},
                                 4);

    EXPECT_TRUE(all.contains({1, 2, 1, 2}));
    EXPECT_TRUE(all.contains({2, 1, 2, 1}));
    EXPECT_FALSE(all.contains({1, 2, 2, 1}));
    EXPECT_FALSE(all.contains({2, 1, 1, 2}));
    EXPECT_FALSE(all.contains({1, 0, 0, 0}));
}

TEST_F(Litmus, two_writers_of_two_locations_can_both_lose_unless_seq_cst) {
    const auto with = [this](std::memory_order order) {
        return reached({[=](Room& m) { m.x.store(1, order), m.y.store(2, order); },
                        [=](Room& m) { m.y.store(1, order), m.x.store(2, order); }},
                       2,
                       [](Room& m) {
                           m.r[0] = m.x.load(memory_order_relaxed);
                           m.r[1] = m.y.load(memory_order_relaxed);
                       });
    };

    EXPECT_TRUE(with(memory_order_relaxed).contains({1, 1}));
    EXPECT_TRUE(with(memory_order_release).contains({1, 1}));
    EXPECT_FALSE(with(memory_order_seq_cst).contains({1, 1}));
}

TEST_F(Litmus, loads_are_not_buffered) {
    const Outcomes all =
        reached({[](Room& m) { m.r[0] = m.x.load(memory_order_relaxed), m.y.store(1, memory_order_relaxed); },
                 [](Room& m) { m.r[1] = m.y.load(memory_order_relaxed), m.x.store(1, memory_order_relaxed); }},
                2);

    EXPECT_EQ(all, (Outcomes{{0, 0}, {0, 1}, {1, 0}}));
}

/// Two seq_cst operations that only a relaxed store and load connect need not be in that order.
TEST_F(Litmus, the_order_of_seq_cst_operations_is_not_that_of_execution) {
    const auto with = [this](std::memory_order store, std::memory_order load) {
        return reached({[=](Room& m) {
                            m.x.store(1, memory_order_seq_cst);
                            m.y.store(1, store);
                        },
                        [=](Room& m) {
                            m.r[0] = m.y.load(load);
                            m.r[1] = m.x.load(memory_order_seq_cst);
                        }},
                       2);
    };

    EXPECT_TRUE(with(memory_order_relaxed, memory_order_relaxed).contains({1, 0}));
    EXPECT_FALSE(with(memory_order_release, memory_order_acquire).contains({1, 0}));
}

/// The repair of seq_cst in C++20 (P0668R5, example Z6.U): Power shows this outcome.
TEST_F(Litmus, to_synchronize_with_a_seq_cst_operation_is_not_to_precede_it_in_the_order) {
    const auto with = [this](bool behind) {
        return reached({[](Room& m) {
                            m.x.store(1, memory_order_seq_cst);
                            m.y.store(1, memory_order_release);
                        },
                        [=](Room& m) {
                            const auto how = behind ? memory_order_acquire : memory_order_seq_cst;
                            m.r[0] = m.y.fetch_add(1, how);
                            if (behind) m.y.fetch_add(0, memory_order_seq_cst);
                            m.r[1] = m.y.load(memory_order_relaxed);
                        },
                        [](Room& m) {
                            m.y.store(3, memory_order_seq_cst);
                            m.r[2] = m.x.load(memory_order_seq_cst);
                        }},
                       3);
    };

    EXPECT_TRUE(with(false).contains({1, 3, 0}));
    EXPECT_FALSE(with(true).contains({1, 3, 0}));
}

TEST_F(Litmus, read_modify_writes_lose_nothing) {
    const auto add = [](Room& m) { m.x.fetch_add(1, memory_order_relaxed); };
    const Outcomes all =
        reached({add, add, add}, 1, [](Room& m) { m.r[0] = m.x.load(memory_order_relaxed); });

    EXPECT_EQ(all, (Outcomes{{3}}));
}

}  // namespace
