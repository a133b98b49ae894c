/// \file
/// membarrier is refused by ENOSYS, or only after the process has come to rely on it: then values wait, and
/// nothing breaks.
#include <gtest/gtest.h>

#include <atomic>
#include <atomos/atomos.hpp>
#include <cerrno>
#include <thread>

#include "hazards/child.hpp"
#include "hazards/live.hpp"
#include "hazards/refuse_membarrier.hpp"
#include "hazards/sanitizers.hpp"
#include "hazards/threads.hpp"

namespace {

using atomos::Atom;
using hazards::ended_well;
using hazards::Live;
using hazards::next;
using hazards::status_of_child;

constexpr int no_filters = 77;

TEST(WithoutMembarrier, that_the_kernel_does_not_know_the_fallback_is_taken) {
    const int status = status_of_child([] {
        if (!hazards::refuse_membarrier(ENOSYS)) return no_filters;
        Atom<Live> atom{Live{0}};
        {
            const hazards::BusyThreads reading(1, [&](int) {
                if (!atom.deref()->whole()) std::_Exit(1);
            });
            for (int i = 0; i < 1000; ++i) atom.swap(next);
        }
        if (!atomos::detail::domain().ordered) return 2;
        if (atomos::collect() != 0) return 3;
        return Live::alive() == 1 ? 0 : 4;
    });

    if (WIFEXITED(status) && WEXITSTATUS(status) == no_filters) GTEST_SKIP() << "no seccomp filter";
    EXPECT_TRUE(ended_well(status));
}

TEST(MembarrierTakenAwayLater, values_wait_until_every_thread_has_looked_again) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "membarrier is not used under ThreadSanitizer";
    const int status = status_of_child([] {
        Atom<Live> atom{Live{0}};
        std::atomic<int> orders{0};
        std::atomic<long> looks{0};
        std::thread other([&] {
            atom.read([](const Live&) {});
            orders.store(1);
            orders.notify_all();
            orders.wait(1);
            while (orders.load() == 2) {
                if (!atom.read([](const Live& v) { return v.whole(); })) std::_Exit(1);
                ++looks;
            }
        });
        orders.wait(0);
        if (atomos::detail::domain().ordered) return 2;
        if (!hazards::refuse_membarrier(EPERM)) std::_Exit(no_filters);

        for (int i = 0; i < 500; ++i) atom.swap(next);
        const long waiting = Live::alive();
        if (waiting < 500) return 3;  // freed without an order

        orders.store(2);
        orders.notify_all();
        while (atomos::collect() != 0) {
        }
        orders.store(3);
        other.join();
        return Live::alive() == 1 ? 0 : 4;
    });

    if (WIFEXITED(status) && WEXITSTATUS(status) == no_filters) GTEST_SKIP() << "no seccomp filter";
    EXPECT_TRUE(ended_well(status));
}

}  // namespace
