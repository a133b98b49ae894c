#include <atomos/atomos.hpp>
#include <utility>

int main() {
    atomos::Atom<int> atom{1};
    atomos::Atom<int> other{2};
#ifdef WRONG
    other = std::move(atom);
#else
    other.reset(*atom.deref());
#endif
    return *other.deref();
}
