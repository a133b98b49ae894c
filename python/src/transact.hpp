/// \file
/// snapshot_all, transact and try_transact.
#pragma once

#include "interpreter.hpp"

namespace atomos::python {

/// Adds them to the module, which has its other classes by now. False: an error is set.
bool add_transact(PyObject* module);

}  // namespace atomos::python
