#include "checks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tour {
namespace {

bool holds(const Check& check) {
    return std::adjacent_find(check.counts.begin(), check.counts.end(),
                              [](const auto& one, const auto& next) {
                                  return one.second != next.second;
                              }) == check.counts.end();
}

std::string equal_counts(const Check& check) {
    std::string places;
    for (const auto& [place, count] : check.counts) {
        places += (places.empty() ? "" : " = ") + place;
    }
    return fmt::format("  ok       {:<12} {:>9}  {}", check.what,
                       with_commas(check.counts.front().second), places);
}

std::string different_counts(const Check& check) {
    std::string counts;
    for (const auto& [place, count] : check.counts) {
        counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", place, with_commas(count));
    }
    return fmt::format("  DIFFERS  {:<12} {}", check.what, counts);
}

}  // namespace

bool all_hold(const std::vector<Check>& checks, Report& report) {
    bool all = true;
    for (const Check& check : checks) {
        const bool equal = holds(check);
        report.line(equal ? equal_counts(check) : different_counts(check));
        all = all && equal;
    }
    return all;
}

}  // namespace tour
