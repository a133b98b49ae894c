/// \file
/// The system's refusals, as errors that name the region and what was tried.
#pragma once

#include <string>
#include <string_view>

namespace atomos::process {

/// Throws what errno's value means. Nothing was written.
///
/// Errors   PermissionDenied, NotFound, AlreadyExists, Full, Unavailable.
[[noreturn]] void fail(std::string_view region, std::string_view doing, int error);

/// A name in quotes; what is not printable in it as \\xNN.
std::string quoted(std::string_view name);

/// `region "chat": ` and so on.
std::string about(std::string_view region);

}  // namespace atomos::process
