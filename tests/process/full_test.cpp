/// \file
/// No room: too many participants, a region at its limit, a value too large, a full file system.
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <atomos/process.hpp>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "crash/gate.hpp"
#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"
#include "process/space.hpp"

namespace {

using atomos::process::Atom;
using atomos::process::AtomicLong;
using atomos::process::Region;
using hazards::ended_well;
using hazards::status_of_child;
using regions::refused;
using Text = Atom<std::string>;

class FullTest : public regions::WithPlace {};

TEST_F(FullTest, one_writer_more_than_participants_are_allowed_only_looks_until_another_one_ends) {
    auto region = Region::create("r", {.participants = 1});
    crash::Shared<crash::Gate> written;
    const pid_t writer = fork();
    if (writer == 0) {
        alarm(120);
        Text{region, "t", "first"};
        AtomicLong{region, "n", 1};
        written->open();
        for (;;) pause();
    }
    written->pass();

    Text text{region, "t", ""};
    AtomicLong number{region, "n", 0};
    for (int again = 0; again < 2; ++again) {
        EXPECT_TRUE(refused<atomos::Full>(
            [&] { text.reset("second"); },
            {"\"r\"", "participants", "1 processes write already", "of 1 allowed"}));
    }
    EXPECT_EQ(*text.deref(), "first");
    EXPECT_EQ(number.increment_and_get(), 2);
    kill(writer, SIGKILL);
    waitpid(writer, nullptr, 0);

    text.reset("second");
    EXPECT_EQ(*text.deref(), "second");
}

/// Makes variables of so many bytes until there is no room. Returns those that were made.
std::vector<std::unique_ptr<Text>> fill(Region& region, std::size_t size,
                                        std::initializer_list<std::string> parts) {
    std::vector<std::unique_ptr<Text>> made;
    const auto add_all = [&] {
        for (;;) {
            const auto number = std::to_string(made.size());
            made.push_back(std::make_unique<Text>(region, "t" + number, std::string(size, 'x')));
        }
    };
    EXPECT_TRUE(refused<atomos::Full>(add_all, parts));
    return made;
}

TEST_F(FullTest, a_region_at_its_limit_says_so_and_keeps_everything) {
    for (const std::size_t size : {std::size_t{10}, std::size_t{900}, std::size_t{20'000}}) {
        constexpr std::size_t limit = 1 << 18;
        auto region = Region::anonymous({.bytes = 1 << 16, .limit = limit, .participants = 2});

        const auto made = fill(
            region, size,
            {"limit is " + std::to_string(limit), "taken", "does not fit", "nothing was changed"});

        ASSERT_GT(made.size(), limit / (size + 700) / 4);
        EXPECT_EQ(region.variables().size(), made.size());
        EXPECT_EQ(region.bytes(), limit);
        for (const auto& text : made) {
            EXPECT_EQ(*text->deref(), std::string(size, 'x'));
            EXPECT_EQ(text->version(), 1U);
        }
    }
}

TEST_F(FullTest, in_a_full_region_a_change_happens_whole_or_not_at_all) {
    auto region = Region::anonymous({.bytes = 1 << 16, .limit = 1 << 16, .participants = 1});
    const auto made = fill(region, 500, {"limit"});

    int refusals = 0;
    for (int size = 0; size < 5000; size += 100) {
        Text& text = *made[static_cast<std::size_t>(size) % made.size()];
        const auto before = text.deref();
        const std::string next(static_cast<std::size_t>(size), 'y');
        try {
            text.reset(next);
            EXPECT_EQ(*text.deref(), next);
        } catch (const atomos::Full&) {
            ++refusals;
            EXPECT_TRUE(text.deref().same_as(before));
            EXPECT_EQ(*text.deref(), *before);
        }
    }
    EXPECT_GT(refusals, 0);
    AtomicLong number{*std::make_unique<Region>(Region::anonymous()), "n", 1};
    EXPECT_EQ(number.get(), 1);
}

TEST_F(FullTest, a_value_that_no_region_of_this_limit_could_hold_is_named_with_the_largest) {
    auto region = Region::anonymous({.bytes = 1 << 16, .limit = 1 << 20, .participants = 1});
    Text text{region, "t", "small"};
    const std::string large((1U << 19U) + 1, 'x');

    const auto parts = {std::string("524289 bytes"), std::string("at most 524288"),
                        std::string("nothing was changed")};
    EXPECT_TRUE(refused<atomos::Full>([&] { text.reset(large); }, parts));
    EXPECT_TRUE(refused<atomos::Full>([&] { Text(region, "u", large); }, parts));

    EXPECT_EQ(*text.deref(), "small");
    EXPECT_EQ(text.version(), 1U);
    EXPECT_EQ(region.variables().size(), 1U);
    EXPECT_EQ(text.reset(std::string(200'000, 'x')).version(), 2U);
}

/// What is tried while the file system has little room left.
int use_what_little_there_is() {
    EXPECT_TRUE(refused<atomos::Full>([] { Region::create("big", {.bytes = 1 << 20}); },
                                      {"\"big\"", "1048576 bytes", "nothing was changed"}));
    EXPECT_EQ(Region::list().size(), 0U);

    auto region = Region::create("r", {.bytes = 1 << 16, .participants = 1});
    const auto made = fill(region, 900, {"\"r\"", "growing it to", "nothing was changed"});
    EXPECT_GT(made.size(), 10U);
    for (const auto& text : made) EXPECT_EQ(text->deref()->size(), 900U);
    EXPECT_EQ(region.variables().size(), made.size());
    EXPECT_TRUE(regions::adds_up(region.space()));
    return testing::Test::HasFailure() ? 1 : 0;
}

TEST_F(FullTest, a_limit_of_file_sizes_is_an_error_and_no_signal) {
    EXPECT_TRUE(ended_well(status_of_child([] {
        signal(SIGXFSZ, SIG_IGN);
        const rlimit little{1 << 18, 1 << 18};
        if (setrlimit(RLIMIT_FSIZE, &little) != 0) return 90;
        return use_what_little_there_is();
    })));
}

TEST_F(FullTest, a_full_file_system_is_an_error_and_no_signal) {
    const int status = status_of_child([&] {
        if (unshare(CLONE_NEWNS) != 0) return 77;
        if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
        if (mount("tmpfs", place.path().c_str(), "tmpfs", 0, "size=256k") != 0) return 77;
        return use_what_little_there_is();
    });
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        GTEST_SKIP() << "no small file system can be mounted here";
    }
    EXPECT_TRUE(ended_well(status));
}

}  // namespace
