/// \file
/// Watches that hear each change once, in the order of versions, one call at a time.

#include <atomic>
#include <atomos/atomos.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "laws/postponed.hpp"
#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using atomos::Delivery;
using atomos::testing::on_another_thread;
using atomos::testing::together;
using Pairs = std::vector<std::pair<int, int>>;

int increment(int n) { return n + 1; }

template <class Scope>
class OrderedLaws : public laws::Law<Scope> {
  protected:
    auto noting() {
        return
            [this](const std::string&, auto&, int old, int now) { heard.emplace_back(old, now); };
    }

    Pairs heard;
};
TYPED_TEST_SUITE(OrderedLaws, laws::InMemory, laws::ScopeNames);

TYPED_TEST(OrderedLaws,
           ordered_tells_each_change_of_rivals_once_in_version_order_and_never_two_at_once) {
    auto atom = TestFixture::Makes::atom(0);
    std::atomic<int> inside{0};
    std::atomic<int> wrong{0};
    int last = 0;
    atom.add_watch(
        "k",
        [&](const std::string&, auto&, const auto& old, const auto& now) {
            if (inside.fetch_add(1) != 0 || *old != last || old.version() + 1 != now.version())
                ++wrong;
            last = *now;
            inside.fetch_sub(1);
        },
        {.delivery = Delivery::ordered});

    together(4, [&](int) {
        for (int i = 0; i < 500; ++i) atom.swap(increment);
    });

    EXPECT_EQ(last, 2000);
    EXPECT_EQ(wrong, 0);
}

TYPED_TEST(OrderedLaws, a_change_that_comes_before_its_forerunner_is_held_back) {
    auto atom = TestFixture::Makes::atom(0);
    laws::WrongOrder rivals(atom);
    atom.add_watch("k", this->noting(), {.delivery = Delivery::ordered});

    rivals.run(increment);

    EXPECT_EQ(this->heard, (Pairs{{0, 1}, {1, 2}}));
}

TYPED_TEST(OrderedLaws,
           ordered_that_is_added_beside_writers_begins_somewhere_and_misses_nothing_from_there) {
    auto atom = TestFixture::Makes::atom(0);
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};

    together(3, [&](int thread) {
        if (thread != 0) {
            while (!done) atom.swap(increment);
            return;
        }
        for (int i = 0; i < 200; ++i) {
            auto last = std::make_shared<int>(-1);
            atom.add_watch("k",
                           [last, &wrong](const std::string&, auto&, int old, int now) {
                               if (*last != -1 && *last != old) ++wrong;
                               *last = now;
                           },
                           {.delivery = Delivery::ordered});
            const int now = *atom.swap(increment);
            atom.remove_watch_and_wait("k");
            // Another thread may still have had it to tell; then it was dropped with the watch.
            if (*last != -1 && *last > *atom.deref()) ++wrong;
            EXPECT_LE(now, *atom.deref());
        }
        done = true;
    });

    EXPECT_EQ(wrong, 0);
}

TYPED_TEST(OrderedLaws, what_an_ordered_watch_changes_itself_is_told_when_its_call_is_over) {
    auto atom = TestFixture::Makes::atom(0);
    int depth = 0;
    atom.add_watch("k",
                   [&](const std::string&, auto& ref, int old, int now) {
                       EXPECT_EQ(++depth, 1);
                       this->heard.emplace_back(old, now);
                       if (now < 3) ref.swap(increment);
                       --depth;
                   },
                   {.delivery = Delivery::ordered});

    atom.swap(increment);

    EXPECT_EQ(this->heard, (Pairs{{0, 1}, {1, 2}, {2, 3}}));
}

TYPED_TEST(OrderedLaws,
           a_writer_does_not_wait_for_an_ordered_watch_that_is_running_on_another_thread) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("k",
                   [&](const std::string&, auto& ref, int old, int now) {
                       this->heard.emplace_back(old, now);
                       // The rival's change returns while this call runs.
                       if (now == 1) on_another_thread([&] { ref.swap(increment); });
                       EXPECT_EQ(this->heard.size(), static_cast<std::size_t>(now));
                   },
                   {.delivery = Delivery::ordered});

    atom.swap(increment);

    EXPECT_EQ(this->heard, (Pairs{{0, 1}, {1, 2}}));
}

TYPED_TEST(OrderedLaws, what_an_ordered_watch_throws_goes_to_whose_change_it_is_or_to_the_handler) {
    using Local = typename TypeParam::Local;
    std::vector<std::string> unheard;
    atomos::set_watch_error_handler<Local>([&](const atomos::WatchFailure& failure) {
        unheard.push_back(failure.key + std::to_string(failure.version));
    });
    auto atom = TestFixture::Makes::atom(0);
    bool once = true;
    atom.add_watch("k",
                   [&](const std::string&, auto& ref, int, int) {
                       if (std::exchange(once, false)) ref.swap(increment);
                       throw std::domain_error("K");
                   },
                   {.delivery = Delivery::ordered});

    try {
        atom.swap(increment);
        FAIL() << "swap did not throw";
    } catch (const atomos::WatchError& error) {
        EXPECT_EQ(error.version(), 2U);
        EXPECT_EQ(error.failures().size(), 1U);
    }

    atomos::set_watch_error_handler<Local>({});

    EXPECT_EQ(unheard, std::vector<std::string>{"k3"});
    EXPECT_EQ(*atom.deref(), 2);
}

TYPED_TEST(OrderedLaws, what_is_given_to_notify_watches_by_hand_is_told_in_order_of_its_coming) {
    struct Sensor : atomos::ARef<int, TypeParam> {};
    Sensor sensor;
    auto atom = TestFixture::Makes::atom(0);
    sensor.add_watch("k", this->noting(), {.delivery = Delivery::ordered});
    atom.add_watch("k", this->noting(), {.delivery = Delivery::ordered});

    sensor.notify_watches(7, 8);
    sensor.notify_watches(1, 2);
    atom.notify_watches(3, 4);
    atom.swap(increment);

    EXPECT_EQ(this->heard, (Pairs{{7, 8}, {1, 2}, {3, 4}, {0, 1}}));
}

TYPED_TEST(OrderedLaws, what_an_executor_never_ran_is_told_in_order_with_the_next_change) {
    laws::Postponed later;
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("k", this->noting(),
                   {.delivery = Delivery::ordered, .executor = later.executor()});

    atom.swap(increment);
    later.drop();
    atom.swap(increment);
    later.run();

    EXPECT_EQ(this->heard, (Pairs{{0, 1}, {1, 2}}));
}

}  // namespace
