#include <cstdio>
#include <string>

#include "room.hpp"

int main() {
    auto before = room().deref();
    room().swap([](const std::string& was) { return was + ", then one came"; });

    const bool sound = *before == "empty" && look() == "empty, then one came";
    std::puts(sound ? "library and program agree" : "library and program disagree");
    return sound ? 0 : 1;
}
