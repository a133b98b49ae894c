#include <atomos/atomos.hpp>
#include <map>
#include <memory>
#include <string>

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

}  // namespace atomos
