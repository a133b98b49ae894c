/// \file
/// Threads that begin at the same moment.
#pragma once

#include <exception>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace atomos::testing {

/// Runs f(0), f(1) ... f(n - 1), each on a thread of its own, all from the same moment on. Returns
/// when all have ended, and throws what the first of them threw.
template <class F>
void together(int n, F f) {
    std::latch start(n);
    std::mutex mutex;
    std::exception_ptr thrown;
    std::vector<std::thread> threads;
    for (int i = 0; i < n; ++i) {
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            try {
                f(i);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!thrown) thrown = std::current_exception();
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    if (thrown) std::rethrow_exception(thrown);
}

/// Runs f on another thread, and returns when it has ended: a rival that comes at exactly this
/// moment.
template <class F>
void on_another_thread(F f) {
    together(1, [&](int) { f(); });
}

}  // namespace atomos::testing
