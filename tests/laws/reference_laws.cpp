/// \file
/// What AtomicReference promises in every scope.

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using atomos::testing::together;

template <class Scope>
class ReferenceLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(ReferenceLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(ReferenceLaws, get_gives_what_was_set_last) {
    auto reference = TestFixture::Makes::reference(1);

    reference.set(2);
    reference.set(3);

    EXPECT_EQ(*reference.get(), 3);
    EXPECT_EQ(reference.get().version(), 3U);
    EXPECT_EQ(reference.version(), 3U);
}

TYPED_TEST(ReferenceLaws, setting_an_equal_value_is_a_change_too) {
    auto reference = TestFixture::Makes::reference(1);
    const auto before = reference.get();

    reference.set(1);

    EXPECT_FALSE(reference.get().same_as(before));
}

TYPED_TEST(ReferenceLaws, get_and_set_gives_the_value_before) {
    auto reference = TestFixture::Makes::reference(1);

    const auto before = reference.get_and_set(2);

    EXPECT_EQ(*before, 1);
    EXPECT_EQ(before.version(), 1U);
    EXPECT_EQ(*reference.get(), 2);
}

TYPED_TEST(ReferenceLaws, compare_and_set_by_identity_wins_while_the_version_stands) {
    auto reference = TestFixture::Makes::reference(1);
    const auto seen = reference.get();

    EXPECT_TRUE(reference.compare_and_set(seen, 2));
    EXPECT_FALSE(reference.compare_and_set(seen, 3));

    EXPECT_EQ(*reference.get(), 2);
}

TYPED_TEST(ReferenceLaws, compare_and_set_by_identity_loses_although_the_value_came_back) {
    auto reference = TestFixture::Makes::reference(1);
    const auto seen = reference.get();
    reference.set(2);
    reference.set(1);

    EXPECT_FALSE(reference.compare_and_set(seen, 3));

    EXPECT_EQ(*reference.get(), 1);
}

TYPED_TEST(ReferenceLaws, a_snapshot_of_nothing_never_stands) {
    auto reference = TestFixture::Makes::reference(1);
    const typename TestFixture::template Snapshot<int> nothing;

    const auto attempt = reference.compare_and_exchange(nothing, 2);

    EXPECT_FALSE(nothing);
    EXPECT_FALSE(attempt.won);
    EXPECT_EQ(*attempt.now, 1);
    EXPECT_EQ(reference.version(), 1U);
}

TYPED_TEST(ReferenceLaws, compare_and_exchange_tells_the_value_that_stands) {
    auto reference = TestFixture::Makes::reference(1);
    const auto seen = reference.get();

    const auto won = reference.compare_and_exchange(seen, 2);
    const auto lost = reference.compare_and_exchange(seen, 3);

    EXPECT_TRUE(won);
    EXPECT_EQ(*won.now, 2);
    EXPECT_FALSE(lost);
    EXPECT_EQ(*lost.now, 2);
    EXPECT_TRUE(lost.now.same_as(won.now));
}

TYPED_TEST(ReferenceLaws, compare_and_set_by_value_wins_although_the_value_came_back) {
    auto reference = TestFixture::Makes::reference(std::string("a"));
    reference.set("b");
    reference.set("a");

    EXPECT_TRUE(reference.compare_and_set(std::string("a"), std::string("c")));
    EXPECT_FALSE(reference.compare_and_set(std::string("a"), std::string("d")));

    EXPECT_EQ(*reference.get(), "c");
}

TYPED_TEST(ReferenceLaws, read_gives_the_function_the_current_value_and_returns_its_result) {
    auto reference = TestFixture::Makes::reference(std::string("abc"));

    EXPECT_EQ(reference.read([](const std::string& s) { return s.size(); }), 3U);
    reference.set("abcd");
    EXPECT_EQ(reference.read(&std::string::size), 4U);
}

TYPED_TEST(ReferenceLaws, the_value_that_read_shows_stays_while_it_is_replaced_meanwhile) {
    auto reference =
        TestFixture::Makes::reference(std::string("the first value, too long for SSO"));

    const auto seen = reference.read([&](const std::string& s) {
        for (int i = 0; i < 100; ++i) reference.set("another value, too long for SSO as well");
        return s;
    });

    EXPECT_EQ(seen, "the first value, too long for SSO");
}

TYPED_TEST(ReferenceLaws, reads_of_several_references_nest) {
    auto outer = TestFixture::Makes::reference(std::string("the outer value, which is long"));
    auto inner = TestFixture::Makes::reference(std::string("the inner value, which is long"));

    const auto both = outer.read([&](const std::string& o) {
        const auto i = inner.read([&](const std::string& first) {
            outer.set("replaced");
            inner.set("replaced");
            return first + *inner.get();
        });
        return o + "/" + i;
    });

    EXPECT_EQ(both, "the outer value, which is long/the inner value, which is longreplaced");
}

TYPED_TEST(ReferenceLaws, an_exception_in_read_passes_and_the_reference_works_on) {
    auto reference = TestFixture::Makes::reference(1);

    for (int i = 0; i < 20; ++i) {
        EXPECT_THROW(reference.read([](int) { throw std::domain_error("no"); }), std::domain_error);
    }

    reference.set(2);
    EXPECT_EQ(reference.read([](int n) { return n; }), 2);
}

TYPED_TEST(ReferenceLaws, no_update_is_lost_among_threads) {
    auto reference = TestFixture::Makes::reference(0);

    together(3, [&](int thread) {
        for (int i = 0; i < 1000; ++i) {
            if (thread == 0) {
                reference.update_and_get([](int n) { return n + 1; });
            } else if (thread == 1) {
                reference.get_and_accumulate(1, std::plus<>());
            } else {
                auto seen = reference.get();
                while (!reference.compare_and_set(seen, *seen + 1)) seen = reference.get();
            }
        }
    });

    EXPECT_EQ(*reference.get(), 3000);
    EXPECT_EQ(reference.version(), 3001U);
}

TYPED_TEST(ReferenceLaws, each_value_that_was_set_is_taken_by_exactly_one_get_and_set) {
    constexpr int each = 1000;
    auto reference = TestFixture::Makes::reference(-1);
    std::vector<std::atomic<int>> taken(3 * each);

    together(3, [&](int thread) {
        for (int i = 0; i < each; ++i) {
            const auto before = reference.get_and_set(thread * each + i);
            if (*before >= 0) ++taken[static_cast<std::size_t>(*before)];
        }
    });
    ++taken[static_cast<std::size_t>(*reference.get())];

    int once = 0;
    for (const auto& times : taken) once += times == 1 ? 1 : 0;
    EXPECT_EQ(once, 3 * each);
}

}  // namespace
