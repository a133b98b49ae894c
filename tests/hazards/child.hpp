/// \file
/// A forked child that runs a function, and what became of it.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace hazards {

/// Runs f in a forked child. f returns the child's exit status; 0 says that all was well. A child that
/// hangs is killed by its alarm clock, which stands far beyond what it needs.
template <class F>
int status_of_child(F f) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(120);
        std::_Exit(f());
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

/// Whether a child came to its end and found all well.
inline testing::AssertionResult ended_well(int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return testing::AssertionSuccess();
    if (WIFEXITED(status)) {
        return testing::AssertionFailure() << "the child's exit status is " << WEXITSTATUS(status);
    }
    return testing::AssertionFailure() << "the child was ended by signal " << WTERMSIG(status);
}

}  // namespace hazards
