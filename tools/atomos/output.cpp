#include "output.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>
#include <atomos/errors.hpp>

#include "texts.hpp"

namespace atomos::tool {

void say(std::string_view line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
    throw Unavailable("writing the output: " + std::generic_category().message(errno) +
                      "; the rest of the command is done");
}

void complain(std::string_view line) { fmt::print(stderr, "atomos: {}\n", printable(line)); }

}  // namespace atomos::tool
