/// \file
/// Everything at once, for as long as ATOMOS_STRESS_SECONDS says (2 if it does not): readers, kept
/// snapshots that cross threads, writers, threads that come and go, threads that sleep, stalls anywhere.
#include <gtest/gtest.h>

#include <atomic>
#include <atomos/atomos.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "stress/canary.hpp"
#include "stress/stalls.hpp"
#include "support/seed.hpp"

namespace {

using atomos::testing::below;
using atomos::testing::random_stream;
using Random = std::mt19937_64;

double stress_seconds() {
    const char* const given = std::getenv("ATOMOS_STRESS_SECONDS");
    return given != nullptr ? std::strtod(given, nullptr) : 2.0;
}

/// A place where threads leave things for others: a few, for what waits here holds values.
template <class T>
class Exchange {
  public:
    void put(T thing) {
        const std::lock_guard lock(mutex_);
        if (things_.size() < 64) things_.push_back(std::move(thing));
    }
    std::optional<T> take() {
        const std::lock_guard lock(mutex_);
        if (things_.empty()) return std::nullopt;
        std::optional<T> first(std::move(things_.front()));
        things_.pop_front();
        return first;
    }

  private:
    std::mutex mutex_;
    std::deque<T> things_;
};

/// Threads that take turns at their parts until the time is over or something was found broken.
class Stress {
  public:
    /// Adds a thread that calls part(random) again and again.
    template <class Part>
    void thread(Part part) {
        const std::uint64_t stream = parts_.size();
        parts_.emplace_back([this, part, stream] {
            const stress::Stalls stalls(stream);
            Random random = random_stream(stream);
            while (!over()) part(random);
        });
    }

    void insist(bool holds) {
        if (!holds) broken_.fetch_add(1);
    }

    /// How many things were broken.
    long run() {
        end_ = std::chrono::steady_clock::now() + std::chrono::duration<double>(stress_seconds());
        std::vector<std::thread> threads;
        threads.reserve(parts_.size());
        for (auto& part : parts_) threads.emplace_back(part);
        for (auto& thread : threads) thread.join();
        return broken_.load();
    }

  private:
    bool over() const { return broken_.load() != 0 || std::chrono::steady_clock::now() >= end_; }

    std::vector<std::function<void()>> parts_;
    std::chrono::time_point<std::chrono::steady_clock, std::chrono::duration<double>> end_{};
    std::atomic<long> broken_{0};
};

/// Small values go through the threads' stocks, big ones through the allocator.
template <class Value>
class Values : public testing::Test {};
using Small = stress::Canary<2>;
using Big = stress::Canary<60>;
struct Names {
    template <class T>
    static std::string GetName(int i) {
        return i == 0 ? "Small" : "Big";
    }
};
using Sizes = testing::Types<Small, Big>;
TYPED_TEST_SUITE(Values, Sizes, Names);

template <class Value>
Value next(const Value& value) {
    return Value(value.number() + 1);
}

TYPED_TEST(Values, that_are_read_or_kept_stay_whole_and_end_once) {
    using Value = TypeParam;
    using Atom = atomos::Atom<Value>;
    {
        Stress stress;
        Atom atom{Value(1)};
        Atom other{Value(1)};
        Exchange<typename Atom::Snapshot> exchange;
        const auto look = [&](const Atom& at, Random& random) {
            const auto turns = static_cast<int>(below(random, 20));
            stress.insist(at.read([&](const Value& value) { return value.stays_whole(turns); }));
        };

        for (int i = 0; i < 2; ++i) {
            stress.thread([&](Random& random) {
                for (int k = 0; k < 100; ++k) look(atom, random);
                atom.read([&](const Value& outer) {
                    look(other, random);
                    stress.insist(outer.stays_whole(1));
                });
            });
        }
        stress.thread([&](Random& random) {  // keeps some, and leaves them for others to drop
            std::vector<typename Atom::Snapshot> kept;
            const auto n = below(random, 20);
            for (std::uint64_t k = 0; k < n; ++k) {
                kept.push_back(below(random, 2) == 0 ? atom.deref() : other.deref());
            }
            look(atom, random);
            for (auto& snapshot : kept) {
                stress.insist(snapshot->stays_whole(1));
                if (below(random, 3) == 0) exchange.put(std::move(snapshot));
            }
        });
        stress.thread([&](Random& random) {  // drops what others left
            while (const auto left = exchange.take()) {
                const auto copy = *left;
                stress.insist(copy->stays_whole(static_cast<int>(below(random, 3))));
            }
            look(other, random);
        });
        for (int i = 0; i < 2; ++i) {
            stress.thread([&](Random& random) {
                for (int k = 0; k < 50; ++k)
                    (below(random, 4) == 0 ? other : atom).swap(next<Value>);
                if (below(random, 50) == 0) atomos::collect();
            });
        }
        stress.thread([&](Random& random) {  // comes and goes
            std::thread([&, seed = random()] {
                Random own(seed);
                for (auto n = below(own, 20); n > 0; --n) {
                    look(atom, own);
                    const auto kept = other.swap(next<Value>);
                    stress.insist(kept->stays_whole(1));
                    exchange.put(kept);
                }
            }).join();
        });
        stress.thread([&](Random& random) {  // sleeps, and wakes by a look or a burst of looks
            std::this_thread::sleep_for(std::chrono::microseconds(below(random, 3000)));
            for (auto n = below(random, 100); n > 0; --n) look(atom, random);
        });

        EXPECT_EQ(stress.run(), 0);
    }

    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Value::alive(), 0);
}

TYPED_TEST(Values, of_one_cell_are_each_replaced_exactly_once) {
    using Value = TypeParam;
    {
        Stress stress;
        atomos::AtomicReference<Value> reference{Value(0)};
        std::atomic<std::uint64_t> changes{0};
        for (int i = 0; i < 3; ++i) {
            stress.thread([&](Random& random) {
                const auto seen = reference.get();
                std::uint64_t won = 1;
                switch (below(random, 3)) {
                    case 0:
                        reference.update_and_get(next<Value>);
                        break;
                    case 1:
                        won = reference.compare_and_set(seen, next(*seen)) ? 1 : 0;
                        break;
                    default: {
                        const auto old = reference.get_and_update(next<Value>);
                        stress.insist(old->stays_whole(1) && old->number() + 1 == old.version());
                    }
                }
                changes.fetch_add(won);
            });
        }
        stress.thread([&](Random&) {
            const auto now = reference.get();
            stress.insist(now->number() + 1 == now.version() && now->stays_whole(2));
        });

        EXPECT_EQ(stress.run(), 0);
        EXPECT_EQ(reference.get()->number(), changes.load());
    }

    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_EQ(Value::alive(), 0);
}

}  // namespace
