/// \file
/// What operator new has given out and not got back; see signal_safe_new.cpp.
#pragma once

namespace hazards {
long allocations();
}
