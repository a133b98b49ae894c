#include "exit_status.hpp"

#include <stdexcept>

#include <atomos/errors.hpp>

namespace atomos::tool {

const char* const exit_statuses =
    "Exit status:\n"
    "  0  done\n"
    "  1  compare-and-set: another value stood there\n"
    "  2  the command line is wrong, or the value is none of the variable's type\n"
    "  3  there is no such region or variable\n"
    "  4  the region is damaged: truncated, corrupt, or from before the last boot\n"
    "  5  permission denied: its mode, or another user's region\n"
    "  6  full: memory, the region's limit, or its participants\n"
    "  7  mismatch: another type, another format, or no region at all\n"
    "  8  unavailable: the system refuses at present; a retry may help\n"
    "  9  overflow: the sum cannot be represented\n"
    "With every status but 0 nothing was changed, unless only the output could not be written.";

Exit exit_of(const std::exception& error) {
    const auto is = [&]<class E>(const E*) { return dynamic_cast<const E*>(&error) != nullptr; };
    if (is(static_cast<const NotFound*>(nullptr))) return Exit::not_there;
    if (is(static_cast<const Damaged*>(nullptr))) return Exit::damaged;
    if (is(static_cast<const PermissionDenied*>(nullptr))) return Exit::not_permitted;
    if (is(static_cast<const Full*>(nullptr))) return Exit::full;
    if (is(static_cast<const Mismatch*>(nullptr))) return Exit::mismatch;
    if (is(static_cast<const std::invalid_argument*>(nullptr))) return Exit::usage;
    if (is(static_cast<const std::overflow_error*>(nullptr))) return Exit::overflow;
    return Exit::unavailable;
}

}  // namespace atomos::tool
