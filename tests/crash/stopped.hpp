/// \file
/// A process that is stopped behind each instruction of an operation in turn, while others work, and
/// then goes on. What all of them saw must be a linearizable history.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crash/fresh.hpp"
#include "crash/gate.hpp"
#include "crash/shared.hpp"
#include "crash/stepper.hpp"
#include "crash/versions.hpp"
#include "support/linearizability.hpp"

namespace crash {

/// What others do. Whoever acts before or after is a process of its own, killed when it has done so.
struct Plan {
    std::vector<Step> before = {};
    std::vector<Step> meanwhile = {};
    std::vector<Step> after = {};
};

/// `Access` is how a process sees a variable: as SeenAtom does. Each process opens its own.
template <class Access>
class Stopped {
    using Spec = typename Access::Spec;
    using History = atomos::testing::History<Spec>;

    static constexpr std::size_t most = 32;

    struct Script {
        Step planned;
        std::uint64_t seen = 0;
        Outcome outcome;
        std::atomic<bool> done{false};

        std::array<Step, most> steps;
        std::array<Outcome, most> outcomes;
        std::size_t length = 0;
        Gate begin;
        Gate end;
    };

  public:
    using Open = std::function<std::unique_ptr<Access>()>;

    Stopped(const Open& open, const Step& step)
        : open_(open),
          others_([this]() -> Wrong { return work(); }),
          child_([this, step] { be_stopped(step); }) {
        child_.resume();
        script_->done.store(false);
        while (!script_->done.load()) {
            trail_.add(child_.at());
            child_.step();
        }
        child_.resume();
    }

    std::size_t instructions() const noexcept { return trail_.size(); }

    /// Stops behind n instructions while others do what is planned.
    Wrong stop_behind(std::size_t n, const Plan& plan) {
        History history;
        note_a_comer(history, 0, plan.before);
        note(history, 0, {Step{}});
        const auto initial = history.back().result->before;
        history.clear();

        script_->done.store(false);
        const Step planned = script_->planned;
        trail_.lead(child_, n);
        const bool done = script_->done.load();
        note(history, 10, plan.meanwhile);
        note_a_comer(history, 500, plan.after);
        if (!(done && child_.has_stopped_itself()) && !child_.resume()) return "it ends";
        history.push_back({.thread = 0,
                           .operation = planned,
                           .result = script_->outcome,
                           .invoked = 2,
                           .responded = done ? 3U : 900U});
        note(history, 1000, {Step{}});

        if (atomos::testing::is_linearizable<Spec>(history, initial)) return {};
        return "from " + std::to_string(initial.value) + '@' + std::to_string(initial.version) +
               ':' + told(history);
    }

  private:
    void be_stopped(Step step) {
        const auto access = open_();
        for (;;) {
            step.seen = access->see();
            script_->planned = step;
            stop_here();
            script_->outcome = access->perform(step);
            script_->done.store(true);
        }
    }

    Wrong work() {
        const auto access = open_();
        for (;;) {
            script_->begin.pass();
            perform_all(*access);
            script_->end.open();
        }
    }

    void perform_all(Access& access) {
        for (std::size_t i = 0; i < script_->length; ++i) {
            Step& step = script_->steps[i];
            if (step.verb == Verb::compare_and_set) step.seen = access.see();
            script_->outcomes[i] = access.perform(step);
        }
    }

    void write(const std::vector<Step>& steps) {
        script_->length = steps.size();
        std::copy(steps.begin(), steps.end(), script_->steps.begin());
    }

    void read(History& history, std::uint64_t time, int process) const {
        for (std::size_t i = 0; i < script_->length; ++i, time += 2) {
            history.push_back({.thread = process,
                               .operation = script_->steps[i],
                               .result = script_->outcomes[i],
                               .invoked = time,
                               .responded = time + 1});
        }
    }

    void note(History& history, std::uint64_t time, const std::vector<Step>& steps) {
        write(steps);
        script_->begin.open();
        others_.await(script_->end);
        read(history, time, 1);
    }

    void note_a_comer(History& history, std::uint64_t time, const std::vector<Step>& steps) {
        if (steps.empty()) return;
        write(steps);
        in_a_process_that_is_killed([&] { perform_all(*open_()); });
        read(history, time, 2);
    }

    Open open_;
    Shared<Script> script_;
    Trail trail_;
    Fresh others_;
    Stepper child_;
};

}  // namespace crash
