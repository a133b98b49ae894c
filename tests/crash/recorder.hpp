/// \file
/// Records what several processes do to one variable, and kills one of them in the middle.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <thread>

#include "crash/fresh.hpp"
#include "crash/gate.hpp"
#include "crash/shared.hpp"
#include "crash/versions.hpp"
#include "support/linearizability.hpp"
#include "support/seed.hpp"

namespace crash {

/// `Access` is how a process sees the variable: as SeenAtom does.
template <class Access>
class Recorder {
  public:
    using Spec = typename Access::Spec;
    using History = atomos::testing::History<Spec>;
    using Open = std::function<std::unique_ptr<Access>()>;

    static constexpr std::size_t processes = 3;
    static constexpr std::size_t each = 5;

    explicit Recorder(Open open) : open_(std::move(open)) {
        for (std::size_t i = 0; i < all; ++i) start(i);
        last_ = look();
    }

    struct Round {
        Version initial;
        /// What a killed process had begun has no result.
        History history;
        Wrong wrong;
    };

    /// Runs a round and kills one process at a random moment of it.
    Round run(std::mt19937_64& random) {
        for (std::size_t i = 0; i < processes; ++i) plan(lanes()[i], random);
        const std::size_t victim = atomos::testing::below(random, processes);
        board_->arrived.store(0);
        const std::uint64_t moment =
            board_->clock.load() + 1 + atomos::testing::below(random, processes * each * 2);
        for (std::size_t i = 0; i < processes; ++i) lanes()[i].begin.open();

        while (board_->clock.load() < moment && board_->ended.load() < processes) {
            std::this_thread::yield();
        }
        Round round{.initial = last_, .history = {}, .wrong = workers_[victim]->kill()};
        for (std::size_t i = 0; i < processes; ++i) {
            if (i != victim) workers_[i]->await(lanes()[i].end);
        }
        board_->ended.store(0);
        for (std::size_t i = 0; i < processes; ++i) collect(round.history, i);
        last_ = look();
        collect(round.history, observer);
        new (&lanes()[victim]) Lane{};
        start(victim);
        return round;
    }

  private:
    static constexpr std::size_t observer = processes;
    static constexpr std::size_t all = processes + 1;

    struct Entry {
        Step step;
        Outcome outcome;
        std::atomic<std::uint64_t> invoked{0};
        std::atomic<std::uint64_t> responded{0};
    };
    struct Lane {
        Gate begin;
        Gate end;
        std::size_t length = 0;
        std::array<Entry, each> entries;
    };
    struct Board {
        std::array<Lane, all> lanes;
        std::atomic<std::uint64_t> clock{1};
        std::atomic<std::size_t> arrived{0};
        std::atomic<std::size_t> ended{0};
    };

    std::array<Lane, all>& lanes() const { return board_->lanes; }

    void start(std::size_t worker) {
        workers_[worker] = std::make_unique<Fresh>([this, worker] { return work(worker); });
    }

    Wrong work(std::size_t worker) {
        const auto access = open_();
        Lane& lane = lanes()[worker];
        for (;;) {
            lane.begin.pass();
            if (worker != observer) {
                board_->arrived.fetch_add(1);
                while (board_->arrived.load() < processes) std::this_thread::yield();
            }
            for (std::size_t i = 0; i < lane.length; ++i) {
                Entry& entry = lane.entries[i];
                if (entry.step.verb == Verb::compare_and_set) entry.step.seen = access->see();
                entry.invoked.store(board_->clock.fetch_add(1));
                entry.outcome = access->perform(entry.step);
                entry.responded.store(board_->clock.fetch_add(1));
            }
            if (worker != observer) board_->ended.fetch_add(1);
            lane.end.open();
        }
    }

    static void plan(Lane& lane, std::mt19937_64& random) {
        lane.length = each;
        for (Entry& entry : lane.entries) {
            entry.step = {.verb = static_cast<Verb>(atomos::testing::below(random, 5)),
                          .value = atomos::testing::below(random, 3)};
            entry.invoked.store(0);
            entry.responded.store(0);
        }
    }

    Version look() {
        Lane& lane = lanes()[observer];
        lane.length = 1;
        lane.entries[0].step = {};
        lane.begin.open();
        workers_[observer]->await(lane.end);
        return lane.entries[0].outcome.before;
    }

    void collect(History& history, std::size_t worker) const {
        const Lane& lane = lanes()[worker];
        for (std::size_t i = 0; i < lane.length; ++i) {
            const Entry& entry = lane.entries[i];
            if (entry.invoked.load() == 0) return;
            history.push_back({.thread = static_cast<int>(worker),
                               .operation = entry.step,
                               .result = {},
                               .invoked = entry.invoked.load(),
                               .responded = entry.responded.load()});
            if (entry.responded.load() != 0) history.back().result = entry.outcome;
        }
    }

    Open open_;
    Shared<Board> board_;
    Version last_;
    std::array<std::unique_ptr<Fresh>, all> workers_;
};

}  // namespace crash
