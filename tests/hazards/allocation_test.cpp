/// \file
/// Memory runs out, at every point of every operation: std::bad_alloc comes out or the operation is done,
/// a failed one has changed nothing, nothing leaks, and the atom goes on working.
#include <gtest/gtest.h>

#include <atomos/atomos.hpp>
#include <chrono>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

#include "hazards/child.hpp"
#include "hazards/scarce_memory.hpp"

namespace {

using namespace hazards;
using namespace std::chrono_literals;

class FailingAllocation : public testing::TestWithParam<Operation> {};

TEST_P(FailingAllocation, at_each_point_changes_nothing_and_leaks_nothing) {
    at_each_point(GetParam());
}

template <int tries>
void change_both(Scene& s) {
    atomos::transact(
        atomos::SwapOptions{tries},
        [](const Value& a, const Value& b) { return std::tuple(longer(a), longer(b)); }, s.atom,
        s.reference);
}

INSTANTIATE_TEST_SUITE_P(
    Of, FailingAllocation,
    testing::Values(
        Operation{"construct", nothing, [](Scene&) { const State other{Value{1}}; }},
        Operation{"deref", all_slots, [](Scene& s) { static_cast<void>(s.atom.deref()); }},
        Operation{
            "read", all_slots,
            [](Scene& s) { s.atom.read([&](const Value&) { s.atom.read([](const Value&) {}); }); }},
        Operation{"swap", nothing, [](Scene& s) { s.atom.swap(longer); }},
        Operation{"swap_of_all_slots", all_slots, [](Scene& s) { s.atom.swap(longer); }},
        Operation{"swap_watched", watched, [](Scene& s) { s.atom.swap(longer); }},
        Operation{"swap_whose_watch_throws", throwing,
                  [](Scene& s) {
                      try {
                          s.atom.swap(longer);
                      } catch (const atomos::WatchError&) {
                      }
                  },
                  true},
        Operation{"swap_of_everything", everything, [](Scene& s) { s.atom.swap(longer); }},
        Operation{"swap_vals", everything, [](Scene& s) { s.atom.swap_vals(longer); }},
        Operation{"try_swap", everything,
                  [](Scene& s) {
                      s.atom.try_swap([](const Value& v) { return std::optional(longer(v)); });
                  }},
        Operation{"held_swap", everything,
                  [](Scene& s) { s.atom.swap(atomos::SwapOptions{0}, longer); }},
        Operation{"transact", everything, change_both<8>},
        Operation{"held_transact", everything, change_both<0>},
        Operation{"snapshot_all", everything,
                  [](Scene& s) { atomos::snapshot_all(s.atom, s.reference); }},
        Operation{"reset", everything, [](Scene& s) { s.atom.reset(Value{1, 2}); }},
        Operation{"compare_and_set", everything,
                  [](Scene& s) { s.atom.compare_and_set(Value{1}, Value{1, 2}); }},
        Operation{"compare_and_set_seen", everything,
                  [](Scene& s) { s.atom.compare_and_set(s.kept.front(), Value{1, 2}); }},
        Operation{"reference_set", all_slots, [](Scene& s) { s.reference.set(Value{1, 2}); }},
        Operation{"reference_get_and_set", all_slots,
                  [](Scene& s) { s.reference.get_and_set(Value{1, 2}); }},
        Operation{"reference_update", all_slots,
                  [](Scene& s) { s.reference.update_and_get(longer); }},
        Operation{"first_add_watch", nothing, [](Scene& s) { s.watch(); }},
        Operation{"add_watch", everything,
                  [](Scene& s) {
                      s.atom.add_watch("more", [](const std::string&, auto&, auto&, auto&) {});
                  }},
        Operation{"remove_watch", everything, [](Scene& s) { s.atom.remove_watch("hears"); }},
        Operation{"get_watches", everything, [](Scene& s) { s.atom.get_watches(); }},
        Operation{"first_set_validator", nothing, [](Scene& s) { s.guard(); }},
        Operation{"set_validator", everything, [](Scene& s) { s.atom.set_validator({}); }},
        Operation{"get_validator", everything, [](Scene& s) { s.atom.get_validator(); }},
        Operation{"wait_for", all_slots, [](Scene& s) { s.atom.wait_for(s.kept.front(), 1us); }},
        Operation{"snapshot_of", all_slots, [](Scene&) { atomos::Snapshot<Value>::of(Value{1}); }}),
    [](const auto& operation) { return operation.param.name; });

TEST(FailedAllocation, at_a_threads_first_use_lets_it_try_again) {
    State atom{Value{1}};
    const auto first_uses = {
        std::function<void()>([&] { static_cast<void>(atom.deref()); }),
        std::function<void()>([&] { atom.read([](const Value&) {}); }),
        std::function<void()>([&] { atom.swap(longer); }),
        std::function<void()>([&] { atomos::collect(); }),
        std::function<void()>([&] { const State other{Value{1}}; }),
        std::function<void()>([&] {
            const atomos::AtomicLong number{1};
            number.notify_all();
        }),
    };

    for (const auto& use : first_uses) {
        bool passed = false;
        for (long n = 1; !passed; ++n) {
            const NoRecordFree others;
            std::thread([&] {
                failed = false;
                failing = n;
                try {
                    use();
                    passed = !failed;
                } catch (const std::bad_alloc&) {
                }
                failing = 0;
                use();
            }).join();
        }
    }
}

TEST(FailedAllocation, at_a_processs_first_use_lets_it_try_again) {
    if (atomos::detail::this_thread().record != nullptr) {
        GTEST_SKIP() << "another test has run in this process";
    }

    for (long n = 1; n <= 6; ++n) {
        EXPECT_TRUE(hazards::ended_well(hazards::status_of_child([&] {
            failing = n;
            std::optional<State> atom;
            try {
                atom.emplace(Value{1});
            } catch (const std::bad_alloc&) {
            }
            failing = 0;
            if (!atom) atom.emplace(Value{1});
            return atom->swap(longer)->size() == 2 ? 0 : 1;
        })));
    }
}

TEST(FailedAllocation, cannot_be_in_a_look_a_copy_or_a_drop_of_a_snapshot_while_a_slot_is_free) {
    const State atom{Value{1}};
    static_cast<void>(atom.deref());

    failing = 1;
    auto kept = atom.deref();
    auto copy = kept;
    copy = std::move(kept);
    atom.read([&](const Value&) { kept = atom.deref(); });
    kept = {};
    copy = {};
    const bool none = failing == 1;
    failing = 0;

    EXPECT_TRUE(none);
}

}  // namespace
