/// \file
/// The checker's own tests of seq_cst operations and fences, and of the kernel's barrier.

#include "model/litmus.hpp"

namespace model {

namespace {

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
                            fence_here(one);
                            m.r[0] = m.y.load(memory_order_relaxed);
                        },
                        [=](Room& m) {
                            m.y.store(1, memory_order_relaxed);
                            fence_here(other);
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
                            fence_here(memory_order_seq_cst);
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
                                heavy_barrier(Where::current());
                            } else {
                                fence_here(memory_order_seq_cst);
                            }
                            m.r[1] = m.x.load(memory_order_relaxed);
                        }},
                       2);
    };

    EXPECT_EQ(with(true), not_both_zero);
    EXPECT_EQ(with(false), all_four);
}

TEST_F(Litmus, independent_readers_agree_under_seq_cst_alone) {
    const auto with = [this](std::memory_order store, std::memory_order load) {
        return reached(
            {[=](Room& m) { m.x.store(1, store); }, [=](Room& m) { m.y.store(1, store); },
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
    const auto reader = [](Atomic<int>& a, Atomic<int>& b, int* r) {
        r[0] = a.load(memory_order_relaxed);
        fence_here(memory_order_seq_cst);
        r[1] = b.load(memory_order_relaxed);
    };
    const Outcomes all = reached(
        {[](Room& m) { m.x.store(1, memory_order_relaxed); },
         [](Room& m) { m.y.store(1, memory_order_relaxed); },
         [=](Room& m) { reader(m.x, m.y, &m.r[0]); }, [=](Room& m) { reader(m.y, m.x, &m.r[2]); }},
        4);

    EXPECT_FALSE(all.contains({1, 0, 1, 0}));
    EXPECT_EQ(all.size(), 15U);
}

TEST_F(Litmus, two_writers_of_two_locations_can_both_lose_unless_seq_cst) {
    const auto with = [this](std::memory_order order) {
        return reached({[=](Room& m) { m.x.store(1, order), m.y.store(2, order); },
                        [=](Room& m) { m.y.store(1, order), m.x.store(2, order); }},
                       2, [](Room& m) {
                           m.r[0] = m.x.load(memory_order_relaxed);
                           m.r[1] = m.y.load(memory_order_relaxed);
                       });
    };

    EXPECT_TRUE(with(memory_order_relaxed).contains({1, 1}));
    EXPECT_TRUE(with(memory_order_release).contains({1, 1}));
    EXPECT_FALSE(with(memory_order_seq_cst).contains({1, 1}));
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
                            if (behind) m.y.fetch_add(10, memory_order_seq_cst);
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

}  // namespace

}  // namespace model
