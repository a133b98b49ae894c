#pragma once

#include "options.hpp"
#include "report.hpp"

namespace tour {

/// Runs the chat, prints who comes and goes, and checks every count; true if all add up.
bool chat(const Options& options, Report& report);

}  // namespace tour
