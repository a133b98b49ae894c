#include <atomos/atomos.hpp>

int main() {
#ifdef WRONG
    const int owned = 0;
#else
    int owned = 0;
#endif
    const atomos::AtomicView view(owned);
    view.set(1);
    return view.get() == 1 ? 0 : 1;
}
