#include "crash/every_instruction.hpp"

#include <atomic>
#include <optional>
#include <stdexcept>
#include <utility>

#include "crash/gate.hpp"
#include "crash/shared.hpp"

namespace crash {
namespace {

struct Progress {
    std::atomic<bool> acknowledged{false};
};

/// What the stepped child does.
std::function<void()> stepped(const Operation& operation, const Directory& directory,
                              Progress& progress) {
    return [&operation, &directory, &progress] {
        directory.enter();
        const std::function<void()> act = operation.perform();
        stop_here();
        act();
        progress.acknowledged.store(true, std::memory_order_relaxed);
        for (;;) stop_here();
    };
}

/// A process that opens everything, waits until somebody else has been killed, and checks.
class Bystander {
  public:
    Bystander(const Operation& operation, const Directory& directory, const Progress& progress)
        : process_([&]() -> Wrong {
              directory.enter();
              const auto check = operation.bystander();
              gates_->ready.open();
              gates_->killed.pass();
              return check(progress.acknowledged.load());
          }) {
        process_.await(gates_->ready);
    }

    Wrong verdict() {
        gates_->killed.open();
        const Wrong wrong = process_.verdict();
        return wrong.empty() ? Wrong() : "a bystander: " + wrong;
    }

  private:
    struct Gates {
        Gate ready;
        Gate killed;
    };

    Shared<Gates> gates_;
    Fresh process_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Findings& findings) {
    out << findings.operation << ": " << findings.instructions << " instructions, "
        << findings.states << " states, " << findings.wrong_instructions << " instructions wrong";
    std::size_t shown = 0;
    for (const auto& [instructions, wrong] : findings.wrong) {
        if (++shown > 8) return out << "\n  ...";
        out << "\n  behind " << instructions << ": " << wrong;
    }
    return out;
}

EveryInstruction::EveryInstruction(Operation operation) : operation_(std::move(operation)) {
    const Directory directory;
    const Wrong wrong = in_a_fresh_process([&]() -> Wrong {
        directory.enter();
        operation_.prepare();
        return {};
    });
    if (!wrong.empty()) throw std::runtime_error("prepare: " + wrong);
    before_ = Footprint(directory.path()).files();
}

Findings EveryInstruction::step_through() {
    const OneCore one_core;
    const Shared<Progress> progress;
    const Directory directory;
    directory.hold(before_);
    Stepper child(stepped(operation_, directory, *progress));
    Footprint footprint(directory.path());

    Findings findings;
    findings.operation = operation_.name;
    Wrong wrong;
    bool acknowledged = false;
    bool changed = true;
    for (;; ++findings.instructions) {
        if (changed || acknowledged) {
            ++findings.states;
            wrong = check(footprint.files(), acknowledged);
            if (!wrong.empty()) findings.wrong.push_back({findings.instructions, wrong});
        }
        if (!wrong.empty()) ++findings.wrong_instructions;
        if (acknowledged) break;
        trail_.add(child.at());
        const bool system_call = child.is_at_system_call();
        child.step();
        changed = system_call ? footprint.look() : footprint.look_at_bytes();
        acknowledged = progress->acknowledged.load();
    }
    return findings;
}

Wrong EveryInstruction::kill_behind(std::size_t n, bool watched) const {
    const OneCore one_core;
    const Shared<Progress> progress;
    const Directory directory;
    directory.hold(before_);
    std::optional<Bystander> bystander;
    if (watched) bystander.emplace(operation_, directory, *progress);
    Stepper child(stepped(operation_, directory, *progress));

    trail_.lead(child, n);
    child.kill();

    if (bystander) return bystander->verdict();
    return in_a_fresh_process([&] {
        directory.enter();
        return operation_.check(progress->acknowledged.load());
    });
}

Wrong EveryInstruction::check(const Files& files, bool acknowledged) const {
    const Directory copy;
    copy.hold(files);
    return in_a_fresh_process([&] {
        copy.enter();
        return operation_.check(acknowledged);
    });
}

}  // namespace crash
