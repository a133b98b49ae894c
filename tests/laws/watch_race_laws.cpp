/// \file
/// What watches hear when several threads change an atom at once: the changes form one chain.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "laws/scopes.hpp"
#include "support/together.hpp"

namespace {

using atomos::testing::together;

struct Heard {
    std::uint64_t old_version;
    std::uint64_t version;
    int old;
    int now;
};

template <class Scope>
class WatchRaceLaws : public laws::Law<Scope> {
  protected:
    template <class A>
    void listen(A& atom) {
        atom.add_watch("chain",
                       [this](const std::string&, auto&, const auto& old, const auto& now) {
                           const std::lock_guard lock(mutex);
                           heard.push_back({old.version(), now.version(), *old, *now});
                       });
    }

    /// Each version from the first to the last was told once, and replaced what was told before it.
    void expect_one_chain(int first, std::size_t changes) {
        ASSERT_EQ(heard.size(), changes);
        std::sort(heard.begin(), heard.end(),
                  [](const Heard& a, const Heard& b) { return a.version < b.version; });
        int value = first;
        std::uint64_t version = 1;
        for (const Heard& change : heard) {
            ASSERT_EQ(change.old_version, version);
            ASSERT_EQ(change.version, version + 1);
            ASSERT_EQ(change.old, value);
            value = change.now;
            ++version;
        }
    }

    std::mutex mutex;
    std::vector<Heard> heard;
};
TYPED_TEST_SUITE(WatchRaceLaws, laws::InEvery, laws::ScopeNames);

TYPED_TEST(WatchRaceLaws, reset_tells_the_value_that_it_really_replaced) {
    auto atom = TestFixture::Makes::atom(0);
    bool meddle = true;
    // A validator runs between the look and the replacement: here a rival comes in.
    atom.set_validator([&](int candidate) {
        if (candidate == 2 && std::exchange(meddle, false)) atom.reset(1);
        return true;
    });
    std::vector<std::pair<int, int>> changes;
    atom.add_watch("w", [&](const std::string&, auto&, const auto& old, const auto& now) {
        EXPECT_EQ(old.version() + 1, now.version());
        changes.emplace_back(*old, *now);
    });

    const auto change = atom.reset_vals(2);

    EXPECT_EQ(changes, (std::vector<std::pair<int, int>>{{0, 1}, {1, 2}}));
    EXPECT_EQ(*change.old, 1);
}

TYPED_TEST(WatchRaceLaws, swaps_of_several_threads_are_heard_once_each_as_one_chain) {
    auto atom = TestFixture::Makes::atom(0);
    this->listen(atom);

    together(3, [&](int) {
        for (int i = 0; i < 700; ++i) atom.swap([](int n) { return n + 1; });
    });

    this->expect_one_chain(0, 2100);
    EXPECT_EQ(*atom.deref(), 2100);
}

TYPED_TEST(WatchRaceLaws, resets_of_several_threads_are_heard_once_each_as_one_chain) {
    auto atom = TestFixture::Makes::atom(-1);
    this->listen(atom);

    together(3, [&](int thread) {
        for (int i = 0; i < 700; ++i) {
            const int unique = thread * 1000 + i;
            if (i % 2 == 0) {
                atom.reset(unique);
            } else {
                atom.reset_vals(unique);
            }
        }
    });

    this->expect_one_chain(-1, 2100);
}

TYPED_TEST(WatchRaceLaws, all_ways_to_change_an_atom_together_are_heard_once_each_as_one_chain) {
    auto atom = TestFixture::Makes::atom(0);
    this->listen(atom);
    std::atomic<std::size_t> changes{0};

    together(4, [&](int thread) {
        for (int i = 0; i < 500; ++i) {
            switch (thread) {
                case 0:
                    atom.swap([](int n) { return n + 1; });
                    break;
                case 1:
                    atom.reset(i);
                    break;
                case 2:
                    if (!atom.compare_and_set(atom.deref(), -i)) continue;
                    break;
                default:
                    if (!atom.try_swap([](int n) {
                                 return n % 2 == 0 ? std::optional<int>(n + 1) : std::nullopt;
                             })
                             .won) {
                        continue;
                    }
            }
            ++changes;
        }
    });

    this->expect_one_chain(0, changes);
}

TYPED_TEST(WatchRaceLaws, no_call_of_a_watch_begins_for_a_change_made_after_it_was_removed) {
    auto atom = TestFixture::Makes::atom(0);
    std::atomic<bool> done{false};
    std::atomic<int> late{0};

    together(3, [&](int thread) {
        if (thread != 0) {
            while (!done) atom.swap([](int n) { return n + 1; });
            return;
        }
        for (int i = 0; i < 300; ++i) {
            auto removed_at = std::make_shared<std::atomic<std::uint64_t>>(UINT64_MAX);
            atom.add_watch(
                "w", [removed_at, &late](const std::string&, auto&, const auto&, const auto& now) {
                    if (now.version() > *removed_at) ++late;
                });
            atom.remove_watch("w");
            *removed_at = atom.version();
        }
        done = true;
    });

    EXPECT_EQ(late, 0);
}

TYPED_TEST(WatchRaceLaws, a_watch_hears_every_change_that_its_own_thread_makes_after_adding_it) {
    auto atom = TestFixture::Makes::atom(0);
    std::atomic<int> missed{0};

    together(3, [&](int thread) {
        for (int i = 0; i < 200; ++i) {
            const auto mine = std::make_shared<std::atomic<int>>(0);
            const auto self = std::this_thread::get_id();
            const std::string key = std::to_string(thread);
            atom.add_watch(key, [mine, self](const std::string&, auto&, int, int) {
                if (std::this_thread::get_id() == self) ++*mine;
            });
            atom.swap([](int n) { return n + 1; });
            atom.reset(0);
            if (*mine != 2) ++missed;
            atom.remove_watch(key);
        }
    });

    EXPECT_EQ(missed, 0);
}

}  // namespace
