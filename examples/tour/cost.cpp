#include "cost.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <atomos/atomos.hpp>

#include "clients.hpp"
#include "interrupt.hpp"
#include "locked.hpp"
#include "server.hpp"
#include "state.hpp"
#include "workload.hpp"

namespace tour {
namespace {

using std::chrono::steady_clock;

/// Changes cost more than looks; with these numbers each row takes about as long.
std::array<Workload, 3> workloads(int operations) {
    return {Workload{.name = "rosters only", .changes_in_100 = 0, .operations = operations},
            Workload{.name = "1 change in 10", .changes_in_100 = 10, .operations = operations / 2},
            Workload{.name = "changes only", .changes_in_100 = 100, .operations = operations / 12}};
}

/// One row of the table: how to measure it, and what each round gave, in operations a second.
struct Row {
    std::string name;
    int pairs_in_a_round;
    std::function<double()> measure_atom;
    std::function<double()> measure_mutex;
    std::vector<double> atom{};
    std::vector<double> mutex{};
};

/// A median, and the bounds of the middle half of the values.
struct Spread {
    double median;
    double low;
    double high;
};

Spread spread(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t last = values.size() - 1;
    return {.median = (values[last / 2] + values[(last + 1) / 2]) / 2,
            .low = values[last / 4],
            .high = values[last - last / 4]};
}

/// Of each pair of neighbours in time; so that what slows both down leaves it alone.
std::vector<double> ratios(const Row& row) {
    std::vector<double> ratios;
    std::transform(row.atom.begin(), row.atom.end(), row.mutex.begin(), std::back_inserter(ratios),
                   std::divides<>{});
    return ratios;
}

/// Messages a second of the whole server, over sockets.
template <class Store>
double messages_per_second(const Options& options) {
    Store state{State{}};
    Server server{state, options.server_threads};
    const auto begin = steady_clock::now();
    const Tally clients = visit(options.crowd, server.port(), interrupted);
    const std::chrono::duration<double> taken = steady_clock::now() - begin;
    server.stop();
    if (clients.misses != 0 || !clients.complaints.empty() || clients.echoes != clients.sent) {
        throw std::runtime_error("a timed chat has lost a message");
    }
    return static_cast<double>(clients.sent) / taken.count();
}

std::vector<Row> rows_of(const Options& options, int threads) {
    std::vector<Row> rows;
    const auto loads = workloads(options.operations);
    rows.reserve(loads.size() + 1);
    for (const Workload& load : loads) {
        rows.push_back(
            {.name = fmt::format("state, {}", load.name),
             .pairs_in_a_round = 6,
             .measure_atom =
                 [=] { return operations_per_second<atomos::Atom<State>>(load, threads); },
             .measure_mutex = [=] { return operations_per_second<Locked<State>>(load, threads); }});
    }
    Options chat = options;
    chat.crowd.messages = std::max(1, options.crowd.messages / 4);
    rows.push_back({.name = "server, messages",
                    .pairs_in_a_round = 1,
                    .measure_atom = [=] { return messages_per_second<atomos::Atom<State>>(chat); },
                    .measure_mutex = [=] { return messages_per_second<Locked<State>>(chat); }});
    return rows;
}

std::string rate(double per_second) {
    return per_second >= 1e6 ? fmt::format("{:.2f} M/s", per_second / 1e6)
                             : fmt::format("{:.1f} k/s", per_second / 1e3);
}

std::string verdict(const std::vector<double>& pairs) {
    if (pairs.size() < 5) {
        return "was measured too few times to say anything";
    }
    const Spread ratio = spread(pairs);
    if (ratio.low < 1 && ratio.high > 1) {
        return "makes no difference that these rounds can tell";
    }
    return ratio.median > 1
               ? fmt::format("is {:.2f} times as fast as the mutex", ratio.median)
               : fmt::format("is slower, at {:.2f} of the mutex's speed", ratio.median);
}

void measure_pair(Row& row, bool atom_first) {
    if (atom_first) {
        row.atom.push_back(row.measure_atom());
    }
    row.mutex.push_back(row.measure_mutex());
    if (!atom_first) {
        row.atom.push_back(row.measure_atom());
    }
}

}  // namespace

void compare_with_mutex(const Options& options, Report& report) {
    const int threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 2U, 8U));
    std::vector<Row> rows = rows_of(options, threads);
    report.line(
        fmt::format("The same State in an Atom and behind a std::mutex: {} alternating round(s),",
                    options.rounds));
    report.line(
        fmt::format("the state alone by {} threads, and the whole server over sockets.", threads));
    for (int round = 0; round < options.rounds; ++round) {
        for (Row& row : rows) {
            report.progress(
                fmt::format("  round {} of {}: {}", round + 1, options.rounds, row.name));
            for (int pair = 0; pair < row.pairs_in_a_round && !interrupted.get(); ++pair) {
                measure_pair(row, (round + pair) % 2 == 0);
            }
            if (interrupted.get()) {
                return;
            }
        }
    }
    report.line(fmt::format("  {:<24}{:>10}{:>12}{:>14}   (the middle half)", "medians", "Atom",
                            "std::mutex", "Atom/mutex"));
    for (const Row& row : rows) {
        const Spread ratio = spread(ratios(row));
        report.line(fmt::format("  {:<24}{:>10}{:>12}{:>13.2f}x   ({:.2f} to {:.2f})", row.name,
                                rate(spread(row.atom).median), rate(spread(row.mutex).median),
                                ratio.median, ratio.low, ratio.high));
    }
    report.line("In short:");
    for (const Row& row : rows) {
        report.line(fmt::format("  {:<24}the Atom {}.", row.name, verdict(ratios(row))));
    }
}

}  // namespace tour
