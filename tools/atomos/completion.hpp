#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace atomos::tool {

/// What the last of the words after the program's name may become. One that ends in a slash goes on.
std::vector<std::string> candidates(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace atomos::tool
