#include <atomos/atomos.hpp>

int main() {
    atomos::Atom<int> atom{1};
#ifdef WRONG
    atomos::Atom<int> other{atom};
#else
    atomos::Atom<int> other{*atom.deref()};
#endif
    return *other.deref();
}
