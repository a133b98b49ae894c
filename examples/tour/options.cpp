#include "options.hpp"

#include <CLI/CLI.hpp>

namespace tour {

Parsed parse(int argc, char** argv) {
    Parsed parsed;
    Options& options = parsed.options;
    CLI::App app{
        "A chat server on loopback TCP whose whole state lives in one atomos::Atom. Several "
        "hundred\n"
        "clients join, talk and leave; then every count is checked, and the same server is timed "
        "with\n"
        "its state behind a std::mutex.",
        "tour"};
    app.footer(
        "Exit status: 0 every count adds up, 1 one differs, 2 could not run, 130 interrupted.");

    app.add_option("--connections", options.crowd.connections, "client connections")
        ->check(CLI::Range(1, 20'000))
        ->capture_default_str();
    app.add_option("--messages", options.crowd.messages, "messages of one client, on the average")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--rooms", options.crowd.rooms, "rooms that they join")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    app.add_option("--client-threads", options.crowd.threads, "threads of the clients")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    app.add_option("--server-threads", options.server_threads, "threads of the server")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    app.add_option("--rounds", options.rounds, "rounds of the comparison with a mutex; 0 for none")
        ->check(CLI::Range(0, 1'000))
        ->capture_default_str();
    app.add_option("--operations", options.operations,
                   "of each thread in one measurement without a server")
        ->check(CLI::Range(120, 100'000'000))
        ->capture_default_str();
    app.add_option("--seed", options.crowd.seed, "of who says what where")->capture_default_str();
    app.add_flag("--plain", options.plain, "no live line, on a terminal neither");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        parsed.exit_status = app.exit(error) == 0 ? 0 : 2;
    }
    return parsed;
}

}  // namespace tour
