/// \file
/// Threads for tests: some that are attached and idle, some that are busy until told to stop.
#pragma once

#include <atomic>
#include <atomos/atomos.hpp>
#include <latch>
#include <thread>
#include <utility>
#include <vector>

namespace hazards {

/// Threads that have used an atom, and then do nothing while this lives.
class IdleThreads {
  public:
    explicit IdleThreads(int n) : attached_(n) {
        for (int i = 0; i < n; ++i) {
            threads_.emplace_back([this] {
                const atomos::AtomicReference<int> own{1};
                static_cast<void>(own.get());
                attached_.count_down();
                leave_.wait();
            });
        }
        attached_.wait();
    }
    ~IdleThreads() {
        leave_.count_down();
        for (auto& thread : threads_) thread.join();
    }
    IdleThreads(const IdleThreads&) = delete;
    IdleThreads& operator=(const IdleThreads&) = delete;

  private:
    std::latch attached_;
    std::latch leave_{1};
    std::vector<std::thread> threads_;
};

/// Threads that call `step(index)` over and over while this lives; each has done so once when it is made.
class BusyThreads {
  public:
    template <class Step>
    BusyThreads(int n, Step step) : started_(n) {
        for (int i = 0; i < n; ++i) {
            threads_.emplace_back([this, i, step] {
                step(i);
                started_.count_down();
                while (!stop_.load()) step(i);
            });
        }
        started_.wait();
    }
    ~BusyThreads() { stop(); }
    BusyThreads(const BusyThreads&) = delete;
    BusyThreads& operator=(const BusyThreads&) = delete;

    void stop() {
        stop_.store(true);
        for (auto& thread : threads_) thread.join();
        threads_.clear();
    }

  private:
    std::latch started_;
    std::atomic<bool> stop_{false};
    std::vector<std::thread> threads_;
};

/// Returns when this thread has retired nothing for so long that a writer looks at once.
inline void grow_quiet() {
    const auto start = atomos::detail::ticks();
    while (atomos::detail::ticks() - start <= 2 * atomos::detail::Tuning::quiet_ticks) {
        std::this_thread::yield();
    }
}

}  // namespace hazards
