/// \file
/// Memory runs out while watches with options are added or told.
#include <gtest/gtest.h>

#include <atomos/atomos.hpp>
#include <cstdint>
#include <functional>
#include <new>
#include <string>
#include <utility>

#include "hazards/scarce_memory.hpp"

namespace {

using namespace hazards;

class FailingWatchAllocation : public testing::TestWithParam<Operation> {};

TEST_P(FailingWatchAllocation, at_each_point_changes_nothing_and_leaks_nothing) {
    at_each_point(GetParam());
}

void add_quiet(Scene& s, atomos::WatchOptions options) {
    s.atom.add_watch("more", [](const std::string&, auto&, auto&, auto&) {}, std::move(options));
}
const atomos::Executor run_now = [](const std::function<void()>& task) { task(); };

/// One with these options, which may miss what memory is wanting for, in front of one that hears all.
auto heard_by(atomos::WatchOptions options) {
    return [options](Scene& s) {
        add_quiet(s, options);
        s.watch();
    };
}

/// The watch that could not be told is named in a WatchError, which says as well that the change stands.
void swap_or_say_so(Scene& s) {
    try {
        s.atom.swap(longer);
    } catch (const atomos::WatchError& error) {
        EXPECT_EQ(error.failures().front().key, "more");
    }
}

INSTANTIATE_TEST_SUITE_P(
    Of, FailingWatchAllocation,
    testing::Values(
        Operation{"add_ordered_watch", everything,
                  [](Scene& s) { add_quiet(s, {.delivery = atomos::Delivery::ordered}); }},
        Operation{"add_latest_watch", everything,
                  [](Scene& s) { add_quiet(s, {.delivery = atomos::Delivery::latest}); }},
        Operation{"add_watch_with_executor", everything,
                  [](Scene& s) { add_quiet(s, {.once = true, .executor = run_now}); }},
        Operation{"watching", everything,
                  [](Scene& s) {
                      const auto held =
                          s.atom.watching("more", [](const std::string&, auto&, auto&, auto&) {});
                  }},
        Operation{"swap_heard_in_order", heard_by({.delivery = atomos::Delivery::ordered}),
                  [](Scene& s) { swap_or_say_so(s); }, true},
        Operation{"swap_heard_late", heard_by({.delivery = atomos::Delivery::latest}),
                  [](Scene& s) { swap_or_say_so(s); }, true},
        Operation{"swap_heard_in_an_executor", heard_by({.executor = run_now}),
                  [](Scene& s) { swap_or_say_so(s); }, true},
        Operation{"swap_heard_once", heard_by({.once = true}), [](Scene& s) { swap_or_say_so(s); },
                  true}),
    [](const auto& operation) { return operation.param.name; });

TEST(FailedWatchAllocation, leaves_a_change_out_of_an_ordered_watch_and_the_next_one_is_told) {
    for (long n = 1; n < 20; ++n) {
        State atom{Value{1}};
        std::uint64_t last = 1;
        atom.add_watch(
            "k",
            [&](const std::string&, auto&, const auto&, const auto& now) { last = now.version(); },
            {.delivery = atomos::Delivery::ordered});
        failing = n;
        try {
            atom.swap(longer);
        } catch (const std::bad_alloc&) {
        } catch (const atomos::WatchError&) {
        }
        failing = 0;

        atom.swap(longer);

        EXPECT_EQ(last, atom.version()) << "allocation " << n;
    }
}

}  // namespace
