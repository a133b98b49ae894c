/// \file
/// A region grows as it is needed, up to its limit; its space is accounted for, and what the dead leave is
/// used again.
#include <atomic>
#include <atomos/process.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "process/killed.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"
#include "process/space.hpp"

namespace {

using atomos::process::Atom;
using atomos::process::AtomicLong;
using atomos::process::Region;
using atomos::process::Space;
using hazards::ended_well;
using regions::adds_up;
using regions::kill_after;
using Text = Atom<std::string>;

class GrowthTest : public regions::WithPlace {};

TEST_F(GrowthTest, of_an_untouched_region_all_space_is_accounted_for) {
    auto region = Region::create("r", {.bytes = 1 << 16});

    const Space space = region.space();

    EXPECT_TRUE(adds_up(space));
    EXPECT_EQ(space.bytes, std::size_t{1} << 16U);
    EXPECT_EQ(space.live + space.owned + space.left, 0U);
    EXPECT_EQ(space.untouched, space.bytes - space.fixed);
}

TEST_F(GrowthTest, values_grow_from_a_hundred_bytes_to_a_megabyte_and_shrink_in_the_same_space) {
    auto region = Region::create("r", {.bytes = 1 << 16, .limit = 1 << 26});
    auto other = Region::open("r");
    Text text{region, "t", ""};
    Text read{other, "t", ""};
    const auto write = [&](std::size_t size) {
        text.reset(std::string(size, 'g'));
        ASSERT_EQ(*read.deref(), std::string(size, 'g'));
        ASSERT_TRUE(adds_up(other.space()));
    };
    const auto grow_and_shrink = [&] {
        for (std::size_t size = 100; size < 1 << 20; size *= 2) write(size);
        for (std::size_t size = 1 << 20; size > 100; size /= 2) write(size);
    };
    for (int i = 0; i < 2; ++i) grow_and_shrink();
    const std::size_t grown = region.bytes();

    for (int i = 0; i < 4; ++i) grow_and_shrink();

    EXPECT_GT(grown, std::size_t{1} << 20U);
    EXPECT_EQ(region.bytes(), grown);
    EXPECT_EQ(other.bytes(), grown);
}

TEST_F(GrowthTest, rewriting_a_value_of_one_size_does_not_grow_the_region) {
    for (const std::size_t size : {std::size_t{8}, std::size_t{5000}, std::size_t{300'000}}) {
        auto region = Region::anonymous({.bytes = 1 << 16});
        Text text{region, "t", std::string(size, 'x')};
        for (int i = 0; i < 100; ++i) text.reset(std::string(size, 'y'));
        const std::size_t after_some = region.bytes();

        for (int i = 0; i < 300; ++i) text.reset(std::string(size, 'z'));

        EXPECT_EQ(region.bytes(), after_some);
    }
}

TEST_F(GrowthTest, two_processes_fill_it_to_its_limit_and_nothing_is_lost) {
    constexpr std::size_t limit = 1 << 20;
    auto region = Region::create("r", {.bytes = 1 << 16, .limit = limit, .participants = 4});
    crash::Shared<std::atomic<int>> made;
    const auto fill = [&](const char* whose) {
        for (int i = 0;; ++i) {
            try {
                const std::string name = whose + std::to_string(i);
                Text(region, name, name).reset(std::string(700, whose[0]));
            } catch (const atomos::Full&) {
                *made += i;
                return 0;
            }
        }
    };

    const pid_t other = fork();
    if (other == 0) {
        alarm(120);
        std::_Exit(fill("b"));
    }
    fill("a");
    int status = -1;
    waitpid(other, &status, 0);

    EXPECT_TRUE(ended_well(status));
    EXPECT_EQ(region.bytes(), limit);
    EXPECT_TRUE(adds_up(region.space()));
    const auto variables = region.variables();
    EXPECT_GE(variables.size(), static_cast<std::size_t>(made->load()));
    EXPECT_GT(made->load(), 250);
    for (const auto& variable : variables) {
        const std::string now = *Text(region, variable.name, "").deref();
        EXPECT_TRUE(now == std::string(700, variable.name[0]) || now == variable.name);
    }
}

TEST_F(GrowthTest, threads_that_look_while_others_make_it_grow_see_no_damage) {
    auto region = Region::anonymous({.bytes = 1 << 16, .limit = 1 << 24});
    Text text{region, "t", ""};
    std::atomic<bool> over{false};
    std::atomic<int> wrong{0};
    std::vector<std::thread> looking;
    for (int i = 0; i < 2; ++i) {
        looking.emplace_back([&] {
            std::size_t last = 0;
            while (!over) {
                try {
                    const std::size_t now = region.bytes();
                    const auto seen = text.deref();
                    wrong += now < last || *seen != std::string(seen->size(), 'x');
                    last = now;
                } catch (const atomos::Error&) {
                    ++wrong;
                }
            }
        });
    }

    for (int i = 0; i < 100; ++i) {
        text.reset(std::string(static_cast<std::size_t>(i) * 10'000, 'x'));
    }
    over = true;
    for (auto& thread : looking) thread.join();

    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(text.version(), 101U);
}

TEST_F(GrowthTest, what_a_killed_process_left_is_adopted_by_recover_and_nothing_is_left) {
    auto region = Region::create("r", {.bytes = 1 << 18});
    Text kept{region, "kept", "mine"};
    kill_after([&] {
        Text text{region, "t", std::string(100, 'a')};
        for (std::size_t i = 0; i < 50; ++i) text.reset(std::string(i * 200, 'b'));
    });
    const Space before = region.space();

    const auto recovered = region.recover();
    const Space after = region.space();

    EXPECT_GT(before.left, 0U);
    EXPECT_EQ(recovered.participants, 1U);
    EXPECT_GE(recovered.bytes, before.left);
    EXPECT_EQ(after.left, 0U);
    EXPECT_EQ(after.live, before.live);
    EXPECT_EQ(after.owned + after.unowned, before.owned + before.left + before.unowned);
    EXPECT_TRUE(adds_up(before));
    EXPECT_TRUE(adds_up(after));
    EXPECT_EQ(*Text(region, "t", "").deref(), std::string(49 * 200, 'b'));
    EXPECT_EQ(*kept.deref(), "mine");
    EXPECT_EQ(region.recover().bytes, 0U);
}

TEST_F(GrowthTest, what_lives_is_not_adopted) {
    auto region = Region::create("r", {.bytes = 1 << 18});
    auto second = Region::open("r");
    Text(region, "a", "1").reset("2");
    Text(second, "b", "1").reset("2");

    EXPECT_EQ(region.recover().bytes, 0U);
    EXPECT_EQ(second.recover().participants, 0U);
    EXPECT_EQ(region.space().left, 0U);
}

TEST_F(GrowthTest, children_that_join_write_and_are_killed_one_after_another_use_the_same_space) {
    auto region = Region::create("r", {.bytes = 1 << 17, .participants = 3});
    const auto write = [&] {
        Text text{region, "t", ""};
        for (std::size_t i = 0; i < 40; ++i) text.reset(std::string(i * 100, 'x'));
    };
    for (int i = 0; i < 5; ++i) kill_after(write);
    const std::size_t bytes = region.bytes();
    const std::size_t untouched = region.space().untouched;

    for (int i = 0; i < 40; ++i) kill_after(write);

    EXPECT_EQ(region.bytes(), bytes);
    EXPECT_EQ(region.space().untouched, untouched);
    EXPECT_TRUE(adds_up(region.space()));
    EXPECT_EQ(Text(region, "t", "").version(), 45U * 40 + 1);
}

TEST_F(GrowthTest, the_space_of_the_dead_is_used_before_a_full_region_refuses) {
    auto region = Region::create("r", {.bytes = 1 << 17, .limit = 1 << 17, .participants = 2});
    kill_after([&] {
        Text text{region, "t", ""};
        try {
            for (std::size_t i = 0;; ++i) text.reset(std::string(i * 500, 'x'));
        } catch (const atomos::Full&) {
        }
    });
    const Space before = region.space();
    ASSERT_GT(before.left, 0U);

    std::vector<std::unique_ptr<Text>> texts;
    EXPECT_TRUE(regions::refused<atomos::Full>(
        [&] {
            for (;;) {
                texts.push_back(std::make_unique<Text>(region, "u" + std::to_string(texts.size()),
                                                       std::string(1000, 'y')));
            }
        },
        {"limit"}));

    EXPECT_EQ(region.space().left, 0U);
    EXPECT_GT(texts.size() * 2048, (before.left + before.unowned + before.untouched) / 2);
    for (const auto& text : texts) EXPECT_EQ(*text->deref(), std::string(1000, 'y'));
}

}  // namespace
