/// \file
/// What stands under a region's name and is none, or not ours, or not of this machine.
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomos/process.hpp>
#include <cstdint>
#include <string>

#include "hazards/child.hpp"
#include "process/header.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"
#include "support/seed.hpp"

namespace {

using atomos::process::AtomicLong;
using atomos::process::Region;
using hazards::ended_well;
using hazards::status_of_child;
using regions::Bytes;
using regions::refused;
using regions::RegionFacts;

class ForeignTest : public regions::WithPlace {
  protected:
    void SetUp() override {
        auto region = Region::create("r", {.bytes = 1 << 16, .participants = 4});
        AtomicLong{region, "n", 1};
        whole = place.bytes("r");
    }
    template <class E>
    void expect_refused(std::initializer_list<std::string> parts) {
        EXPECT_TRUE(refused<E>([] { Region::open("r"); }, parts));
        EXPECT_TRUE(refused<E>([] { Region::open("r", {.read_only = true}); }, parts));
        EXPECT_TRUE(refused<E>([] { Region::open_or_create("r"); }, parts));
    }
    Bytes whole;
};

TEST_F(ForeignTest, the_same_bytes_in_another_file_are_the_same_region) {
    place.put("copy", whole);

    auto copy = Region::open("copy");

    EXPECT_EQ(AtomicLong(copy, "n", 0).get(), 1);
}

TEST_F(ForeignTest, a_file_of_something_else_is_no_region) {
    place.put("r", Bytes(100'000, 'x'));
    expect_refused<atomos::Mismatch>({"\"r\"", "magic"});

    place.put("r", Bytes(100'000, '\0'));
    expect_refused<atomos::Mismatch>({"\"r\"", "magic"});

    place.put("r", {});
    expect_refused<atomos::Damaged>({"\"r\"", "0 bytes", "4096"});
}

TEST_F(ForeignTest, random_bytes_are_no_region_and_neither_are_they_behind_a_good_header) {
    auto random = atomos::testing::random_stream(0);
    for (int round = 0; round < 200; ++round) {
        Bytes bytes = whole;
        const std::size_t from = round % 2 == 0 ? 0 : 4096;
        for (std::size_t i = from; i < bytes.size(); ++i) bytes[i] = static_cast<char>(random());
        place.put("r", bytes);

        EXPECT_THROW(Region::open("r"), atomos::Error) << "round " << round;
    }
}

TEST_F(ForeignTest, a_directory_a_pipe_and_a_link_are_refused_without_waiting) {
    std::filesystem::remove(place.file("r"));
    std::filesystem::create_directory(place.file("r"));
    EXPECT_TRUE(refused<atomos::Error>([] { Region::open("r"); }, {"\"r\""}));
    EXPECT_TRUE(refused<atomos::Mismatch>([] { Region::open("r", {.read_only = true}); },
                                          {"\"r\"", "not a regular file"}));
    EXPECT_TRUE(refused<atomos::Error>([] { Region::remove("r"); }, {"\"r\""}));

    std::filesystem::remove(place.file("r"));
    ASSERT_EQ(mkfifo(place.file("r").c_str(), 0600), 0);
    expect_refused<atomos::Mismatch>({"\"r\"", "not a regular file"});

    std::filesystem::remove(place.file("r"));
    place.put("real", whole);
    std::filesystem::create_symlink(place.file("real"), place.file("r"));
    expect_refused<atomos::PermissionDenied>({"\"r\"", "symbolic link"});
}

TEST_F(ForeignTest, a_newer_format_and_another_machines_are_named_with_what_is_read_here) {
    place.put("r", regions::forged(whole, [](RegionFacts& facts) { facts.format += 1; }));
    expect_refused<atomos::Mismatch>(
        {"\"r\"", "format is " + std::to_string(atomos::process::format_version + 1),
         "; " + std::to_string(atomos::process::format_version)});

    place.put("r", regions::forged(whole, [](RegionFacts& facts) { facts.abi = 0x40000B0A; }));
    expect_refused<atomos::Mismatch>({"\"r\"", "abi is " + std::to_string(0x40000B0A),
                                      "; " + std::to_string(atomos::process::abi)});
}

TEST_F(ForeignTest, a_region_of_an_earlier_start_of_the_machine_is_refused) {
    place.put("r", regions::forged(whole, [](RegionFacts& facts) { facts.boot[1] ^= 1U; }));

    expect_refused<atomos::Damaged>({"\"r\"", "boot", "earlier start", "remove it"});
    EXPECT_TRUE(Region::remove("r"));
    EXPECT_NO_THROW(Region::open_or_create("r"));
}

TEST_F(ForeignTest, a_header_that_its_checksum_does_not_match_is_damaged) {
    auto bytes = whole;
    bytes[offsetof(RegionFacts, participants)] = 9;
    place.put("r", bytes);

    expect_refused<atomos::Damaged>({"\"r\"", "crc"});
}

struct Forgery {
    const char* name;
    void (*change)(RegionFacts&);
};

TEST_F(ForeignTest, a_header_with_the_right_checksum_and_impossible_contents_is_damaged) {
    const Forgery forgeries[] = {
        {"no participants", [](RegionFacts& f) { f.participants = 0; }},
        {"too many participants", [](RegionFacts& f) { f.participants = 4095; }},
        {"most participants", [](RegionFacts& f) { f.participants = 4094; }},
        {"all participants", [](RegionFacts& f) { f.participants = ~0U; }},
        {"more participants", [](RegionFacts& f) { f.participants += 64; }},
        {"no names", [](RegionFacts& f) { f.names = 0; }},
        {"names among participants", [](RegionFacts& f) { f.names = 64; }},
        {"names beyond", [](RegionFacts& f) { f.names = 1U << 25U; }},
        {"names far beyond", [](RegionFacts& f) { f.names = ~0U; }},
        {"spans in the header", [](RegionFacts& f) { f.spans = 0; }},
        {"spans among names", [](RegionFacts& f) { f.spans = f.names; }},
        {"spans not where they begin", [](RegionFacts& f) { f.spans += 1; }},
        {"spans beyond", [](RegionFacts& f) { f.spans = 1U << 25U; }},
        {"no limit", [](RegionFacts& f) { f.limit = 0; }},
        {"a limit before the names", [](RegionFacts& f) { f.limit = f.names; }},
        {"a limit before the spans", [](RegionFacts& f) { f.limit = f.spans; }},
        {"a limit beyond all", [](RegionFacts& f) { f.limit = ~0U; }},
    };

    for (const auto& [name, change] : forgeries) {
        place.put("r", regions::forged(whole, change));
        EXPECT_TRUE(ended_well(status_of_child([] {
            const bool refuses =
                bool(refused<atomos::Damaged>([] { Region::open("r"); }, {"\"r\""}));
            const bool refuses_too = bool(refused<atomos::Damaged>(
                [] { Region::open("r", {.read_only = true}); }, {"\"r\""}));
            return refuses && refuses_too ? 0 : 1;
        }))) << name;
    }
}

constexpr unsigned somebody = 65534;

/// Runs f as another user, who may look into the place.
template <class F>
testing::AssertionResult as_somebody(const regions::Place& place, F f) {
    chmod(place.path().c_str(), 0777);
    return ended_well(status_of_child([&] {
        if (setgroups(0, nullptr) != 0 || setresgid(somebody, somebody, somebody) != 0) return 90;
        if (setresuid(somebody, somebody, somebody) != 0) return 91;
        f();
        return testing::Test::HasFailure() ? 1 : 0;
    }));
}

class OtherUserTest : public regions::WithPlace {
  protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "only root can be somebody else";
    }
};

TEST_F(OtherUserTest, without_permission_a_region_can_neither_be_opened_nor_made_again) {
    Region::create("r");

    EXPECT_TRUE(as_somebody(place, [] {
        const auto denied = {std::string("\"r\"")};
        EXPECT_TRUE(refused<atomos::PermissionDenied>([] { Region::open("r"); }, denied));
        EXPECT_TRUE(refused<atomos::PermissionDenied>(
            [] { Region::open("r", {.read_only = true}); }, denied));
        EXPECT_TRUE(refused<atomos::PermissionDenied>([] { Region::open_or_create("r"); }, denied));
        EXPECT_TRUE(refused<atomos::AlreadyExists>([] { Region::create("r"); }, denied));
        EXPECT_EQ(Region::list(), std::vector<std::string>{"r"});
    }));
}

TEST_F(OtherUserTest, a_region_of_somebody_else_is_opened_only_when_he_is_named) {
    AtomicLong made{*std::make_unique<Region>(Region::create("r", {.mode = 0666})), "n", 1};

    EXPECT_TRUE(as_somebody(place, [] {
        EXPECT_TRUE(refused<atomos::PermissionDenied>(
            [] { Region::open("r"); },
            {"\"r\"", "owner is user 0", "user 65534 is allowed", "RegionOptions::owner"}));
        EXPECT_TRUE(refused<atomos::PermissionDenied>([] { Region::remove("r"); }, {"user 0"}));
        auto region = Region::open("r", {.owner = 0});
        EXPECT_EQ(AtomicLong(region, "n", 0).add_and_get(4), 5);
    }));

    EXPECT_EQ(made.get(), 5);
}

TEST_F(OtherUserTest, what_may_be_read_only_is_opened_for_reading_only) {
    auto region = Region::create("r", {.mode = 0644});
    AtomicLong{region, "n", 1};

    EXPECT_TRUE(as_somebody(place, [] {
        EXPECT_THROW(Region::open("r", {.owner = 0}), atomos::PermissionDenied);
        auto looked_at = Region::open("r", {.read_only = true, .owner = 0});
        EXPECT_EQ(AtomicLong(looked_at, "n", 0).get(), 1);
    }));
}

TEST_F(OtherUserTest, a_region_that_somebody_planted_is_not_taken_for_ones_own) {
    EXPECT_TRUE(as_somebody(place, [] { Region::create("r", {.mode = 0666}); }));

    for (const auto& use : {+[] { Region::open("r"); }, +[] { Region::open_or_create("r"); }}) {
        EXPECT_TRUE(
            refused<atomos::PermissionDenied>(use, {"owner is user 65534", "user 0 is allowed"}));
    }
}

TEST_F(OtherUserTest, a_folder_that_may_not_be_written_is_no_place_to_make_one) {
    chmod(place.path().c_str(), 0755);

    const auto status = status_of_child([] {
        if (setresuid(somebody, somebody, somebody) != 0) return 91;
        return refused<atomos::PermissionDenied>([] { Region::create("r"); }, {"\"r\""}) ? 0 : 1;
    });

    EXPECT_TRUE(ended_well(status));
}

}  // namespace
