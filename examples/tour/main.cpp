// A chat server whose whole state is one value in one atomos::Atom, visited by several hundred
// clients.
//
// To read it: state.hpp has the value and what can happen to it, worker.hpp and server.hpp the
// server around it, chat.cpp the watches and the checks, cost.cpp the comparison with a mutex.

#include <csignal>
#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "chat.hpp"
#include "cost.hpp"
#include "interrupt.hpp"
#include "options.hpp"
#include "report.hpp"
#include "sockets.hpp"

namespace {

constexpr int ok = 0;
constexpr int counts_differ = 1;
constexpr int could_not_run = 2;
constexpr int ended_by_interrupt = 130;

/// Both ends of every connection lie in this process.
bool enough_descriptors(int connections) {
    const std::size_t wanted = 2 * static_cast<std::size_t>(connections) + 64;
    const std::size_t allowed = tour::raise_descriptor_limit();
    if (wanted > allowed) {
        fmt::print(
            stderr,
            "tour: {} connections need {} open descriptors, and the hard limit is {}; raise it "
            "(ulimit -Hn), or try --connections {}\n",
            connections, wanted, allowed, allowed > 66 ? (allowed - 64) / 2 : 1);
    }
    return wanted <= allowed;
}

int tour_of(const tour::Options& options) {
    tour::Report report{options.plain};
    const bool right = tour::chat(options, report);
    if (right && options.rounds > 0 && !tour::interrupted.get()) {
        report.line();
        tour::compare_with_mutex(options, report);
    }
    if (tour::interrupted.get()) {
        report.line("Interrupted.");
        return right ? ended_by_interrupt : counts_differ;
    }
    return right ? ok : counts_differ;
}

}  // namespace

int main(int argc, char** argv) {
    const tour::Parsed parsed = tour::parse(argc, argv);
    if (parsed.exit_status) {
        return *parsed.exit_status;
    }
    std::signal(SIGPIPE, SIG_IGN);
    tour::catch_interrupts();
    try {
        return enough_descriptors(parsed.options.crowd.connections) ? tour_of(parsed.options)
                                                                    : could_not_run;
    } catch (const std::exception& error) {
        fmt::print(stderr, "tour: {}\n", error.what());
        return could_not_run;
    }
}
