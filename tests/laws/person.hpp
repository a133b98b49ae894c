/// \file
/// A value with parts, for laws on cursors.
#pragma once

namespace laws {

struct Address {
    int street = 0;
    int house = 0;
    bool operator==(const Address&) const = default;
};

struct Person {
    int age = 0;
    Address home{};
    bool operator==(const Person&) const = default;
};

inline constexpr Person ann{.age = 30, .home = {.street = 7, .house = 9}};

}  // namespace laws
