/// \file
/// What stamped and markable references promise: two things that change together, and which reference is
/// the same.

#include <atomic>
#include <atomos/markable.hpp>
#include <atomos/stamped.hpp>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using atomos::testing::together;

/// Makes them where variables have no place, and where they have.
template <class Scope>
struct MadeTagged {
    template <class T, class... Tag>
    static auto stamped(T value, Tag... stamp) {
        return atomos::AtomicStampedReference<T, Scope>(std::move(value), stamp...);
    }
    template <class T, class... Tag>
    static auto markable(T value, Tag... mark) {
        return atomos::AtomicMarkableReference<T, Scope>(std::move(value), mark...);
    }
};
template <>
struct MadeTagged<atomos::Processes> {
    template <class T, class... Tag>
    static auto stamped(T value, Tag... stamp) {
        return atomos::process::AtomicStampedReference<T>(region(), name(), std::move(value),
                                                          stamp...);
    }
    template <class T, class... Tag>
    static auto markable(T value, Tag... mark) {
        return atomos::process::AtomicMarkableReference<T>(region(), name(), std::move(value),
                                                           mark...);
    }

  private:
    static atomos::process::Region& region() {
        static auto made = atomos::process::Region::anonymous();
        return made;
    }
    static std::string name() {
        static std::atomic<int> made{0};
        return "tagged " + std::to_string(made.fetch_add(1));
    }
};

template <class Scope>
class TaggedLaws : public ::testing::Test {
  protected:
    using Makes = MadeTagged<Scope>;
};
TYPED_TEST_SUITE(TaggedLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(TaggedLaws, what_it_was_made_with_is_there) {
    auto stamped = TestFixture::Makes::stamped(std::string("a"), 7);
    auto markable = TestFixture::Makes::markable(5, true);
    auto plain = TestFixture::Makes::stamped(1);
    auto unmarked = TestFixture::Makes::markable(std::vector<int>{1, 2});

    const auto [reference, stamp] = stamped.get();

    EXPECT_EQ(*reference, "a");
    EXPECT_EQ(stamp, 7);
    EXPECT_EQ(stamped.get_stamp(), 7);
    EXPECT_EQ(*markable.get_reference(), 5);
    EXPECT_TRUE(markable.is_marked());
    EXPECT_EQ(plain.get_stamp(), 0);
    EXPECT_EQ(*unmarked.get().reference, (std::vector<int>{1, 2}));
    EXPECT_FALSE(unmarked.get().mark);
    EXPECT_EQ(
        stamped.read([](const std::string& s, std::int64_t n) { return s + std::to_string(n); }),
        "a7");
}

TYPED_TEST(TaggedLaws, a_comparison_wins_only_where_reference_and_stamp_are_as_expected) {
    auto stamped = TestFixture::Makes::stamped(1, 0);
    const auto first = stamped.get_reference();

    EXPECT_FALSE(stamped.compare_and_set(first, 2, 5, 6));
    EXPECT_TRUE(stamped.compare_and_set(first, 2, 0, 1));
    EXPECT_FALSE(stamped.compare_and_set(first, 3, 1, 2));
    EXPECT_FALSE(stamped.compare_and_set(1, 3, 1, 2));
    EXPECT_TRUE(stamped.compare_and_set(2, 3, 1, 2));

    EXPECT_EQ(*stamped.get_reference(), 3);
    EXPECT_EQ(stamped.get_stamp(), 2);
}

TYPED_TEST(TaggedLaws, a_comparison_wins_only_where_reference_and_mark_are_as_expected) {
    auto markable = TestFixture::Makes::markable(std::string("a"), false);
    const auto first = markable.get_reference();

    EXPECT_FALSE(markable.compare_and_set(first, "b", true, false));
    EXPECT_TRUE(markable.compare_and_set(first, "b", false, true));
    EXPECT_FALSE(markable.compare_and_set(first, "c", true, true));
    EXPECT_TRUE(markable.compare_and_set(std::string("b"), std::string("c"), true, true));

    EXPECT_EQ(*markable.get_reference(), "c");
    EXPECT_TRUE(markable.is_marked());
}

TYPED_TEST(TaggedLaws, a_reference_is_the_same_while_only_its_stamp_changes) {
    auto stamped = TestFixture::Makes::stamped(std::string("a"), 0);
    const auto first = stamped.get_reference();

    EXPECT_TRUE(stamped.attempt_stamp(first, 1));
    EXPECT_TRUE(stamped.attempt_stamp(first, 2));
    EXPECT_TRUE(stamped.compare_and_set(first, first, 2, 3));

    EXPECT_TRUE(stamped.get_reference().same_as(first));
    EXPECT_EQ(stamped.get_stamp(), 3);
    EXPECT_TRUE(stamped.compare_and_set(first, "b", 3, 4));
}

TYPED_TEST(TaggedLaws, an_equal_value_is_another_reference) {
    auto stamped = TestFixture::Makes::stamped(std::string("a"), 0);
    const auto first = stamped.get_reference();

    stamped.set("a", 0);

    EXPECT_FALSE(stamped.get_reference().same_as(first));
    EXPECT_FALSE(stamped.compare_and_set(first, "b", 0, 1));
    EXPECT_FALSE(stamped.attempt_stamp(first, 1));
    EXPECT_TRUE(stamped.attempt_stamp(std::string("a"), 1));
    EXPECT_EQ(stamped.get_stamp(), 1);
}

TYPED_TEST(TaggedLaws, a_reference_that_is_set_again_is_the_same_again_and_its_stamp_tells) {
    auto stamped = TestFixture::Makes::stamped(1, 0);
    const auto first = stamped.get_reference();

    stamped.set(2, 1);
    const auto second = stamped.get_reference();
    stamped.set(first, 2);
    const auto again = stamped.get_reference();
    stamped.set(3, 3);
    const auto third = stamped.get_reference();

    EXPECT_TRUE(again.same_as(first));
    EXPECT_FALSE(second.same_as(first));
    EXPECT_FALSE(third.same_as(second));
    EXPECT_FALSE(stamped.compare_and_set(first, 4, 0, 1));
    EXPECT_FALSE(stamped.compare_and_set(second, 4, 3, 4));
    EXPECT_TRUE(stamped.compare_and_set(third, 4, 3, 4));
}

TYPED_TEST(TaggedLaws, a_mark_is_set_where_the_reference_is_as_expected) {
    auto markable = TestFixture::Makes::markable(1);
    const auto first = markable.get_reference();

    EXPECT_TRUE(markable.attempt_mark(first, true));
    EXPECT_TRUE(markable.is_marked());
    EXPECT_TRUE(markable.get_reference().same_as(first));
    EXPECT_TRUE(markable.attempt_mark(1, false));
    EXPECT_FALSE(markable.attempt_mark(2, true));
    EXPECT_FALSE(markable.is_marked());
}

TYPED_TEST(TaggedLaws, a_reference_of_another_variable_is_not_expected_and_can_be_set) {
    auto one = TestFixture::Makes::stamped(1, 0);
    auto other = TestFixture::Makes::stamped(1, 0);
    const auto foreign = other.get_reference();

    EXPECT_FALSE(one.compare_and_set(foreign, 2, 0, 1));
    one.set(foreign, 5);

    EXPECT_EQ(*one.get_reference(), 1);
    EXPECT_EQ(one.get_stamp(), 5);
}

TYPED_TEST(TaggedLaws, an_empty_snapshot_is_refused_and_nothing_changes) {
    auto stamped = TestFixture::Makes::stamped(1, 0);
    const typename decltype(stamped)::Snapshot empty;
    const auto first = stamped.get_reference();

    EXPECT_THROW(stamped.set(empty, 1), std::invalid_argument);
    EXPECT_THROW(stamped.compare_and_set(first, empty, 0, 1), std::invalid_argument);
    EXPECT_THROW(stamped.compare_and_set(1, empty, 0, 1), std::invalid_argument);
    EXPECT_FALSE(stamped.compare_and_set(empty, 2, 0, 1));

    EXPECT_TRUE(stamped.get_reference().same_as(first));
    EXPECT_EQ(stamped.get_stamp(), 0);
}

TYPED_TEST(TaggedLaws, a_snapshot_outlives_what_follows_it) {
    auto stamped = TestFixture::Makes::stamped(std::string(100, 'a'), 0);
    const auto kept = stamped.get_reference();

    for (int i = 1; i < 100; ++i) stamped.set(std::string(100, 'b'), i);

    EXPECT_EQ(*kept, std::string(100, 'a'));
}

TYPED_TEST(TaggedLaws, of_rivals_that_saw_the_same_stamp_exactly_one_wins) {
    auto stamped = TestFixture::Makes::stamped(0, 0);
    std::atomic<int> wins{0};

    together(3, [&](int) {
        for (int i = 0; i < 500; ++i) {
            const auto [seen, stamp] = stamped.get();
            if (stamped.compare_and_set(seen, *seen + 1, stamp, stamp + 1)) ++wins;
        }
    });

    EXPECT_EQ(*stamped.get_reference(), wins);
    EXPECT_EQ(stamped.get_stamp(), wins);
}

TYPED_TEST(TaggedLaws, a_pair_is_never_seen_in_halves) {
    auto stamped = TestFixture::Makes::stamped(0, 0);
    std::atomic<int> halves{0};

    together(3, [&](int thread) {
        for (int i = 1; i <= 1000; ++i) {
            if (thread == 0) stamped.set(i, i);
            const auto [reference, stamp] = stamped.get();
            if (*reference != stamp) ++halves;
        }
    });

    EXPECT_EQ(halves, 0);
}

TYPED_TEST(TaggedLaws, no_attempt_fails_for_another_reason_than_its_reference) {
    auto stamped = TestFixture::Makes::stamped(0, 0);
    const auto only = stamped.get_reference();
    std::atomic<int> lost{0};

    together(3, [&](int thread) {
        for (int i = 0; i < 500; ++i) {
            if (!stamped.attempt_stamp(only, 1000 * thread + i)) ++lost;
        }
    });

    EXPECT_EQ(lost, 0);
}

template <class Scope>
class TaggedInMemoryLaws : public TaggedLaws<Scope> {};
TYPED_TEST_SUITE(TaggedInMemoryLaws, laws::InMemory, laws::ScopeNames);

TYPED_TEST(TaggedInMemoryLaws, values_need_only_be_movable_and_are_never_copied) {
    auto stamped = TestFixture::Makes::stamped(std::make_unique<int>(1), 0);
    const auto first = stamped.get_reference();

    EXPECT_TRUE(stamped.attempt_stamp(first, 1));
    const auto stamped_anew = stamped.get_reference();
    stamped.set(std::make_unique<int>(2), 2);

    EXPECT_EQ(first->get(), stamped_anew->get());
    EXPECT_EQ(**stamped.get_reference(), 2);
}

TYPED_TEST(TaggedInMemoryLaws, a_reference_may_come_from_another_variable_and_stays_the_same) {
    auto one = TestFixture::Makes::stamped(1, 0);
    auto other = TestFixture::Makes::markable(2);
    const auto foreign = other.get_reference();

    one.set(foreign, 1);

    EXPECT_TRUE(one.get_reference().same_as(foreign));
    EXPECT_TRUE(one.compare_and_set(foreign, 3, 1, 2));
}

TYPED_TEST(TaggedInMemoryLaws, what_nobody_holds_any_more_is_destroyed) {
    const auto token = std::make_shared<int>(0);
    auto stamped = TestFixture::Makes::stamped(token, 0);
    {
        const auto first = stamped.get_reference();
        for (int i = 1; i < 50; ++i) stamped.attempt_stamp(first, i);
        stamped.set(std::make_shared<int>(1), 50);
    }
    laws::Made<TypeParam>::settle();

    EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
