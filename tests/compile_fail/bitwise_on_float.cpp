#include <atomos/atomos.hpp>

int main() {
#ifdef WRONG
    atomos::AtomicFloat number{1};
#else
    atomos::AtomicLong number{1};
#endif
    return number.bitwise_or_and_get(2) == 3 ? 0 : 1;
}
