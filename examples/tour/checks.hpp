#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "report.hpp"

namespace tour {

/// Counts of the same thing, taken at different places: all must be equal.
struct Check {
    std::string what;
    std::vector<std::pair<std::string, std::int64_t>> counts;
};

/// Prints one line for each check; true if every one holds.
bool all_hold(const std::vector<Check>& checks, Report& report);

}  // namespace tour
