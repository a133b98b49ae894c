/// \file
/// Regions: made, opened, listed, removed; who wins when several make one at once.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <atomos/process.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "crash/gate.hpp"
#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"

namespace {

using atomos::process::AtomicLong;
using atomos::process::Region;
using atomos::process::RegionOptions;
using hazards::ended_well;
using hazards::status_of_child;
using regions::refused;
using Names = std::vector<std::string>;

class RegionTest : public regions::WithPlace {};

TEST_F(RegionTest, a_region_that_was_made_is_found_by_its_name_with_what_is_in_it) {
    auto made = Region::create("shop");
    AtomicLong(made, "orders", 7).increment_and_get();

    auto opened = Region::open("shop");

    EXPECT_EQ(opened.name(), "shop");
    EXPECT_FALSE(opened.read_only());
    EXPECT_EQ(opened.bytes(), RegionOptions{}.bytes);
    EXPECT_EQ(AtomicLong(opened, "orders", 0).get(), 8);
}

TEST_F(RegionTest, a_name_is_taken_once) {
    auto first = Region::create("shop");
    AtomicLong(first, "orders", 7).increment_and_get();

    EXPECT_TRUE(refused<atomos::AlreadyExists>([] { Region::create("shop"); }, {"\"shop\""}));

    EXPECT_EQ(AtomicLong(first, "orders", 0).get(), 8);
    EXPECT_EQ(Region::list(), Names{"shop"});
}

TEST_F(RegionTest, what_nobody_has_made_is_not_found) {
    EXPECT_TRUE(refused<atomos::NotFound>([] { Region::open("shop"); }, {"\"shop\"", "opening"}));
    EXPECT_EQ(Region::list(), Names{});
}

TEST_F(RegionTest, open_or_create_makes_it_the_first_time_and_opens_it_the_second) {
    auto first = Region::open_or_create("shop", {.bytes = 1 << 16});
    AtomicLong(first, "orders", 7);

    auto second = Region::open_or_create("shop", {.bytes = 1 << 20});

    EXPECT_EQ(second.bytes(), std::size_t{1} << 16U);
    EXPECT_EQ(AtomicLong(second, "orders", 0).get(), 7);
}

TEST_F(RegionTest, names_of_letters_digits_dots_underscores_and_dashes_are_allowed) {
    const Names names{"-a", "9", "A.b_C-d", "_", std::string(100, 'x')};

    for (const auto& name : names) Region::create(name);

    EXPECT_EQ(Region::list(), names);
}

TEST_F(RegionTest, other_names_are_refused_by_every_function_that_takes_one) {
    for (const std::string& name :
         {std::string(), std::string(".x"), std::string("a/b"), std::string("../x"),
          std::string("a b"), std::string("\xc3\xa4"), std::string("a\n"), std::string(101, 'x')}) {
        const auto length = "its name has " + std::to_string(name.size()) + " characters";
        for (const auto& use :
             {+[](const std::string& n) { Region::create(n); },
              +[](const std::string& n) { Region::open(n); },
              +[](const std::string& n) { Region::open_or_create(n); },
              +[](const std::string& n) { static_cast<void>(Region::remove(n)); }}) {
            EXPECT_TRUE(refused<std::invalid_argument>([&] { use(name); },
                                                       {length, "1 to 100", "nothing was changed"}))
                << name;
        }
    }
    EXPECT_THROW(Region::create(std::string("a\0b", 3)), std::invalid_argument);
    EXPECT_EQ(Region::list(), Names{});
}

struct WrongOption {
    RegionOptions options;
    Names parts;
};

TEST_F(RegionTest, an_option_out_of_bounds_is_named_with_its_value_and_those_allowed) {
    const WrongOption wrong[] = {
        {{.participants = 0}, {"participants is 0", "1 to 4094"}},
        {{.participants = 4095}, {"participants is 4095", "1 to 4094"}},
        {{.bytes = 100}, {"bytes is 100", "to limit"}},
        {{.bytes = 1 << 21, .limit = 1 << 20}, {"bytes is 2097152", "1048576"}},
        {{.bytes = 4096, .limit = 4096}, {"limit is 4096", "4294967296"}},
        {{.limit = (std::size_t{4} << 30U) + 1}, {"limit is 4294967297", "4294967296"}},
        {{.mode = 0400}, {"mode is 256", "0600"}},
        {{.mode = 04600}, {"mode is 2432", "permission bits"}},
        {{.read_only = true}, {"read_only is true", "false"}},
    };

    for (const auto& [options, parts] : wrong) {
        for (const std::string& part : parts) {
            EXPECT_TRUE(refused<std::invalid_argument>([&] { Region::create("shop", options); },
                                                       {"\"shop\"", part, "nothing was changed"}));
            EXPECT_TRUE(
                refused<std::invalid_argument>([&] { Region::anonymous(options); }, {part}));
        }
    }
    EXPECT_EQ(Region::list(), Names{});
}

TEST_F(RegionTest, the_least_and_the_most_that_options_allow_are_enough_for_a_number) {
    for (const RegionOptions& options : {RegionOptions{.bytes = 4 * 4096, .participants = 1},
                                         RegionOptions{.limit = std::size_t{4} << 30U},
                                         RegionOptions{.participants = 4094, .mode = 0777}}) {
        auto region = Region::anonymous(options);
        AtomicLong number{region, "n", 1};

        EXPECT_EQ(number.add_and_get(2), 3);
    }
}

TEST_F(RegionTest, a_folder_that_is_not_there_is_named) {
    setenv("ATOMOS_REGIONS", "/nowhere/at/all", 1);

    EXPECT_TRUE(refused<atomos::Unavailable>([] { Region::create("shop"); }, {"/nowhere/at/all"}));
    EXPECT_THROW(Region::open("shop"), atomos::NotFound);
    EXPECT_EQ(Region::list(), Names{});
    EXPECT_FALSE(Region::remove("shop"));
}

TEST_F(RegionTest, list_leaves_out_what_cannot_be_a_region) {
    Region::create("b");
    Region::create("a");
    std::ofstream(place.path() / "something");
    std::ofstream(place.path() / "atomos-");
    std::ofstream(place.path() / "atomos-.hidden");
    std::ofstream(place.path() / "atomos-with space");

    EXPECT_EQ(Region::list(), (Names{"a", "b"}));
}

TEST_F(RegionTest, who_has_a_removed_region_open_goes_on_and_the_name_is_free) {
    auto old = Region::create("shop");
    AtomicLong orders{old, "orders", 1};

    EXPECT_TRUE(Region::remove("shop"));
    auto fresh = Region::create("shop");

    EXPECT_EQ(orders.increment_and_get(), 2);
    EXPECT_EQ(AtomicLong(old, "orders", 0).get(), 2);
    EXPECT_EQ(AtomicLong(fresh, "orders", 40).get(), 40);
    EXPECT_TRUE(Region::remove("shop"));
    EXPECT_FALSE(Region::remove("shop"));
}

TEST_F(RegionTest, copies_are_the_same_region_and_a_variable_needs_none_of_them) {
    const std::size_t mapped = regions::mapped_regions();
    std::optional<Region> region = Region::create("shop");
    std::optional<Region> copy = region;
    AtomicLong* const orders = new AtomicLong(*copy, "orders", 1);
    EXPECT_EQ(copy->descriptor(), region->descriptor());

    region.reset();
    copy.reset();

    EXPECT_EQ(orders->increment_and_get(), 2);
    EXPECT_GT(regions::mapped_regions(), mapped);
    delete orders;
    EXPECT_EQ(regions::mapped_regions(), mapped);
}

TEST_F(RegionTest, opening_and_dropping_it_leaves_neither_descriptors_nor_mappings) {
    Region::create("shop");
    const std::size_t descriptors = regions::open_descriptors();
    const std::size_t mapped = regions::mapped_regions();

    for (int i = 0; i < 20; ++i) {
        auto region = Region::open("shop");
        AtomicLong{region, "orders", 0}.increment_and_get();
    }

    EXPECT_EQ(regions::open_descriptors(), descriptors);
    EXPECT_EQ(regions::mapped_regions(), mapped);
    auto region = Region::open("shop");
    EXPECT_EQ(AtomicLong(region, "orders", 0).get(), 20);
}

TEST_F(RegionTest, opened_twice_in_one_process_it_counts_as_two_participants_and_is_one_memory) {
    auto one = Region::create("shop");
    auto other = Region::open("shop");
    AtomicLong in_one{one, "orders", 1};
    AtomicLong in_other{other, "orders", 0};

    in_one.increment_and_get();
    atomos::process::Atom<int>(one, "a", 1).reset(2);
    atomos::process::Atom<int>(other, "a", 1).reset(3);

    EXPECT_EQ(in_other.get(), 2);
    EXPECT_EQ(one.participants().size(), 2U);
    for (const auto& participant : other.participants()) {
        EXPECT_TRUE(participant.alive);
        EXPECT_EQ(participant.pid, getpid());
    }
}

TEST_F(RegionTest, its_variables_are_listed_with_type_size_and_version) {
    auto region = Region::create("shop");
    AtomicLong orders{region, "orders", 1};
    atomos::process::AtomicBoolean open{region, "open", true};
    atomos::process::Atom<std::string> motto{region, "motto", "none"};
    motto.reset("one at a time");

    const auto variables = region.variables();

    ASSERT_EQ(variables.size(), 3U);
    EXPECT_EQ(variables[0].name + ' ' + variables[0].type, "orders int64");
    EXPECT_EQ(variables[1].name + ' ' + variables[1].type, "open bool");
    EXPECT_EQ(variables[2].name + ' ' + variables[2].type, "motto string");
    EXPECT_EQ(variables[0].kind, atomos::process::Kind::number);
    EXPECT_EQ(variables[1].kind, atomos::process::Kind::boolean);
    EXPECT_EQ(variables[2].kind, atomos::process::Kind::reference);
    EXPECT_EQ(variables[0].size, 8U);
    EXPECT_EQ(variables[1].size, 1U);
    EXPECT_EQ(variables[2].size, 13U);
    EXPECT_EQ(variables[2].version, 2U);
    EXPECT_EQ(region.raw(variables[2]).bytes.size(), 13U);
    EXPECT_EQ(region.find("motto")->cell, variables[2].cell);
    EXPECT_FALSE(region.find("mott").has_value());
}

TEST_F(RegionTest, of_processes_that_make_it_at_once_exactly_one_does) {
    constexpr int rivals = 4;
    for (int round = 0; round < 25; ++round) {
        const std::string name = "race" + std::to_string(round);
        crash::Shared<crash::Gate> gate;
        std::vector<pid_t> children;
        for (int i = 0; i < rivals; ++i) {
            children.push_back(fork());
            if (children.back() != 0) continue;
            alarm(120);
            gate->pass();
            try {
                Region::create(name);
                std::_Exit(0);
            } catch (const atomos::AlreadyExists&) {
                std::_Exit(1);
            }
        }
        for (int i = 0; i < rivals; ++i) gate->open();

        int made = 0;
        for (const pid_t child : children) {
            int status = -1;
            waitpid(child, &status, 0);
            ASSERT_TRUE(WIFEXITED(status));
            made += WEXITSTATUS(status) == 0;
        }
        ASSERT_EQ(made, 1) << "in round " << round;
    }
}

TEST_F(RegionTest, nobody_sees_half_a_region) {
    crash::Shared<std::atomic<bool>> over;
    const pid_t maker = fork();
    if (maker == 0) {
        alarm(120);
        while (!over->load()) {
            auto region = Region::create("shop", {.bytes = 1 << 16});
            AtomicLong{region, "orders", 5};
            Region::remove("shop");
        }
        std::_Exit(0);
    }

    for (int opened = 0; opened < 200;) {
        try {
            auto region = Region::open("shop");
            ++opened;
            const auto variables = region.variables();
            ASSERT_LE(variables.size(), 1U);
            ASSERT_EQ(AtomicLong(region, "orders", 5).get(), 5);
        } catch (const atomos::NotFound&) {
        }
    }
    *over = true;

    int status = -1;
    waitpid(maker, &status, 0);
    EXPECT_TRUE(ended_well(status));
}

}  // namespace
