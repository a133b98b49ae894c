#pragma once

#include <exception>

namespace atomos::tool {

/// What the program ends with. Scripts rely on it: a number never gets another meaning.
enum class Exit {
    done = 0,
    compare_failed = 1,
    usage = 2,
    not_there = 3,
    damaged = 4,
    not_permitted = 5,
    full = 6,
    mismatch = 7,
    unavailable = 8,
    overflow = 9,
};

/// The statuses and their meanings, for --help.
extern const char* const exit_statuses;

/// What an error ends the program with.
Exit exit_of(const std::exception& error);

}  // namespace atomos::tool
