#include <array>
#include <atomos/atomos.hpp>
#include <atomos/process.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace atomos {

template class AtomicNumber<std::int32_t>;
template class AtomicNumber<std::uint64_t>;
template class AtomicNumber<char>;
template class AtomicNumber<double>;

template class AtomicReference<int>;
template class AtomicReference<std::string>;
template class AtomicReference<std::unique_ptr<int>>;

template class ARef<int>;

template class Atom<int>;
template class Atom<std::map<std::string, std::string>>;
template class Atom<std::unique_ptr<int>>;

template class AtomicNumber<std::int32_t, Processes>;
template class AtomicNumber<std::uint64_t, Processes>;
template class AtomicNumber<double, Processes>;
template class BasicAtomicBoolean<Processes>;

template class AtomicReference<int, Processes>;
template class AtomicReference<std::string, Processes>;
template class AtomicReference<std::vector<double>, Processes>;

template class BasicLongAdder<Processes>;
template class BasicDoubleAdder<Processes>;
template class Accumulator<std::int64_t, std::plus<>, Processes>;

template class ARef<int, Processes>;

template class Atom<int, Processes>;
template class Atom<std::string, Processes>;
template class Atom<std::array<char, 100'000>, Processes>;

}  // namespace atomos
