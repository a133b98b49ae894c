/// \file
/// Signal handlers that use atoms, and interrupt anything that atoms do.
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <atomos/atomos.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "hazards/live.hpp"
#include "hazards/sanitizers.hpp"
#include "hazards/signal_safe_new.hpp"

namespace {

using atomos::Atom;
using hazards::Live;
using hazards::next;
using Snapshot = Atom<Live>::Snapshot;

/// What the handler does; set before a storm, and never changed during one.
std::function<void()>* handler = nullptr;
std::atomic<long> handled{0};

void on_signal(int) {
    const int before = errno;
    (*handler)();
    handled.fetch_add(1);
    errno = before;
}

/// While it lives, the thread that made it is interrupted by `f` again and again.
class Storm {
  public:
    explicit Storm(std::function<void()> f) : f_(std::move(f)) {
        handler = &f_;
        handled.store(0);
        struct sigaction action{};
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        sigaction(SIGUSR1, &action, nullptr);
        sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = SIGUSR1;
        event._sigev_un._tid = gettid();
        timer_create(CLOCK_MONOTONIC, &event, &timer_);
        const itimerspec often{{0, 20'000}, {0, 20'000}};
        timer_settime(timer_, 0, &often, nullptr);
    }
    ~Storm() {
        timer_delete(timer_);
        struct sigaction action{};
        action.sa_handler = SIG_IGN;
        sigaction(SIGUSR1, &action, nullptr);
    }
    Storm(const Storm&) = delete;
    Storm& operator=(const Storm&) = delete;

    /// Whether the handler has to run more often to have met every place.
    bool goes_on() const { return handled.load() < 5000; }

  private:
    std::function<void()> f_;
    timer_t timer_{};
};

class SignalHandler : public testing::Test {
  protected:
    void SetUp() override {
        if (hazards::thread_sanitizer) {
            GTEST_SKIP() << "ThreadSanitizer delivers signals between calls of the C library only";
        }
    }
    void TearDown() override {
        atomos::collect();
        EXPECT_EQ(Live::alive(), 0);
    }
};

TEST_F(SignalHandler, may_look_while_looks_are_interrupted) {
    Atom<Live> atom{Live{1}};
    Atom<Live> other{Live{2}};
    long wrong = 0;

    {
        const Storm storm([&] {
            wrong += !atom.deref()->whole();
            wrong += atom.read([](const Live& value) { return value.number(); }) != 1;
            wrong += other.deref()->number() != 2;
        });
        while (storm.goes_on()) {
            const Snapshot kept = atom.deref();
            wrong += other.read([](const Live& value) { return value.number(); }) != 2;
            wrong += !kept->whole() || kept->number() != 1;
        }
    }

    EXPECT_EQ(wrong, 0);
}

TEST_F(SignalHandler, may_look_while_changes_are_interrupted) {
    Atom<Live> atom{Live{0}};
    long wrong = 0;
    long last = 0;
    long changes = 0;

    {
        const Storm storm([&] {
            const Snapshot now = atom.deref();
            wrong += !now->whole() || now->number() < last;
            last = now->number();
        });
        while (storm.goes_on()) wrong += atom.swap(next)->number() != ++changes;
    }

    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(SignalHandler, may_change_the_atom_whose_change_is_interrupted_and_nothing_is_lost) {
    Atom<Live> values{Live{0}};
    Atom<std::int64_t> numbers{0};
    atomos::AtomicReference<std::int64_t> reference{0};
    long changes = 0;
    const auto change = [&] {
        values.swap(next);
        numbers.swap([](std::int64_t n) { return n + 1; });
        reference.update_and_get([](std::int64_t n) { return n + 1; });
    };

    {
        const Storm storm(change);
        for (; storm.goes_on(); ++changes) change();
    }
    const long all = changes + handled.load();

    EXPECT_EQ(values.deref()->number(), all);
    EXPECT_EQ(*numbers.deref(), all);
    EXPECT_EQ(*reference.get(), all);
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(SignalHandler, that_changes_beside_other_threads_loses_nothing) {
    Atom<Live> atom{Live{0}};
    long changes = 0;
    std::atomic<long> by_others{0};
    std::atomic<bool> stop{false};
    std::thread other([&] {
        sigset_t signals;
        sigfillset(&signals);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        while (!stop.load()) {
            atom.swap(next);
            ++by_others;
        }
    });

    {
        const Storm storm([&] { atom.swap(next); });
        for (; storm.goes_on(); ++changes) {
            const Snapshot kept = atom.deref();
            atom.swap(next);
            ASSERT_TRUE(kept->whole());
        }
    }
    stop.store(true);
    other.join();

    EXPECT_EQ(atom.deref()->number(), changes + handled.load() + by_others.load());
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(SignalHandler, may_end_values_while_the_end_of_values_is_interrupted) {
    Atom<Live> other{Live{0}};
    const long before = hazards::allocations();
    {
        Atom<std::vector<Snapshot>> lists{{}};
        const Storm storm([&] {
            Snapshot copy = atomos::Snapshot<Live>::of(Live{7});
            copy = {};
            other.swap(next);
        });
        while (storm.goes_on()) {
            std::vector<Snapshot> many;
            for (int i = 0; i < 20; ++i) many.push_back(atomos::Snapshot<Live>::of(Live{i}));
            lists.reset(std::move(many));
        }
        lists.reset({});
    }
    atomos::collect();

    EXPECT_EQ(Live::alive(), 1);
    EXPECT_LE(hazards::allocations() - before, 64);  // nodes in stock
}

TEST_F(SignalHandler, may_interrupt_the_first_look_of_a_thread) {
    Atom<Live> atom{Live{0}};
    long by_threads = 0;
    long by_handlers = 0;

    for (int i = 0; i < 500; ++i) {
        std::thread([&] {
            const Storm storm([&] {
                atom.swap(next);
                ASSERT_TRUE(atom.deref()->whole());
            });
            while (handled.load() == 0) {
            }
            // Attached only now if the first signal has not come before.
            atom.swap(next);
            ++by_threads;
            while (handled.load() < 3) ASSERT_TRUE(atom.deref()->whole());
        }).join();
        by_handlers += handled.load();
    }

    EXPECT_EQ(atom.deref()->number(), by_threads + by_handlers);
}

TEST_F(SignalHandler, on_an_alarm_clock_may_interrupt_threads_that_come_and_go) {
    Atom<Live> atom{Live{0}};
    std::atomic<long> by_threads{0};
    std::function<void()> change = [&] { atom.swap(next); };
    handler = &change;
    handled.store(0);
    struct sigaction action{};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, nullptr);
    const itimerval often{{0, 50}, {0, 50}};
    setitimer(ITIMER_REAL, &often, nullptr);

    while (handled.load() < 500) {
        std::thread([&] {
            for (int i = 0; i < 20; ++i) {
                atom.swap(next);
                ++by_threads;
            }
        }).join();
    }
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    signal(SIGALRM, SIG_IGN);

    EXPECT_EQ(atom.deref()->number(), by_threads.load() + handled.load());
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Live::alive(), 1);
}

TEST_F(SignalHandler, does_not_end_a_wait_that_it_interrupts) {
    Atom<Live> atom{Live{0}};
    const Snapshot seen = atom.deref();

    {
        const Storm storm([] {});
        const auto timed_out = atom.wait_for(seen, std::chrono::milliseconds(50));
        EXPECT_FALSE(timed_out.has_value());
        std::thread changing([&] {
            while (handled.load() < 2500) std::this_thread::yield();
            atom.swap(next);
        });
        EXPECT_EQ(atom.wait(seen)->number(), 1);
        changing.join();
    }
}

}  // namespace
