#include <atomos/atomos.hpp>
#include <string>

int main() {
#ifdef WRONG
    std::string owned;
#else
    int owned = 0;
#endif
    atomos::AtomicView view(owned);
    return sizeof(view) == sizeof(void*) ? 0 : 1;
}
