/// \file
/// What the dead leave is taken over by the living, and is there for all of them.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <atomos/process.hpp>
#include <csignal>
#include <cstddef>
#include <string>

#include "crash/directory.hpp"
#include "crash/fresh.hpp"
#include "crash/thorough.hpp"
#include "crash/wide.hpp"

namespace {

namespace process = atomos::process;
using crash::Fresh;
using crash::Gate;
using crash::in_a_fresh_process;
using crash::in_a_process_that_is_killed;
using crash::Shared;
using crash::Wide;
using crash::Wrong;
using process::Region;

class Adoption : public testing::Test {
  protected:
    void SetUp() override { directory_.enter(); }

    static Region make(unsigned participants, std::size_t limit = 256 << 10U) {
        return Region::create("adoption",
                              {.bytes = 64 << 10U, .limit = limit, .participants = participants});
    }

    /// Needs blocks of several sizes.
    static void write_texts(Region& region, std::size_t times) {
        static constexpr std::array<std::size_t, 4> lengths{20, 300, 1500, 6000};
        process::Atom<std::string> text(region, "text", "");
        for (std::size_t i = 0; i < times; ++i)
            text.reset(std::string(lengths[i % lengths.size()], 'x'));
    }

  private:
    crash::Directory directory_;
};

TEST_F(Adoption, by_a_supervisor_after_each_death_does_not_use_up_the_region) {
    Region region = make(8);
    write_texts(region, 1);

    for (int i = 0; i < 200; ++i) {
        ASSERT_NO_THROW(in_a_process_that_is_killed([] {
            Region its = Region::open("adoption");
            write_texts(its, 20);
        })) << "the worker after "
            << i << " deaths";
        region.recover();
        ASSERT_EQ(region.space().left, 0U);
    }
}

TEST_F(Adoption, of_all_that_a_dead_one_had_lets_a_writer_go_on) {
    Region region = make(4);
    process::Atom<std::string> text(region, "text", "");
    text.reset("");
    in_a_process_that_is_killed([] {
        Region its = Region::open("adoption");
        try {
            for (int i = 0;; ++i) {
                process::Atom<Wide>(its, "fill/" + std::to_string(i), Wide::of(1))
                    .reset(Wide::of(2));
            }
        } catch (const atomos::Full&) {
        }
    });

    for (int i = 0; i < 200; ++i) text.reset(std::string(250, 'x'));

    EXPECT_EQ(text.deref()->size(), 250U);
}

TEST_F(Adoption, beside_newcomers_leaves_each_a_place) {
    struct Board {
        Gate begun;
        std::atomic<bool> stop{false};
    };
    {
        const Region region = make(2, 64U << 20U);
    }
    const Shared<Board> board;
    Fresh adopter([&]() -> Wrong {
        Region its = Region::open("adoption");
        process::Atom<Wide> state(its, "state", Wide::of(0));
        state.reset(Wide::of(1));
        board->begun.open();
        while (!board->stop.load()) its.recover();
        return {};
    });
    adopter.await(board->begun);

    const long comers = crash::number_from_environment("ATOMOS_CRASH_KILLS", 500);
    for (long i = 0; i < comers; ++i) {
        ASSERT_NO_THROW(in_a_process_that_is_killed([] {
            Region its = Region::open("adoption");
            process::Atom<Wide>(its, "state", Wide::of(0)).reset(Wide::of(2));
        })) << "newcomer "
            << i;
    }
    board->stop.store(true);

    EXPECT_EQ(adopter.verdict(), "");
}

}  // namespace
