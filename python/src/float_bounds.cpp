/// \file
/// try_add and add_clamped of AtomicFloat.

#include "float_bounds.hpp"

#include "number.hpp"

namespace atomos::python {

PyMethodDef float_methods[] = {
    FloatBoundMethods<reference>::try_add_row(),
    FloatBoundMethods<reference>::add_clamped_row(),
    {},
};

}  // namespace atomos::python
