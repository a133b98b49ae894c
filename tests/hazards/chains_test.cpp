/// \file
/// Values that end others as they end: however long the chain is, nothing recurses.
#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <atomos/atomos.hpp>
#include <memory>
#include <utility>

#include "hazards/live.hpp"
#include "hazards/sanitizers.hpp"
#include "hazards/threads.hpp"

namespace {

using atomos::Atom;
using hazards::Live;

constexpr int deep = hazards::address_sanitizer || hazards::thread_sanitizer ? 100'000 : 1'000'000;

/// Runs f on a thread whose stack holds a few thousand calls at the most.
template <class F>
void with_a_small_stack(F f) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    pthread_t thread{};
    const auto run = [](void* g) -> void* {
        (*static_cast<F*>(g))();
        return nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, &attributes, run, &f), 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
}

/// How many destructors of values are running on this thread, one inside the other, and the most ever.
thread_local int running = 0;
thread_local int most_running = 0;

struct Begin {
    ~Begin() { most_running = std::max(most_running, ++running); }
};
struct End {
    ~End() { --running; }
};

/// An atom inside a value inside an atom ...
struct Doll {
    End end{};
    Live live{};
    std::unique_ptr<Atom<Doll>> inner;
    Begin begin{};

    explicit Doll(std::unique_ptr<Atom<Doll>> in = nullptr) : inner(std::move(in)) {}
    Doll(Doll&& other) noexcept : inner(std::move(other.inner)) {}
};

std::unique_ptr<Atom<Doll>> dolls(int n) {
    std::unique_ptr<Atom<Doll>> outer;
    for (int i = 0; i < n; ++i) outer = std::make_unique<Atom<Doll>>(Doll(std::move(outer)));
    return outer;
}

/// A list whose links are snapshots.
struct Link {
    Live live{};
    atomos::Snapshot<Link> rest;
};

class Chain : public testing::Test {
  protected:
    void TearDown() override {
        atomos::collect();
        EXPECT_EQ(Live::alive(), 0);
    }
};

TEST_F(Chain, of_atoms_inside_values_ends_with_its_outermost_atom_without_recursion) {
    with_a_small_stack([] {
        auto outermost = dolls(deep);
        EXPECT_EQ(Live::alive(), deep);

        outermost.reset();

        EXPECT_EQ(Live::alive(), 0);
    });
}

TEST_F(Chain, of_atoms_inside_values_ends_without_recursion_when_its_outermost_value_is_replaced) {
    with_a_small_stack([] {
        const auto outermost = dolls(deep);

        outermost->reset(Doll{});

        atomos::collect();
        EXPECT_EQ(Live::alive(), 1);
    });
}

TEST_F(Chain, of_snapshots_ends_with_its_head_without_recursion) {
    with_a_small_stack([] {
        auto head = atomos::Snapshot<Link>::of(Link{Live{}, {}});
        for (int i = 1; i < deep; ++i)
            head = atomos::Snapshot<Link>::of(Link{Live{}, std::move(head)});
        EXPECT_EQ(Live::alive(), deep);

        head = {};

        EXPECT_EQ(Live::alive(), 0);
    });
}

TEST_F(Chain, of_snapshots_of_one_atoms_versions_ends_with_the_atom_without_recursion) {
    with_a_small_stack([] {
        {
            Atom<Link> history{Link{Live{}, {}}};
            for (int i = 1; i < deep; ++i) history.reset(Link{Live{}, history.deref()});
            EXPECT_GE(Live::alive(), deep);
        }
        EXPECT_EQ(atomos::collect(), 0U);
        EXPECT_EQ(Live::alive(), 0);
    });
}

TEST_F(Chain, of_atoms_inside_values_ends_without_recursion_at_the_end_of_a_thread) {
    Atom<Doll> outside{Doll{}};
    with_a_small_stack([&] {
        const hazards::IdleThreads others(1);
        outside.reset(Doll{dolls(deep)});
        outside.reset(Doll{});
    });

    atomos::collect();

    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(Chain, hanging_from_a_draft_that_lost_ends_without_recursion) {
    with_a_small_stack([] {
        Atom<Doll> atom{Doll{}};
        const auto seen = atom.deref();
        atom.reset(Doll{});

        EXPECT_FALSE(atom.compare_and_set(seen, Doll{dolls(deep)}));

        EXPECT_EQ(Live::alive(), 2);
    });
}

TEST_F(Chain, of_ten_atoms_ends_with_one_destructor_at_a_time) {
    auto outermost = dolls(10);
    most_running = 0;

    outermost.reset();

    EXPECT_EQ(most_running, 1);
}

}  // namespace
