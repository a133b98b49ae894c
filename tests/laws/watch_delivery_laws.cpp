/// \file
/// How watches may want to hear: the newest only, once, in an executor. Errors without a caller.

#include <atomic>
#include <atomos/atomos.hpp>
#include <cstdint>
#include <functional>
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
using atomos::testing::together;
using Pairs = std::vector<std::pair<int, int>>;

int increment(int n) { return n + 1; }

template <class Scope>
class DeliveryLaws : public laws::Law<Scope> {
  protected:
    using Local = typename Scope::Local;
    static constexpr bool ordered_is_refused = std::is_same_v<Scope, atomos::Processes>;

    auto noting() {
        return
            [this](const std::string&, auto&, int old, int now) { heard.emplace_back(old, now); };
    }

    /// What the handler hears while the test runs.
    void SetUp() override {
        atomos::set_watch_error_handler<Local>([this](const atomos::WatchFailure& failure) {
            const std::lock_guard lock(mutex);
            failures.push_back(failure.key + std::to_string(failure.version));
        });
    }
    void TearDown() override { atomos::set_watch_error_handler<Local>({}); }

    std::mutex mutex;
    Pairs heard;
    std::vector<std::string> failures;
    laws::Postponed later;
};
TYPED_TEST_SUITE(DeliveryLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(DeliveryLaws, ordered_is_refused_exactly_where_other_processes_make_changes) {
    auto atom = TestFixture::Makes::atom(0);
    const auto add = [&] { atom.add_watch("k", this->noting(), {.delivery = Delivery::ordered}); };

    if (TestFixture::ordered_is_refused) {
        EXPECT_THROW(add(), std::invalid_argument);
        EXPECT_TRUE(atom.get_watches().empty());
    } else {
        EXPECT_NO_THROW(add());
    }
}

TYPED_TEST(DeliveryLaws,
           latest_ends_on_the_last_value_and_tells_the_value_that_it_was_told_before) {
    auto atom = TestFixture::Makes::atom(0);
    std::atomic<int> inside{0};
    std::atomic<int> wrong{0};
    int last = 0;
    std::uint64_t version = 1;
    atom.add_watch("k",
                   [&](const std::string&, auto&, const auto& old, const auto& now) {
                       if (inside.fetch_add(1) != 0 || *old != last || now.version() <= version)
                           ++wrong;
                       last = *now;
                       version = now.version();
                       inside.fetch_sub(1);
                   },
                   {.delivery = Delivery::latest});

    together(4, [&](int) {
        for (int i = 0; i < 500; ++i) atom.swap(increment);
    });

    EXPECT_EQ(last, 2000);
    EXPECT_EQ(wrong, 0);
}

TYPED_TEST(DeliveryLaws, latest_that_is_late_skips_what_came_meanwhile) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("k",
                   [&](const std::string&, auto& ref, int old, int now) {
                       this->heard.emplace_back(old, now);
                       if (now == 1) {
                           for (int i = 0; i < 5; ++i) ref.swap(increment);
                       }
                   },
                   {.delivery = Delivery::latest});

    atom.swap(increment);

    EXPECT_EQ(this->heard, (Pairs{{0, 1}, {1, 6}}));
}

TYPED_TEST(DeliveryLaws, latest_is_not_told_of_an_older_value_than_it_knows) {
    auto atom = TestFixture::Makes::atom(0);
    laws::WrongOrder rivals(atom);
    atom.add_watch("k", this->noting(), {.delivery = Delivery::latest});

    rivals.run(increment);

    EXPECT_EQ(this->heard, (Pairs{{0, 2}}));
}

TYPED_TEST(DeliveryLaws, an_older_value_does_not_displace_the_newest_one_that_waits_for_latest) {
    auto atom = TestFixture::Makes::atom(0);
    laws::WrongOrder rivals(atom);
    atom.add_watch("k", this->noting(),
                   {.delivery = Delivery::latest, .executor = this->later.executor()});

    rivals.run(increment);
    this->later.run();

    EXPECT_EQ(this->heard, (Pairs{{0, 2}}));
}

TYPED_TEST(DeliveryLaws, what_latest_throws_goes_to_the_handler) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("k", [](const std::string&, auto&, int, int) { throw 7; },
                   {.delivery = Delivery::latest});

    EXPECT_NO_THROW(atom.swap(increment));

    EXPECT_EQ(this->failures, std::vector<std::string>{"k2"});
}

TYPED_TEST(DeliveryLaws, once_is_called_for_one_change_of_rivals_and_is_removed) {
    for (const Delivery delivery : {Delivery::direct, Delivery::latest, Delivery::ordered}) {
        if (delivery == Delivery::ordered && TestFixture::ordered_is_refused) continue;
        auto atom = TestFixture::Makes::atom(0);
        std::atomic<int> calls{0};
        atom.add_watch("k", [&](const std::string&, auto&, int, int) { ++calls; },
                       {.delivery = delivery, .once = true});

        together(4, [&](int) {
            for (int i = 0; i < 50; ++i) atom.swap(increment);
        });

        EXPECT_EQ(calls, 1);
        EXPECT_TRUE(atom.get_watches().empty());
        EXPECT_FALSE(atom.remove_watch("k"));
    }
}

TYPED_TEST(DeliveryLaws, once_that_throws_is_removed_as_well) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("k", [](const std::string&, auto&, int, int) { throw 7; }, {.once = true});

    EXPECT_THROW(atom.swap(increment), atomos::WatchError);
    EXPECT_NO_THROW(atom.swap(increment));

    EXPECT_TRUE(atom.get_watches().empty());
}

TYPED_TEST(DeliveryLaws, an_executor_runs_one_call_for_each_change) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("k", this->noting(), {.executor = this->later.executor()});

    atom.swap(increment);
    atom.swap(increment);
    const Pairs before = this->heard;
    this->later.run();

    EXPECT_EQ(before, Pairs{});
    EXPECT_EQ(this->heard, (Pairs{{0, 1}, {1, 2}}));
}

TYPED_TEST(DeliveryLaws, an_executor_tells_latest_the_newest_value) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("k", this->noting(),
                   {.delivery = Delivery::latest, .executor = this->later.executor()});

    for (int i = 0; i < 3; ++i) atom.swap(increment);
    EXPECT_EQ(this->later.size(), 1U);
    this->later.run();
    atom.swap(increment);
    this->later.run();

    EXPECT_EQ(this->heard, (Pairs{{0, 3}, {3, 4}}));
}

TYPED_TEST(DeliveryLaws, once_that_an_executor_never_ran_is_called_for_another_change) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("k", this->noting(), {.once = true, .executor = this->later.executor()});

    atom.swap(increment);
    atom.swap(increment);
    EXPECT_EQ(this->later.size(), 1U);
    this->later.drop();
    atom.swap(increment);
    this->later.run();
    atom.swap(increment);
    this->later.run();

    EXPECT_EQ(this->heard, (Pairs{{2, 3}}));
    EXPECT_TRUE(atom.get_watches().empty());
}

TYPED_TEST(DeliveryLaws,
           an_executor_that_throws_makes_the_change_throw_and_the_next_one_tells_all) {
    auto atom = TestFixture::Makes::atom(0);
    bool refuse = true;
    atom.add_watch("k", this->noting(),
                   {.delivery = Delivery::latest, .executor = [&](std::function<void()> task) {
                        if (std::exchange(refuse, false)) throw std::length_error("full");
                        task();
                    }});

    EXPECT_THROW(atom.swap(increment), atomos::WatchError);
    EXPECT_EQ(*atom.deref(), 1);
    atom.swap(increment);

    EXPECT_EQ(this->heard, (Pairs{{0, 2}}));
}

TYPED_TEST(DeliveryLaws, what_a_watch_throws_in_an_executor_goes_to_the_handler) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("k", [](const std::string&, auto&, int, int) { throw 7; },
                   {.executor = this->later.executor()});

    EXPECT_NO_THROW(atom.swap(increment));
    EXPECT_NO_THROW(this->later.run());

    EXPECT_EQ(this->failures, std::vector<std::string>{"k2"});
}

TYPED_TEST(DeliveryLaws, a_watch_that_is_removed_is_not_called_for_what_waits_in_an_executor) {
    auto atom = TestFixture::Makes::atom(0);
    atom.add_watch("k", this->noting(), {.executor = this->later.executor()});

    atom.swap(increment);
    atom.remove_watch("k");
    this->later.run();

    EXPECT_EQ(this->heard, Pairs{});
}

TYPED_TEST(DeliveryLaws, what_waits_in_an_executor_when_the_atom_ends_is_not_told) {
    for (const Delivery delivery : {Delivery::direct, Delivery::latest}) {
        {
            auto atom = TestFixture::Makes::atom(0);
            atom.add_watch("k", this->noting(),
                           {.delivery = delivery, .executor = this->later.executor()});
            atom.swap(increment);
        }
        this->later.run();
    }

    EXPECT_EQ(this->heard, Pairs{});
}

TYPED_TEST(DeliveryLaws, the_end_of_an_atom_waits_for_a_call_in_an_executor) {
    std::atomic<bool> over{false};
    std::atomic<int> stage{0};
    std::thread thread;
    {
        auto atom = TestFixture::Makes::atom(0);
        atom.add_watch("k",
                       [&](const std::string&, auto& ref, int, int) {
                           stage = 1;
                           stage.notify_all();
                           for (int i = 0; i < 1000; ++i) std::this_thread::yield();
                           EXPECT_EQ(*ref.deref(), 1);
                           over = true;
                       },
                       {.executor = [&](std::function<void()> task) {
                           thread = std::thread(std::move(task));
                       }});
        atom.swap(increment);
        stage.wait(0);
    }
    EXPECT_TRUE(over);
    thread.join();
}

}  // namespace
