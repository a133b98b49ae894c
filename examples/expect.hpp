#pragma once

#include <cstdio>
#include <cstdlib>

/// Says what the example shows, and ends the program with status 1 where it is not so; in release
/// builds too.
inline void expect(bool holds, const char* what) {
    std::printf("%s %s\n", holds ? "ok:" : "NOT SO:", what);
    if (!holds) {
        std::exit(1);
    }
}
