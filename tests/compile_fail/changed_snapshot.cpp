#include <atomos/atomos.hpp>

int main() {
    atomos::AtomicReference<int> reference{1};
    auto seen = reference.get();
#ifdef WRONG
    *seen = 2;
#else
    reference.set(*seen + 1);
#endif
    return *seen;
}
