#pragma once

#include <atomos/atomos.hpp>

namespace tour {

/// Set by the first Ctrl-C or SIGTERM after catch_interrupts(): the chat then comes to an orderly
/// end. A second one ends the program at once.
extern atomos::AtomicBoolean interrupted;

void catch_interrupts();

}  // namespace tour
