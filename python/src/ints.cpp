/// \file
/// The ints that the interpreter makes once for all.

#include "ints.hpp"

namespace atomos::python {

bool SmallInts::find() {
    static const bool found = [] {
        for (std::size_t i = 0; i < count; ++i) {
            // They outlive whoever asks for them.
            all_[i] = PyLong_FromLongLong(first + static_cast<long long>(i));
            if (all_[i] == nullptr) return false;
            Py_DECREF(all_[i]);
        }
        return true;
    }();
    return found;
}

}  // namespace atomos::python
