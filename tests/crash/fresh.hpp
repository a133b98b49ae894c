/// \file
/// Functions that run in processes of their own, and what becomes of these.
#pragma once

#include <sys/types.h>

#include <array>
#include <functional>
#include <string>

#include "crash/gate.hpp"
#include "crash/shared.hpp"

namespace crash {

/// What a check found wrong; empty: nothing.
using Wrong = std::string;

/// A forked child that runs a function. It does not outlive its parent.
class Fresh {
  public:
    explicit Fresh(const std::function<Wrong()>& f);
    ~Fresh();
    Fresh(const Fresh&) = delete;
    Fresh& operator=(const Fresh&) = delete;

    pid_t pid() const noexcept { return child_; }

    /// Waits for its end and returns what it found. That it throws, is ended by a signal, or hangs is
    /// wrong too: an alarm clock that stands far beyond what it needs ends it.
    Wrong verdict();

    /// Ends it by SIGKILL. One that had ended before gives its verdict.
    Wrong kill();

    /// Waits until it opens the gate. Throws its verdict if it ends without.
    void await(Gate& gate);

  private:
    int ended();
    Wrong verdict_of(int status) const;

    Shared<std::array<char, 1024>> words_;
    pid_t child_ = -1;
};

inline Wrong in_a_fresh_process(const std::function<Wrong()>& f) { return Fresh(f).verdict(); }

/// Runs f in a child that then kills itself, so that nothing is tidied up. Throws if f did.
void in_a_process_that_is_killed(const std::function<void()>& f);

}  // namespace crash
