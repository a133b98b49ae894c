/// \file
/// AtomicBoolean.

#include "number.hpp"

namespace atomos::python {
namespace {

PyObject* get_and_toggle(PyObject* self, PyObject*) {
    return change(reference(self),
                  [](PyObject* value) { return Ref::to(value == Py_True ? Py_False : Py_True); })
        .old.release();
}

/// &=, |= and ^=.
template <binaryfunc operation>
PyObject* in_place(PyObject* self, PyObject* operand) {
    if (!PyBool_Check(operand)) Py_RETURN_NOTIMPLEMENTED;
    const Change made = change(
        reference(self), [&](PyObject* value) { return Ref::taken(operation(value, operand)); });
    return made.now ? Py_NewRef(self) : nullptr;
}

PyMethodDef boolean_methods[] = {
    without_arguments("get_and_toggle", &get_and_toggle,
                      "get_and_toggle($self, /)\n--\n\n"
                      "Negate the value, and return the one before."),
    {},
};

PyType_Slot boolean_slots[] = {
    {Py_tp_doc, const_cast<char*>("AtomicBoolean(value=False)\n--\n\n"
                                  "A truth value, with the methods of AtomicReference; &=, |= and "
                                  "^= are atomic.\n\n"
                                  "Errors     TypeError: not a bool; nothing has changed.\n"
                                  "Source     java.util.concurrent.atomic.AtomicBoolean.")},
    {Py_tp_new, slot(&make_reference<Kind::boolean>)},
    {Py_tp_init, slot(&initialise_reference)},
    {Py_tp_methods, nullptr},
    {Py_nb_inplace_and, slot(&in_place<PyNumber_And>)},
    {Py_nb_inplace_or, slot(&in_place<PyNumber_Or>)},
    {Py_nb_inplace_xor, slot(&in_place<PyNumber_Xor>)},
    {Py_tp_traverse, slot(&visit_reference)},
    {Py_tp_clear, slot(&clear_reference)},
    {Py_tp_dealloc, slot(&end_reference)},
    {},
};

PyType_Spec boolean_spec{"atomos.atomic.AtomicBoolean", sizeof(Reference), 0,
                         Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                         boolean_slots};

}  // namespace

bool add_boolean(PyObject* module, PyTypeObject* base) {
    static std::vector<PyMethodDef> rows = joined({reference_methods, boolean_methods});
    static const bool ready = (put_methods(boolean_slots, rows), true);
    return ready && add_type(module, boolean_spec, base) != nullptr;
}

}  // namespace atomos::python
