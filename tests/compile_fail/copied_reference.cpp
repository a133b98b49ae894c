#include <atomos/atomos.hpp>

int main() {
    atomos::AtomicReference<int> reference{1};
#ifdef WRONG
    auto other = reference;
#else
    atomos::AtomicReference<int> other{*reference.get()};
#endif
    return *other.get();
}
