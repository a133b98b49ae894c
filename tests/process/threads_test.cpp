/// \file
/// Threads that share a region within their process: many, cancelled, interrupted by signals, and at the
/// end of the program.
#include <pthread.h>
#include <sys/time.h>

#include <atomic>
#include <atomos/process.hpp>
#include <csignal>
#include <cstdlib>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "hazards/child.hpp"
#include "hazards/sanitizers.hpp"
#include "process/heard.hpp"
#include "process/space.hpp"
#include "process/values.hpp"

namespace {

using atomos::process::Atom;
using atomos::process::AtomicLong;
using atomos::process::Region;
using hazards::ended_well;
using hazards::status_of_child;
using regions::Small;

class ThreadsTest : public testing::Test {
  protected:
    Region region = Region::anonymous({.bytes = 1 << 16, .participants = 2});
};

TEST_F(ThreadsTest, hundreds_of_threads_of_one_participant_lose_no_change) {
    constexpr int all = 200;
    constexpr int each = 20;
    Atom<Small> atom{region, "a", Small::of(0)};
    Atom<std::string> text{region, "t", ""};
    AtomicLong number{region, "n", 0};
    std::latch begin{all};
    std::atomic<int> torn{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < all; ++i) {
        threads.emplace_back([&] {
            begin.arrive_and_wait();
            for (int k = 0; k < each; ++k) {
                torn +=
                    !atom.swap([](const Small& s) { return Small::of(s.number() + 1); })->whole();
                text.swap([](const std::string& t) { return t + '.'; });
                number.increment_and_get();
            }
        });
    }
    for (auto& thread : threads) thread.join();

    EXPECT_EQ(torn, 0);
    EXPECT_EQ(atom.deref()->number(), std::uint64_t{all} * each);
    EXPECT_EQ(text.deref()->size(), std::size_t{all} * each);
    EXPECT_EQ(number.get(), all * each);
    EXPECT_EQ(region.participants().size(), 1U);
    EXPECT_TRUE(regions::adds_up(region.space()));
}

TEST_F(ThreadsTest, threads_that_come_and_go_need_no_more_space) {
    Atom<std::string> text{region, "t", ""};
    const auto write = [&] {
        std::thread([&] {
            for (std::size_t i = 0; i < 20; ++i) text.reset(std::string(i * 100, 'x'));
        }).join();
    };
    for (int i = 0; i < 20; ++i) write();
    const std::size_t untouched = region.space().untouched;

    for (int i = 0; i < 200; ++i) write();

    EXPECT_EQ(region.space().untouched, untouched);
}

TEST_F(ThreadsTest, one_that_is_cancelled_in_its_mutator_has_changed_nothing_and_blocks_nobody) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer does not follow cancellation";
    Atom<int> atom{region, "a", 1};
    for (int i = 0; i < 20; ++i) {
        std::latch inside{1};
        std::thread cancelled([&] {
            atom.swap([&](int n) {
                inside.count_down();
                for (;;) pause();
                return n + 1;
            });
        });
        inside.wait();
        pthread_cancel(cancelled.native_handle());
        cancelled.join();
    }

    EXPECT_EQ(*atom.deref(), 1);
    EXPECT_EQ(*atom.reset(2), 2);
    EXPECT_EQ(atom.version(), 2U);
}

Atom<Small>* looked_at = nullptr;
std::atomic<int> looks{0};
std::atomic<int> torn_looks{0};

TEST_F(ThreadsTest, a_signal_handler_may_look_at_what_it_has_interrupted) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer delays signals";
    Atom<Small> atom{region, "a", Small::of(0)};
    looked_at = &atom;
    struct sigaction handler{};
    handler.sa_handler = [](int) {
        torn_looks += !looked_at->deref()->whole();
        ++looks;
    };
    struct sigaction before{};
    sigaction(SIGALRM, &handler, &before);
    const itimerval often{{0, 200}, {0, 200}};
    setitimer(ITIMER_REAL, &often, nullptr);

    std::uint64_t written = 0;
    while (looks < 500) atom.reset(Small::of(++written));

    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &before, nullptr);
    EXPECT_EQ(torn_looks, 0);
    EXPECT_EQ(atom.deref()->number(), written);
}

TEST_F(ThreadsTest, a_mutator_that_throws_keeps_no_block_and_no_lane) {
    Atom<Small> atom{region, "a", Small::of(1)};
    atom.reset(Small::of(2));
    const std::size_t untouched = region.space().untouched;

    for (int i = 0; i < 5000; ++i) {
        EXPECT_THROW(atom.swap([](const Small&) -> Small { throw std::domain_error("no"); }),
                     std::domain_error);
    }

    EXPECT_EQ(region.space().untouched, untouched);
    EXPECT_EQ(atom.version(), 2U);
}

/// A region, an atom and a watch that live as long as the program.
struct Static {
    Region region = Region::anonymous({.bytes = 1 << 16});
    regions::IntAtom atom{region, "a", 0};
    std::atomic<int> last{0};

    Static() {
        atom.add_watch(
            "k",
            [this](auto&, auto&, auto&, const regions::IntSnapshot& now) {
                last = *now;
                last.notify_all();
            },
            regions::everyone);
    }
    void use() {
        atom.reset(1);
        last.wait(0);
    }
};

TEST(ThreadsAtTheEnd, a_program_may_end_with_static_atoms_and_a_watcher_at_work) {
    if (hazards::thread_sanitizer) {
        GTEST_SKIP() << "ThreadSanitizer does not follow threads of a forked child";
    }
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(ended_well(status_of_child([] {
            static Static all;
            all.use();
            std::exit(0);
            return 1;
        })));
        EXPECT_TRUE(ended_well(status_of_child([] {
            auto* const never_destroyed = new Static;
            never_destroyed->use();
            std::thread([] { std::exit(0); }).join();
            return 1;
        })));
    }
}

}  // namespace
