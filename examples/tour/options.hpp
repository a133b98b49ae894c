#pragma once

#include <optional>

#include "clients.hpp"

namespace tour {

struct Options {
    Crowd crowd;
    int server_threads = 4;
    int rounds = 7;
    int operations = 60'000;  // of a thread, in one measurement of the state without a server
    bool plain = false;
};

/// The options of the command line; where it asks for help or is wrong, says so and returns the
/// exit status.
struct Parsed {
    Options options;
    std::optional<int> exit_status;
};
Parsed parse(int argc, char** argv);

}  // namespace tour
