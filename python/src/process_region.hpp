/// \file
/// The Python class Region.
#pragma once

#include <atomos/process/memory.hpp>
#include <memory>

#include "interpreter.hpp"

namespace atomos::python {

/// The memory of a Region. Errors: TypeError: it is none. Then nullptr.
std::shared_ptr<process::Memory> memory_of(PyObject* region);

/// Adds the class, under the name ProcessRegion. Returns -1, with an error set, if that fails.
int add_region(PyObject* module);

}  // namespace atomos::python
