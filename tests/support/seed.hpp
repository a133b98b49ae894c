/// \file
/// Random tests can be run again: the seed is printed, and ATOMOS_SEED in the environment sets it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace atomos::testing {

/// The seed of this run.
inline std::uint64_t seed() {
    static const std::uint64_t chosen = [] {
        const char* const given = std::getenv("ATOMOS_SEED");
        const std::uint64_t value = given != nullptr
                                        ? std::stoull(given)
                                        : (std::uint64_t{std::random_device{}()} << 1U) + 1;
        std::cout << "ATOMOS_SEED=" << value << '\n';
        return value;
    }();
    return chosen;
}

/// A generator of its own for each `stream`: a thread, a round.
inline std::mt19937_64 random_stream(std::uint64_t stream) {
    std::seed_seq sequence{seed(), seed() >> 32U, stream};
    return std::mt19937_64(sequence);
}

/// A number in [0, n).
inline std::uint64_t below(std::mt19937_64& random, std::uint64_t n) { return random() % n; }

}  // namespace atomos::testing
