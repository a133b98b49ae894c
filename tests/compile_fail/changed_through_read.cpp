#include <atomos/atomos.hpp>
#include <string>

int main() {
    atomos::Atom<std::string> atom{"a"};
#ifdef WRONG
    atom.read([](std::string& s) { s += "b"; });
#else
    atom.swap([](std::string s) { return s + "b"; });
#endif
}
