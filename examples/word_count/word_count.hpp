#pragma once

#include <string>
#include <vector>

namespace tour {

/// The whole program: counts words by several processes, some of which get killed, and compares with
/// one process. Returns the exit status.
///
/// Its workers are this executable once more; `self` are the arguments that lead it here.
int count_words(int argc, char** argv, const std::vector<std::string>& self);

}  // namespace tour
