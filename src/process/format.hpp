/// \file
/// How a region begins: made, and checked before anything in it is believed.
#pragma once

#include <atomos/process/layout.hpp>
#include <atomos/process/region.hpp>
#include <cstdint>
#include <string>

#include "platform/system.hpp"

namespace atomos::process {

/// Writes an empty region into a file that nobody else sees yet. Errors: Full, Unavailable.
void format(const std::string& name, const platform::File& file, const RegionOptions& options);

/// Checks a file, and returns its header. Errors: Mismatch, Damaged, PermissionDenied, Unavailable.
RegionFacts check_format(const std::string& name, int descriptor, const RegionOptions& options);

/// Errors   std::invalid_argument names the option, its value and the values allowed.
void check_options(const std::string& name, const RegionOptions& options);

}  // namespace atomos::process
