#include <atomos/atomos.hpp>
#include <string>

#ifdef WRONG
atomos::AtomicNumber<std::string> number{"1"};
#else
atomos::AtomicNumber<short> number{1};
#endif
