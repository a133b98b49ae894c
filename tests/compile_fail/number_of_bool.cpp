#include <atomos/atomos.hpp>

#ifdef WRONG
atomos::AtomicNumber<bool> flag{false};
#else
atomos::AtomicBoolean flag{false};
#endif
