/// \file
/// Arrays in a region: opened by others, of another length, read only, too long, adopted, damaged.

#include <sys/wait.h>
#include <unistd.h>

#include <atomos/process.hpp>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace {

using atomos::process::AtomicArray;
using atomos::process::AtomicBooleanArray;
using atomos::process::AtomicIntegerArray;
using atomos::process::AtomicLongArray;
using atomos::process::AtomicReferenceArray;
using atomos::process::Region;

static_assert(!std::is_constructible_v<AtomicLongArray, std::size_t>);
static_assert(!std::is_constructible_v<AtomicLongArray, std::size_t, std::int64_t>);

Region opened_again(const Region& region, bool read_only = false) {
    return Region::from_descriptor(region.descriptor(), {.read_only = read_only});
}

template <class F>
std::string refused_as_mismatch(F f) {
    try {
        f();
    } catch (const atomos::Mismatch& error) {
        return error.what();
    }
    return "not refused";
}

TEST(ArrayInRegion, who_opens_it_sees_what_others_wrote_and_not_his_own_initial_value) {
    Region region = Region::anonymous();
    AtomicLongArray made{region, "hits", 3, 5};
    made.add_and_get(1, 37);
    const Region other = opened_again(region);

    AtomicLongArray opened{other, "hits", 3, 100};
    opened.increment_and_get(2);

    EXPECT_EQ(opened.get(0), 5);
    EXPECT_EQ(opened.get(1), 42);
    EXPECT_EQ(made.get(2), 6);
}

TEST(ArrayInRegion, another_length_is_a_mismatch_that_names_both) {
    Region region = Region::anonymous();
    AtomicIntegerArray made{region, "hits", 100, 1};
    AtomicReferenceArray<std::string> names{region, "names", 2, "a"};

    const auto said =
        refused_as_mismatch([&] { AtomicIntegerArray opened(region, "hits", 50, 1); });
    const auto said_of_references = refused_as_mismatch(
        [&] { AtomicReferenceArray<std::string> opened(region, "names", 3, "a"); });

    EXPECT_NE(said.find("is an array int32[100] (400 bytes, aligned to 4); an array int32[50] "
                        "(200 bytes, aligned to 4) was asked for"),
              std::string::npos)
        << said;
    EXPECT_NE(said_of_references.find("is an array references to string[2]; an array references "
                                      "to string[3] was asked for"),
              std::string::npos)
        << said_of_references;
    EXPECT_EQ(made.get(99), 1);
    EXPECT_FALSE(region.find("names[2]"));
}

TEST(ArrayInRegion, another_type_is_a_mismatch) {
    Region region = Region::anonymous();
    AtomicLongArray made{region, "hits", 2, 1};

    EXPECT_THROW((AtomicArray<std::uint64_t>(region, "hits", 2, 1)), atomos::Mismatch);
    EXPECT_THROW((AtomicArray<double>(region, "hits", 2, 1)), atomos::Mismatch);
    EXPECT_THROW((atomos::process::AtomicLong(region, "hits", 1)), atomos::Mismatch);
    EXPECT_THROW((AtomicReferenceArray<std::int64_t>(region, "hits", 2, 1)), atomos::Mismatch);
}

TEST(ArrayInRegion, a_region_open_for_reading_shows_it_and_refuses_changes) {
    Region region = Region::anonymous();
    AtomicLongArray made{region, "hits", 2, 1};
    const Region reader = opened_again(region, true);
    AtomicLongArray seen{reader, "hits", 2, 0};

    made.set(1, 9);

    EXPECT_EQ(seen.get(1), 9);
    EXPECT_THROW(seen.set(1, 5), atomos::PermissionDenied);
    EXPECT_THROW(seen.increment_and_get(0), atomos::PermissionDenied);
    EXPECT_THROW((AtomicLongArray(reader, "others", 2, 0)), atomos::NotFound);
    EXPECT_EQ(made.get(1), 9);
}

TEST(ArrayInRegion, a_length_that_no_region_holds_is_refused_and_no_name_is_left) {
    Region region = Region::anonymous({.limit = std::size_t{1} << 24U});
    const auto most = std::numeric_limits<std::size_t>::max();

    EXPECT_THROW((AtomicLongArray(region, "big", most, 0)), atomos::Full);
    EXPECT_THROW((AtomicLongArray(region, "big", std::size_t{1} << 22U, 0)), atomos::Full);
    EXPECT_FALSE(region.find("big"));

    AtomicLongArray fits{region, "big", std::size_t{1} << 18U, 3};
    EXPECT_EQ(fits.get((std::size_t{1} << 18U) - 1), 3);
}

TEST(ArrayInRegion, elements_stand_side_by_side_in_one_block) {
    Region region = Region::anonymous();
    AtomicIntegerArray array{region, "hits", 1000, 0};
    AtomicBooleanArray truths{region, "truths", 3, true};

    const auto found = region.find("hits");
    const auto raw = region.raw(*region.find("truths"));

    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, atomos::process::Kind::array);
    EXPECT_EQ(found->type, "int32[1000]");
    EXPECT_EQ(found->size, 4000U);
    EXPECT_EQ(found->damage, "");
    EXPECT_EQ(raw.bytes, (std::vector<std::byte>(3, std::byte{1})));
}

TEST(ArrayInRegion, an_array_may_be_empty) {
    Region region = Region::anonymous();
    AtomicLongArray none{region, "none", 0, 0};
    AtomicLongArray again{region, "none", 0, 0};

    EXPECT_EQ(again.length(), 0U);
    EXPECT_THROW(again.get(0), std::out_of_range);
}

TEST(ArrayInRegion, what_its_maker_left_is_adopted_around_it) {
    Region region = Region::anonymous();
    AtomicLongArray array{region, "hits", 500, 1};
    const auto pid = fork();
    if (pid == 0) {
        AtomicLongArray made_by_child(region, "orphan", 500, 2);
        made_by_child.set(499, 3);
        _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    ASSERT_EQ(status, 0);

    region.recover();
    // What is written now may only go where nothing stands.
    atomos::process::AtomicReference<std::vector<std::int64_t>> busy{region, "busy", {}};
    for (int i = 0; i < 200; ++i) busy.set(std::vector<std::int64_t>(500, -1));

    AtomicLongArray orphan(region, "orphan", 500, 0);
    EXPECT_EQ(orphan.get(0), 2);
    EXPECT_EQ(orphan.get(498), 2);
    EXPECT_EQ(orphan.get(499), 3);
    EXPECT_EQ(array.get(250), 1);
}

TEST(ArrayInRegion, references_that_a_killed_maker_left_undone_are_made_by_who_comes_next) {
    Region region = Region::anonymous();
    {
        AtomicReferenceArray<std::string> whole{region, "whole", 3, "a"};
        whole.set(1, "b");
    }
    atomos::process::AtomicReference<std::string> half{region, "half[0]", "left"};

    AtomicReferenceArray<std::string> names{region, "half", 3, "a"};
    AtomicReferenceArray<std::string> whole{region, "whole", 3, "c"};

    EXPECT_EQ(*names.get(0), "left");
    EXPECT_EQ(*names.get(2), "a");
    EXPECT_EQ(*whole.get(0), "a");
    EXPECT_EQ(*whole.get(1), "b");
}

}  // namespace
