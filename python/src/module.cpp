/// \file
/// The extension module atomos._atomos, once for each interpreter that imports it.

#include <atomos/version.hpp>

#include "aref.hpp"
#include "reference.hpp"
#include "striped.hpp"
#include "transact.hpp"
#include "view.hpp"
#include "watch.hpp"
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
    const Ref options = errors ? Ref::taken(PyImport_ImportModule("atomos._options")) : Ref();
    if (!options) return false;
    State& state = state_in(module);
    state.attempt = PyObject_GetAttrString(words.get(), "Attempt");
    state.unchanged = PyObject_GetAttrString(words.get(), "UNCHANGED");
    state.validation_error = PyObject_GetAttrString(errors.get(), "ValidationError");
    state.would_deadlock = PyObject_GetAttrString(errors.get(), "WouldDeadlock");
    state.swap_options = PyObject_GetAttrString(options.get(), "SwapOptions");
    state.try_options = PyObject_GetAttrString(options.get(), "TryOptions");
    return state.attempt != nullptr && state.unchanged != nullptr &&
           state.validation_error != nullptr && state.would_deadlock != nullptr &&
           state.swap_options != nullptr && state.try_options != nullptr;
}

/// The classes that only native code makes instances of.
bool make_inner_types(PyObject* module) {
    State& state = state_in(module);
    state.link = make_link_type(module);
    state.pending = make_pending_type(module);
    state.task = make_task_type(module);
    state.watch = make_watch_type(module);
    return state.link != nullptr && state.pending != nullptr && state.task != nullptr &&
           state.watch != nullptr;
}

int fill(PyObject* module) {
    State& state = state_in(module);
    PyTypeObject *reference = nullptr, *watched = nullptr;
    const bool filled =
        PyModule_AddStringConstant(module, "__version__", ATOMOS_VERSION_STRING) == 0 &&
        SmallInts::find() && take_words(module) && make_inner_types(module) &&
        add_references(module, reference) && add_boolean(module, reference) &&
        add_numbers(module, reference) && add_adders(module) && add_accumulators(module) &&
        add_view(module) && add_aref(module, watched) && add_atom(module, watched, state.atom) &&
        add_transact(module);
    if (!filled) return -1;
    state.reference = reinterpret_cast<PyTypeObject*>(Py_NewRef(reference));

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
    Py_VISIT(state.would_deadlock);
    Py_VISIT(state.swap_options);
    Py_VISIT(state.try_options);
    Py_VISIT(state.atom);
    Py_VISIT(state.reference);
    Py_VISIT(state.link);
    Py_VISIT(state.pending);
    Py_VISIT(state.task);
    Py_VISIT(state.watch);
    return 0;
}

int clear(PyObject* module) {
    State& state = state_in(module);
    Py_CLEAR(state.attempt);
    Py_CLEAR(state.unchanged);
    Py_CLEAR(state.validation_error);
    Py_CLEAR(state.would_deadlock);
    Py_CLEAR(state.swap_options);
    Py_CLEAR(state.try_options);
    Py_CLEAR(state.atom);
    Py_CLEAR(state.reference);
    Py_CLEAR(state.link);
    Py_CLEAR(state.pending);
    Py_CLEAR(state.task);
    Py_CLEAR(state.watch);
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
