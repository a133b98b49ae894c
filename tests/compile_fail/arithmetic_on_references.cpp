#include <atomos/atomos.hpp>

int main() {
#ifdef WRONG
    atomos::AtomicReferenceArray<int> array(1, 1);
#else
    atomos::AtomicArray<int> array(1, 1);
#endif
    return array.add_and_get(0, 1) == 2 ? 0 : 1;
}
