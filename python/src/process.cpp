/// \file
/// The process scope's types of the extension module.

#include "process.hpp"

#include "process_number.hpp"
#include "process_region.hpp"

namespace atomos::python {

int add_process_types(PyObject* module) {
    watch_forks();
    PyTypeObject* const base = add_ctypes_references(module);
    PyTypeObject* const numbers = base == nullptr ? nullptr : add_process_numbers(module, base);
    const bool added = numbers != nullptr && add_process_integers(module, numbers) &&
                       add_process_references(module) && add_process_arrays(module) &&
                       add_process_adders(module) && add_process_accumulators(module) &&
                       add_region(module) == 0;
    return added ? 0 : -1;
}

}  // namespace atomos::python
