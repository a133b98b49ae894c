/// \file
/// Adders and accumulators in a region: of several processes, read only, of another kind, adopted, damaged,
/// and whose adders are killed.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <atomos/process.hpp>
#include <csignal>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "crash/shared.hpp"
#include "gtest/gtest.h"
#include "hazards/child.hpp"
#include "process/header.hpp"
#include "process/killed.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"

namespace {

using atomos::process::DoubleAccumulator;
using atomos::process::DoubleAdder;
using atomos::process::LongAccumulator;
using atomos::process::LongAdder;
using atomos::process::Region;
using hazards::ended_well;
using hazards::status_of_child;
using regions::refused;

static_assert(!std::is_default_constructible_v<LongAdder>);
static_assert(!std::is_default_constructible_v<DoubleAdder>);
static_assert(!std::is_constructible_v<DoubleAccumulator<std::plus<>>, std::plus<>, double>);

struct Max {
    std::int64_t operator()(std::int64_t a, std::int64_t b) const { return std::max(a, b); }
};
struct Plus {
    std::int64_t operator()(std::int64_t a, std::int64_t b) const { return a + b; }
};
constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();

/// One of each, of the same names in every process.
struct All {
    explicit All(const Region& in) : region(in) {}
    Region region;
    LongAdder longs{region, "longs"};
    DoubleAdder doubles{region, "doubles"};
    LongAccumulator<Max> greatest{region, "greatest", Max{}, lowest};
    LongAccumulator<Plus> plus{region, "plus", Plus{}, 0};

    void add(std::int64_t x) {
        longs.add(x);
        doubles.add(static_cast<double>(x));
        greatest.accumulate(x);
        plus.accumulate(x);
    }
};

Region opened_again(const Region& region, bool read_only = false) {
    return Region::from_descriptor(region.descriptor(), {.read_only = read_only});
}

TEST(AdderInRegion, sums_up_what_processes_that_opened_it_or_were_forked_have_added) {
    const Region region = Region::anonymous();
    All all(region);
    all.add(1);
    LongAccumulator deduced{region, "plus", Plus{}, 0};
    EXPECT_EQ(deduced.get(), 1);

    EXPECT_TRUE(ended_well(status_of_child([&] {
        all.add(10);
        All opened(opened_again(region));
        opened.add(100);
        return opened.longs.sum() == 111 ? 0 : 1;
    })));

    EXPECT_EQ(all.longs.sum(), 111);
    EXPECT_EQ(all.doubles.sum(), 111.0);
    EXPECT_EQ(all.greatest.get(), 100);
    EXPECT_EQ(all.plus.get(), 111);
}

TEST(AdderInRegion, is_drained_for_all_processes) {
    const Region region = Region::anonymous();
    All all(region);
    all.add(7);

    EXPECT_TRUE(ended_well(status_of_child([&] {
        const bool right = all.longs.sum_then_reset() == 7 && all.doubles.sum_then_reset() == 7 &&
                           all.greatest.get_then_reset() == 7 && all.plus.get_then_reset() == 7;
        return right ? 0 : 1;
    })));

    EXPECT_EQ(all.longs.sum_then_reset(), 0);
    EXPECT_EQ(all.doubles.sum(), 0.0);
    EXPECT_EQ(all.greatest.get(), lowest);
    EXPECT_EQ(all.plus.get(), 0);
}

TEST(AdderInRegion, of_another_kind_or_identity_is_a_mismatch_that_names_both) {
    const Region region = Region::anonymous();
    All all(region);

    EXPECT_TRUE(refused<atomos::Mismatch>(
        [&] { atomos::process::AtomicLong(region, "longs", 0); },
        {"\"longs\" is an adder int64 (1024 bytes", "a number int64 (8 bytes", "was asked for"}));
    EXPECT_TRUE(refused<atomos::Mismatch>([&] { DoubleAdder(region, "longs"); },
                                          {"is an adder int64", "an adder float64"}));
    EXPECT_TRUE(refused<atomos::Mismatch>([&] { LongAdder(region, "doubles"); }, {}));
    EXPECT_TRUE(refused<atomos::Mismatch>(
        [&] { LongAccumulator<Max>(region, "greatest", Max{}, 0); },
        {"is an accumulator int64 from -9223372036854775808", "an accumulator int64 from 0"}));
    EXPECT_TRUE(refused<atomos::Mismatch>(
        [&] { DoubleAccumulator<std::multiplies<>>(region, "plus", {}, 0.5); },
        {"an accumulator float64 from 0.5"}));
}

TEST(AdderInRegion, a_region_open_for_reading_shows_the_sum_and_refuses_adds_and_drains) {
    const Region region = Region::anonymous();
    All all(region);
    const Region reader = opened_again(region, true);
    All seen(reader);

    all.add(9);

    EXPECT_EQ(seen.longs.sum(), 9);
    EXPECT_EQ(seen.doubles.sum(), 9.0);
    EXPECT_EQ(seen.greatest.get(), 9);
    EXPECT_THROW(seen.longs.increment(), atomos::PermissionDenied);
    EXPECT_THROW(seen.doubles.add(1), atomos::PermissionDenied);
    EXPECT_THROW(seen.greatest.accumulate(1), atomos::PermissionDenied);
    EXPECT_THROW(seen.longs.sum_then_reset(), atomos::PermissionDenied);
    EXPECT_THROW(seen.doubles.sum_then_reset(), atomos::PermissionDenied);
    EXPECT_THROW(seen.greatest.get_then_reset(), atomos::PermissionDenied);
    EXPECT_THROW(seen.plus.reset(), atomos::PermissionDenied);
    EXPECT_THROW(LongAdder(reader, "others"), atomos::NotFound);
    EXPECT_EQ(all.longs.sum(), 9);
    EXPECT_EQ(all.plus.get(), 9);
}

TEST(AdderInRegion, an_add_of_a_double_that_finds_no_participant_free_adds_nothing) {
    const Region region = Region::anonymous({.participants = 1});
    All all(region);
    all.add(5);

    EXPECT_TRUE(ended_well(status_of_child([&] {
        all.longs.increment();
        all.plus.accumulate(1);
        if (!refused<atomos::Full>([&] { all.doubles.add(1); }, {"participants"})) return 1;
        if (!refused<atomos::Full>([&] { all.doubles.sum_then_reset(); }, {})) return 2;
        if (!refused<atomos::Full>([&] { all.longs.sum_then_reset(); }, {})) return 3;
        return all.longs.sum() == 6 && all.doubles.sum() == 5.0 ? 0 : 4;
    })));

    EXPECT_EQ(all.longs.sum(), 6);
    EXPECT_EQ(all.doubles.sum(), 5.0);
    EXPECT_EQ(all.plus.get(), 6);
}

TEST(AdderInRegion, what_the_dead_have_made_and_added_stays_when_their_space_is_adopted) {
    Region region = Region::anonymous();
    regions::kill_after([&] { All(region).add(5); });

    region.recover();
    // What is written now may only go where nothing stands.
    atomos::process::AtomicReference<std::string> busy{region, "busy", ""};
    for (const std::size_t length : {10U, 50U, 90U, 600U, 1000U}) {
        for (int i = 0; i < 100; ++i) busy.set(std::string(length, 'x'));
    }

    All all(region);
    all.add(1);
    EXPECT_EQ(all.longs.sum(), 6);
    EXPECT_EQ(all.doubles.sum(), 6.0);
    EXPECT_EQ(all.greatest.get(), 5);
    EXPECT_EQ(all.plus.get_then_reset(), 6);
}

TEST(AdderInRegion, one_that_a_killed_maker_left_half_made_is_finished_by_who_comes_next) {
    const Region region = Region::anonymous();
    // The first variable of each, as a kill right after it leaves it.
    {
        All whole(Region::anonymous());
        const auto words = whole.region.find("longs");
        ASSERT_TRUE(words);
        std::vector<std::byte> nothing(words->size);
        find_or_make(*region.memory(), "longs", {words->kind, words->type, words->size, 8}, {},
                     [&] { return nothing; });
    }

    All all(region);
    all.add(3);

    EXPECT_EQ(all.longs.sum_then_reset(), 3);
}

TEST(AdderInRegion, too_long_a_name_is_refused_and_nothing_is_made) {
    const Region region = Region::anonymous();
    LongAdder longest(region, std::string(118, 'n'));

    longest.increment();

    EXPECT_EQ(longest.sum_then_reset(), 1);
    EXPECT_THROW(LongAdder(region, std::string(119, 'm')), std::invalid_argument);
    EXPECT_THROW(DoubleAdder(region, std::string(125, 'm')), std::invalid_argument);
    EXPECT_EQ(region.variables().size(), 2U);
}

/// Children that add without an end, and say of each add when it has begun and when it is over.
class KilledAdders {
  public:
    static constexpr std::size_t children = 3;

    explicit KilledAdders(const Region& region) {
        for (std::size_t i = 0; i < children; ++i) {
            pids_[i] = fork();
            if (pids_[i] == 0) add_without_end(region, (*tallies_)[i]);
        }
    }

    /// Kills them one after another, each after some more adds.
    template <class Meanwhile>
    void kill_all(Meanwhile meanwhile) {
        for (std::size_t i = 0; i < children; ++i) {
            const auto& tally = (*tallies_)[i];
            const std::int64_t until = tally.ended.load() + 500;
            while (tally.ended.load() < until) meanwhile();
            kill(pids_[i], SIGKILL);
            waitpid(pids_[i], nullptr, 0);
        }
    }

    std::int64_t begun() const { return total(&Tally::begun); }
    std::int64_t ended() const { return total(&Tally::ended); }

  private:
    struct Tally {
        std::atomic<std::int64_t> begun{0};
        std::atomic<std::int64_t> ended{0};
    };

    [[noreturn]] static void add_without_end(const Region& region, Tally& tally) {
        alarm(120);
        All all(region);
        for (;;) {
            ++tally.begun;
            all.add(1);
            ++tally.ended;
        }
    }
    std::int64_t total(std::atomic<std::int64_t> Tally::* which) const {
        std::int64_t sum = 0;
        for (const auto& tally : *tallies_) sum += (tally.*which).load();
        return sum;
    }

    crash::Shared<std::array<Tally, children>> tallies_;
    std::array<pid_t, children> pids_{};
};

TEST(AdderInRegion, has_every_finished_add_of_those_who_were_killed_in_one_drain) {
    for (int round = 0; round < 20; ++round) {
        const Region region = Region::anonymous();
        All all(region);
        std::int64_t longs = 0;
        std::int64_t doubles = 0;
        std::int64_t plus = 0;
        const auto drain = [&] {
            longs += all.longs.sum_then_reset();
            doubles += static_cast<std::int64_t>(all.doubles.sum_then_reset());
            plus += all.plus.get_then_reset();
        };
        KilledAdders adders(region);

        adders.kill_all(drain);

        drain();
        for (const std::int64_t sum : {longs, doubles, plus}) {
            EXPECT_GE(sum, adders.ended());
            EXPECT_LE(sum, adders.begun());
        }
        all.add(2);
        EXPECT_EQ(all.longs.sum(), 2);
        EXPECT_EQ(all.greatest.get(), 2);
    }
}

class DamagedAdder : public regions::WithPlace {};

TEST_F(DamagedAdder, whose_words_are_elsewhere_is_refused) {
    {
        All all(Region::create("r"));
        all.add(1);
    }
    for (const char* const name : {"longs", "greatest", "plus"}) {
        auto bytes = place.bytes("r");
        const auto variable = *Region::open("r", {.read_only = true}).find(name);
        const auto word = regions::at<std::uint64_t>(bytes, regions::line_of(variable));
        for (const std::uint64_t other :
             {std::uint64_t{0}, ~std::uint64_t{0}, word + (std::uint64_t{1} << 38U), word + 1}) {
            auto damaged = bytes;
            regions::put_at(damaged, regions::line_of(variable), other);
            place.put("r", damaged);
            EXPECT_TRUE(refused<atomos::Damaged>([&] { All(Region::open("r")); }, {name}));
        }
        place.put("r", bytes);
    }
}

}  // namespace
