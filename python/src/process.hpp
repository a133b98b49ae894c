/// \file
/// The process scope's types of the extension module.
#pragma once

#include "interpreter.hpp"

namespace atomos::python {

/// Adds the process scope's types to the module. Returns -1, with an error set, if that fails.
int add_process_types(PyObject* module);

}  // namespace atomos::python
