/// \file
/// Stalls: threads that are stopped for a while, between any two instructions.
#pragma once

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "hazards/sanitizers.hpp"

namespace stress {

/// While it lives, the thread that made it is stopped again and again, wherever it is. An adversary that a
/// machine with few cores and long time slices is not by itself.
class Stalls {
  public:
    explicit Stalls(std::uint64_t seed) : random_(seed * 2 + 1) {
        if (hazards::thread_sanitizer) return;  // it delivers signals between library calls only
        struct sigaction action{};
        action.sa_handler = [](int) {
            const int before = errno;
            const timespec nap{0, 100'000};
            nanosleep(&nap, nullptr);
            if (here != nullptr) here->wind_up();
            errno = before;
        };
        action.sa_flags = SA_RESTART;
        sigemptyset(&action.sa_mask);
        sigaction(SIGUSR2, &action, nullptr);
        sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = SIGUSR2;
        event._sigev_un._tid = gettid();
        if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) return;
        here = this;
        wind_up();
    }
    ~Stalls() {
        if (here == nullptr) return;
        here = nullptr;
        timer_delete(timer_);
    }
    Stalls(const Stalls&) = delete;
    Stalls& operator=(const Stalls&) = delete;

  private:
    /// Lets the timer go off once: a thread that is stopped too often would get nowhere.
    void wind_up() {
        random_ = random_ * 6364136223846793005U + 1442695040888963407U;
        const itimerspec once{{0, 0}, {0, 200'000 + static_cast<long>((random_ >> 40U) % 500'000)}};
        timer_settime(timer_, 0, &once, nullptr);
    }

    static inline thread_local Stalls* volatile here = nullptr;

    std::uint64_t random_;
    timer_t timer_{};
};

}  // namespace stress
