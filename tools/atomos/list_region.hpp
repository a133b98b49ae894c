#pragma once

#include <string>

#include "exit_status.hpp"

namespace atomos::tool {

/// Lists the variables and the writers of a region. What cannot be read is said in its place; the
/// status is that of the first such variable.
Exit list_region(const std::string& name, bool as_json);

}  // namespace atomos::tool
