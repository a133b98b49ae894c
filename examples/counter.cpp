// A number that several threads change: no lock, no lost update, and a quota that is never
// exceeded.

#include <cstdint>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

#include <atomos/atomos.hpp>

#include "expect.hpp"

int main() {
    constexpr int threads = 4;
    constexpr int requests = 200'000;

    atomos::AtomicLong served{0};
    atomos::AtomicLong slowest{0};
    atomos::AtomicLong tickets{1'000};
    atomos::AtomicLong sold{0};
    std::latch start(threads);
    {
        std::vector<std::jthread> workers;
        for (int worker = 0; worker < threads; ++worker) {
            workers.emplace_back([&, worker] {
                start.arrive_and_wait();
                for (int request = 0; request < requests; ++request) {
                    served.increment_and_get();
                    slowest.max_and_get(request * threads + worker);
                    const std::optional<std::int64_t> left = tickets.try_add(-1, 0, 1'000);
                    sold.add_and_get(left ? 1 : 0);
                }
            });
        }
    }

    expect(served.get() == threads * requests, "every request is counted");
    expect(slowest.get() == threads * requests - 1, "the maximum is the greatest of all");
    expect(sold.get() == 1'000 && tickets.get() == 0, "1,000 tickets are sold 1,000 times");

    const std::int64_t before = served.get_and_update([](std::int64_t n) { return n / 2; });
    expect(served.get() == before / 2, "any function may be the update");
}
