#include "chat.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <atomos/atomos.hpp>

#include "checks.hpp"
#include "clients.hpp"
#include "doorman.hpp"
#include "interrupt.hpp"
#include "keepsake.hpp"
#include "server.hpp"
#include "state.hpp"

namespace tour {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

std::vector<Check> checks_of(const Crowd& crowd, const State& state, const Tally& clients,
                             const Server<atomos::Atom<State>>& server, const Doorman& doorman) {
    const Counts& counts = state.counts;
    const bool complete = !interrupted.get();
    const auto size = [](const auto& map) { return static_cast<std::int64_t>(map.size()); };
    return {
        {"connections",
         {{"asked for", complete ? crowd.connections : clients.opened},
          {"opened", clients.opened},
          {"accepted", server.accepted()},
          {"opened in state", counts.opened},
          {"closed in state", counts.closed},
          {"closed", clients.closed}}},
        {"joins",
         {{"clients", clients.joins},
          {"heard by the watch", doorman.joins()},
          {"state", counts.joins},
          {"connections", counts.opened}}},
        {"leaves",
         {{"clients", clients.leaves},
          {"heard by the watch", doorman.leaves()},
          {"state", counts.leaves},
          {"connections", counts.closed}}},
        {"names taken",
         {{"refused by the server", server.refusals()}, {"heard", clients.refusals}}},
        {"messages",
         {{"in the scripts", complete ? messages_of(crowd) : clients.sent},
          {"sent", clients.sent},
          {"AtomicLong", server.messages()},
          {"state", counts.messages},
          {"back at their sender", clients.echoes}}},
        {"deliveries",
         {{"members of the room at each message", counts.deliveries}, {"heard", clients.heard}}},
        {"misses", {{"heard twice, late or never", clients.misses}, {"allowed", 0}}},
        {"rosters",
         {{"asked for", clients.rosters_asked},
          {"answered, the asker among the names", clients.rosters_right}}},
        {"left over",
         {{"connections", size(state.connections)}, {"rooms", size(state.rooms)}, {"allowed", 0}}},
    };
}

void report_pace(const atomos::Snapshot<State>& end, double seconds, Report& report) {
    const auto per_second = [&](std::int64_t count) {
        return with_commas(std::llround(static_cast<double>(count) / seconds));
    };
    const Counts& counts = end->counts;
    report.line(fmt::format("{:.1f} s, at most {} at once; {} changes of the state.", seconds,
                            counts.most_at_once,
                            with_commas(static_cast<std::int64_t>(end.version()) - 1)));
    report.line(fmt::format("{} messages/s said, {} messages/s delivered.",
                            per_second(counts.messages), per_second(counts.deliveries)));
}

}  // namespace

bool chat(const Options& options, Report& report) {
    atomos::Atom<State> state{State{}};
    Doorman doorman{options.crowd.connections, report};
    Keepsake keepsake{(messages_of(options.crowd) + 1) / 2};
    state.add_watch("doorman", [&](const std::string&, auto&, const State& old, const State& now) {
        doorman(old, now);
    });
    state.add_watch("keepsake", [&](const std::string&, auto&, const atomos::Snapshot<State>& old,
                                    const atomos::Snapshot<State>& now) { keepsake(old, now); });

    Server server{state, options.server_threads};
    report.line(
        fmt::format("A chat server on 127.0.0.1:{}: {} threads, its whole state in one Atom.",
                    server.port(), options.server_threads));
    report.line(fmt::format("{} clients from {} threads join {} rooms, talk and leave (seed {}).",
                            with_commas(options.crowd.connections), options.crowd.threads,
                            options.crowd.rooms, options.crowd.seed));

    const auto start = steady_clock::now();
    const auto seconds = [&] {
        return std::chrono::duration<double>(steady_clock::now() - start).count();
    };
    auto crowd = std::async(std::launch::async,
                            [&] { return visit(options.crowd, server.port(), interrupted); });
    while (crowd.wait_for(50ms) != std::future_status::ready) {
        const auto now = state.deref();
        report.progress(fmt::format("  {:4.1f} s  {:>4} here  {:>8} messages  {}", seconds(),
                                    now->connections.size(), with_commas(now->counts.messages),
                                    doorman.newest()));
    }
    const double taken = seconds();
    const Tally clients = crowd.get();
    if (!server.wait_until_empty(30s)) {
        report.line("Some connections are still open 30 s after the last client has gone.");
    }
    server.stop();

    const auto end = state.deref();
    report_pace(end, taken, report);
    report.line();
    report.line("What clients, server, watches and state have counted:");
    bool right = all_hold(checks_of(options.crowd, *end, clients, server, doorman), report);
    if (keepsake.taken() || !interrupted.get()) {
        right = keepsake.unchanged(*end, report) && right;
    }
    for (const std::string& complaint : clients.complaints) {
        report.line("  WRONG    " + complaint);
    }
    right = right && clients.complaints.empty();
    report.line(right ? "Every count adds up." : "The counts do NOT add up.");
    return right;
}

}  // namespace tour
