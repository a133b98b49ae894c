#pragma once

#include <string_view>

namespace atomos::tool {

/// Prints a line, at once: who reads it through a pipe gets it now.
///
/// Errors   Unavailable: it cannot be written.
void say(std::string_view line);

/// Prints a line for people, beside the output; what is in it cannot steer their terminal.
void complain(std::string_view line);

}  // namespace atomos::tool
