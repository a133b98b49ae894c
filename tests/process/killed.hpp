/// \file
/// A child that is killed when it has done something.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "crash/gate.hpp"
#include "crash/shared.hpp"

namespace regions {

/// Runs f in a child, and kills the child.
template <class F>
void kill_after(F f) {
    crash::Shared<crash::Gate> done;
    const pid_t child = fork();
    if (child == 0) {
        alarm(120);
        f();
        done->open();
        for (;;) pause();
    }
    while (!done->pass_soon()) {
        int status = 0;
        if (waitpid(child, &status, WNOHANG) == 0) continue;
        ADD_FAILURE() << "the child ended by itself, with status " << status;
        return;
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
}

}  // namespace regions
