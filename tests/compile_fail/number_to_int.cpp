#include <atomos/atomos.hpp>
#include <cstdint>

std::int64_t twice(const atomos::AtomicLong& number) {
#ifdef WRONG
    std::int64_t value = number;
#else
    auto value = static_cast<std::int64_t>(number);
#endif
    return 2 * value;
}
