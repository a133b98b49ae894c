/// \file
/// The checker's own tests: of the small programs that memory models are told apart by, exactly the
/// outcomes that C++20 allows (without load buffering) are reached. Those of seq_cst: litmus_seq_cst_test.

#include "model/litmus.hpp"

namespace model {

namespace {

const Outcomes all_four{{0, 0}, {0, 1}, {1, 0}, {1, 1}};

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
                            fence_here(first);
                            m.y.store(1, memory_order_relaxed);
                        },
                        [=](Room& m) {
                            m.r[0] = m.y.load(memory_order_relaxed);
                            fence_here(second);
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

TEST_F(Litmus, loads_are_not_buffered) {
    const Outcomes all =
        reached({[](Room& m) {
                     m.r[0] = m.x.load(memory_order_relaxed), m.y.store(1, memory_order_relaxed);
                 },
                 [](Room& m) {
                     m.r[1] = m.y.load(memory_order_relaxed), m.x.store(1, memory_order_relaxed);
                 }},
                2);

    EXPECT_EQ(all, (Outcomes{{0, 0}, {0, 1}, {1, 0}}));
}

TEST_F(Litmus, read_modify_writes_lose_nothing) {
    const auto add = [](Room& m) { m.x.fetch_add(1, memory_order_relaxed); };
    const Outcomes all =
        reached({add, add, add}, 1, [](Room& m) { m.r[0] = m.x.load(memory_order_relaxed); });

    EXPECT_EQ(all, (Outcomes{{3}}));
}

}  // namespace

}  // namespace model
