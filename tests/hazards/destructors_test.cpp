/// \file
/// Destructors run outside of every internal step, so they may use atoms: others, and those that they end
/// with.
#include <gtest/gtest.h>

#include <atomos/atomos.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "hazards/live.hpp"

namespace {

using atomos::Atom;
using hazards::Live;
using hazards::next;

/// A value that does something when it ends.
template <class F>
struct AtEnd {
    explicit AtEnd(F f) : run(std::move(f)) {}
    AtEnd(const AtEnd&) = default;
    AtEnd(AtEnd&& other) : run(std::exchange(other.run, std::nullopt)) {}
    AtEnd& operator=(const AtEnd&) = delete;
    ~AtEnd() {
        if (run) (*run)();
    }
    std::optional<F> run;
};
using Ending = AtEnd<std::function<void()>>;

class Destructor : public testing::Test {
  protected:
    void TearDown() override {
        atomos::collect();
        EXPECT_EQ(Live::alive(), 0);
    }
};

TEST_F(Destructor, may_swap_deref_and_read_another_atom) {
    Atom<Live> other{Live{0}};
    int ended = 0;
    Atom<Ending> atom{Ending([] {})};

    for (int i = 0; i < 100; ++i) {
        atom.reset(Ending([&] {
            other.swap(next);
            ASSERT_EQ(other.deref()->number(), ++ended);
            ASSERT_EQ(other.read([](const Live& value) { return value.number(); }), ended);
        }));
    }
    atom.reset(Ending([] {}));
    atomos::collect();

    EXPECT_EQ(ended, 100);
}

TEST_F(Destructor, may_swap_the_atom_that_the_value_was_in) {
    struct Countdown;
    using Counter = Atom<std::shared_ptr<Countdown>>;
    struct Countdown {
        Counter& home;
        int n;
        Live live{};
        Countdown(Counter& h, int i) : home(h), n(i) {}
        ~Countdown() {
            if (n > 0) home.reset(std::make_shared<Countdown>(home, n - 1));
        }
    };
    Counter atom{nullptr};

    atom.reset(std::make_shared<Countdown>(atom, 50));
    for (int i = 0; i < 100; ++i) {
        atom.reset(nullptr);
        atomos::collect();
    }

    EXPECT_EQ(*atom.deref(), nullptr);
    EXPECT_EQ(Live::alive(), 0);
}

TEST_F(Destructor, may_drop_snapshots_and_end_other_atoms) {
    auto other = std::make_unique<Atom<Live>>(Live{0});
    auto kept = other->deref();
    other->swap(next);
    Atom<Ending> atom{Ending([&] {
        kept = {};
        other.reset();
    })};

    atom.reset(Ending([] {}));
    atomos::collect();

    EXPECT_EQ(other, nullptr);
    EXPECT_EQ(Live::alive(), 0);
}

TEST_F(Destructor, may_call_collect) {
    Atom<Ending> atom{Ending([] { atomos::collect(); })};

    atom.reset(Ending([] {}));
    atomos::collect();
}

TEST_F(Destructor, of_a_watch_may_change_the_watches_of_the_same_atom) {
    Atom<int> atom{0};
    auto at_end = std::make_shared<Ending>([&] {
        atom.add_watch("second", [](const std::string&, auto&, int, int) {});
        atom.swap([](int n) { return n + 1; });
    });
    atom.add_watch("first", [held = std::move(at_end)](const std::string&, auto&, int, int) {});

    EXPECT_TRUE(atom.remove_watch("first"));
    atomos::collect();

    EXPECT_TRUE(atom.get_watches().contains("second"));
    EXPECT_EQ(*atom.deref(), 1);
}

TEST_F(Destructor, of_a_validator_may_set_the_validator_of_the_same_atom) {
    Atom<int> atom{0};
    auto at_end =
        std::make_shared<Ending>([&] { atom.set_validator([](int n) { return n < 10; }); });
    atom.set_validator([held = std::move(at_end)](int) { return true; });

    atom.set_validator([](int) { return true; });
    atomos::collect();

    EXPECT_THROW(atom.reset(10), atomos::ValidationError);
}

}  // namespace
