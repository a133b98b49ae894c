/// \file
/// A second source of a program: compiled with the switch, or without.

#include <atomos/atomos.hpp>

int change_something() {
    atomos::Atom<int> atom{0};
    return *atom.swap([](int n) { return n + 1; });
}
