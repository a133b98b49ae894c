/// \file
/// The extension module atomos._atomos, once for each interpreter that imports it.

#include <atomos/version.hpp>

#include "aref.hpp"
#include "reference.hpp"
#ifdef ATOMOS_PROCESS_SCOPE
#include "process.hpp"
#endif

namespace atomos::python {
namespace {

State& state_in(PyObject* module) { return *static_cast<State*>(PyModule_GetState(module)); }

/// What is written in Python: the classes that native methods make and raise.
bool take_words(PyObject* module) {
    const Ref words = Ref::taken(PyImport_ImportModule("atomos._words"));
    const Ref errors = words ? Ref::taken(PyImport_ImportModule("atomos.errors")) : Ref();
    if (!errors) return false;
    State& state = state_in(module);
    state.attempt = PyObject_GetAttrString(words.get(), "Attempt");
    state.unchanged = PyObject_GetAttrString(words.get(), "UNCHANGED");
    state.validation_error = PyObject_GetAttrString(errors.get(), "ValidationError");
    return state.attempt != nullptr && state.unchanged != nullptr &&
           state.validation_error != nullptr;
}

int fill(PyObject* module) {
    PyTypeObject *reference = nullptr, *watched = nullptr;
    const bool filled =
        PyModule_AddStringConstant(module, "__version__", ATOMOS_VERSION_STRING) == 0 &&
        SmallInts::find() && take_words(module) && add_references(module, reference) &&
        add_boolean(module, reference) && add_numbers(module, reference) &&
        add_aref(module, watched) && add_atom(module, watched);
    if (!filled) return -1;
#ifdef ATOMOS_PROCESS_SCOPE
    return add_process_types(module);
#else
    return 0;
#endif
}

int traverse(PyObject* module, visitproc visit, void* arg) {
    State& state = state_in(module);
    Py_VISIT(state.attempt);
    Py_VISIT(state.unchanged);
    Py_VISIT(state.validation_error);
    return 0;
}

int clear(PyObject* module) {
    State& state = state_in(module);
    Py_CLEAR(state.attempt);
    Py_CLEAR(state.unchanged);
    Py_CLEAR(state.validation_error);
    return 0;
}

void end(void* module) { clear(static_cast<PyObject*>(module)); }

PyModuleDef_Slot slots[] = {
    {Py_mod_exec, reinterpret_cast<void*>(&fill)},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, nullptr},
};

}  // namespace

PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    "_atomos",
    "The native half of atomos.",
    sizeof(State),
    nullptr,
    slots,
    &traverse,
    &clear,
    &end,
};

}  // namespace atomos::python

PyMODINIT_FUNC PyInit__atomos() { return PyModuleDef_Init(&atomos::python::module_definition); }
