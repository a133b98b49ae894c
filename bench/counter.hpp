#pragma once

#include "cells.hpp"

namespace bench {

template <class C>
[[gnu::noinline]] void add_loop(C& counter, unsigned lane) {
    std::int64_t sum = 0;
    for (int i = 0; i < chunk; ++i) sum += counter.add(lane);
    sink(sum);
}

/// Every thread adds one; at the end the total must be the number of adds.
template <class C>
Outcome run_counter(unsigned threads, nanoseconds length) {
    Alone<C> counter{};
    std::uint64_t done = 0;
    const std::vector<Lane> lanes = run_lanes<NoSession>(threads, length, done, [&](unsigned lane) {
        for (int i = 0; i < 16; ++i) add_loop(counter.it, lane);
        return std::uint64_t{16} * chunk;
    });
    const std::int64_t total = counter.it.total();
    std::string error;
    if (total != static_cast<std::int64_t>(done)) {
        error = "counted " + std::to_string(total) + " of " + std::to_string(done) + " adds";
    }
    return {to_json(lanes), error};
}

template <class C>
[[gnu::noinline]] void sum_loop(const C& counter) {
    std::int64_t sum = 0;
    for (int i = 0; i < chunk; ++i) sum += counter.total();
    sink(sum);
}

/// Every thread reads the total, over and over, of a counter to which all of them add now and then.
template <class C>
Outcome run_sum(unsigned threads, nanoseconds length) {
    Alone<C> counter{};
    std::uint64_t done = 0;
    const std::vector<Lane> lanes = run_lanes<NoSession>(threads, length, done, [&](unsigned lane) {
        counter.it.add(lane);
        for (int i = 0; i < 16; ++i) sum_loop(counter.it);
        return std::uint64_t{16} * chunk;
    });
    const std::int64_t total = counter.it.total();
    const auto wanted = static_cast<std::int64_t>(done / (16 * chunk));
    std::string error;
    if (total != wanted) {
        error = "counted " + std::to_string(total) + " of " + std::to_string(wanted) + " adds";
    }
    return {to_json(lanes), error};
}

/// Enters a counter into the list: add(lane) adds one and returns the new
/// value, or 0 where nobody knows it; total() reads it.
template <class C>
bool add_counter() {
    cells().push_back({std::string{C::name}, "add", "int64", 64, &run_counter<C>});
    return true;
}

/// As above, for what reading the total costs.
template <class C>
bool add_sum() {
    cells().push_back({std::string{C::name}, "sum", "int64", 64, &run_sum<C>, true});
    return true;
}

}  // namespace bench
