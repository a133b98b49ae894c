#pragma once

#include "options.hpp"
#include "report.hpp"

namespace tour {

/// Times the state in an Atom and behind a std::mutex, in alternating rounds, and prints the
/// medians.
///
/// Errors     std::runtime_error where a run has lost something: such a time means nothing.
void compare_with_mutex(const Options& options, Report& report);

}  // namespace tour
