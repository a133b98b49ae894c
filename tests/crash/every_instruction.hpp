/// \file
/// Kills a process behind every instruction of an operation, and looks at what it left.
///
/// The operation is stepped through once. Behind each instruction that has changed something in the
/// directory of regions, a copy of that directory is made: on the copy nobody holds a lock, so there
/// the process is dead. One fresh process checks each copy. The cost is linear in the number of
/// instructions. A random few are killed in earnest too, and must be judged the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "crash/directory.hpp"
#include "crash/fresh.hpp"
#include "crash/stepper.hpp"

namespace crash {

/// What is killed. Each of its functions runs in a process of its own, in which ATOMOS_REGIONS names
/// the directory.
struct Operation {
    std::string name;

    /// Makes the regions that the operation finds.
    std::function<void()> prepare;

    /// Does all that comes before the operation, and returns it.
    std::function<std::function<void()>()> perform;

    /// Checks what was left. `acknowledged`: the operation had returned.
    std::function<Wrong(bool acknowledged)> check;

    /// Runs beside who is killed and checks afterwards with what it has opened before.
    std::function<std::function<Wrong(bool acknowledged)>()> bystander = {};
};

inline void PrintTo(const Operation& operation, std::ostream* out) { *out << operation.name; }

struct Finding {
    /// How many instructions had been executed.
    std::size_t instructions;
    Wrong wrong;
};

struct Findings {
    std::string operation;
    std::size_t instructions = 0;
    /// How many of these left something else than the one before.
    std::size_t states = 0;
    std::size_t wrong_instructions = 0;
    std::vector<Finding> wrong;
};

std::ostream& operator<<(std::ostream& out, const Findings& findings);

/// An operation, its regions as they are before it, and its way.
class EveryInstruction {
  public:
    explicit EveryInstruction(Operation operation);

    /// Steps through it and checks each state that it leaves.
    Findings step_through();

    /// Kills it behind n instructions in earnest, in a fresh copy of its regions; `watched`: beside
    /// its bystander, who checks instead. After step_through().
    Wrong kill_behind(std::size_t n, bool watched = false) const;

    const Trail& trail() const noexcept { return trail_; }

  private:
    Wrong check(const Files& files, bool acknowledged) const;

    Operation operation_;
    Files before_;
    Trail trail_;
};

}  // namespace crash
