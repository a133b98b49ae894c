/// \file
/// std::format prints everything. A program of its own, since it may need another standard library than
/// the tests are built with.

#include <cstdio>
#include <format>
#include <string>

#include "printing/format_cases.hpp"

#if !defined(__cpp_lib_format)
#error "this standard library has no std::format"
#endif

int main() {
    int wrong = 0;
    printing::each_case([&](const char* expected, const char* pattern, const auto& thing) {
        const std::string printed = std::vformat(pattern, std::make_format_args(thing));
        if (printed == expected) return;
        ++wrong;
        std::printf("%s gave \"%s\" instead of \"%s\"\n", pattern, printed.c_str(), expected);
    });
    return wrong;
}
