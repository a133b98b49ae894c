#include <atomos/atomos.hpp>
#include <string>

struct Unrelated {};

int main() {
    atomos::Atom<std::string> atom{"a"};
#ifdef WRONG
    atom.swap([](const std::string&) { return Unrelated{}; });
#else
    atom.swap([](const std::string& s) { return s + "b"; });
#endif
}
