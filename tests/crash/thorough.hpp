/// \file
/// How much is tried.
#pragma once

#include <cstdlib>
#include <string>

namespace crash {

/// ATOMOS_CRASH_EVERY: far more instructions than CI has time for.
inline bool every_instruction() { return std::getenv("ATOMOS_CRASH_EVERY") != nullptr; }

/// A number in the environment, or another one.
inline long number_from_environment(const char* name, long otherwise) {
    const char* const given = std::getenv(name);
    return given != nullptr ? std::stol(given) : otherwise;
}

/// Optimised code has few enough instructions that each can be stopped at.
#if defined(__OPTIMIZE__)
inline constexpr bool optimised = true;
#else
inline constexpr bool optimised = false;
#endif

}  // namespace crash
