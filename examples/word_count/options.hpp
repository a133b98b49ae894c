#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tour {

struct WordCountOptions {
    std::vector<std::string> files;  // none: the licence texts of the system
    int workers = 4;
    int kills = 40;
    std::int64_t readings = 550;
    std::uint64_t seed = 1;
    bool plain = false;
    std::string work_for;  // a worker: the region that it works in
};

/// The options of the command line; where it asks for help or is wrong, says so and returns the
/// exit status.
struct WordCountParsed {
    WordCountOptions options;
    std::optional<int> exit_status;
};
WordCountParsed parse_word_count(int argc, char** argv, const std::string& name);

}  // namespace tour
