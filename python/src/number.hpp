/// \file
/// What the methods of numbers share.
#pragma once

#include "reference.hpp"

namespace atomos::python {

/// What a change returns; self: the object that was changed, and none is made.
enum class Wanted : std::uint8_t { old, now, self };

inline PyObject* answer(Reference& self, Change made, Wanted wanted) {
    if (!made.now) return nullptr;
    if (wanted == Wanted::self) return Py_NewRef(reinterpret_cast<PyObject*>(&self));
    return wanted == Wanted::old ? made.old.release() : made.now.release();
}

/// Whether x replaces the value: it is greater (or less), a NaN never, and -0.0 is less than 0.0. -1: that
/// raised.
int surpasses(PyObject* x, PyObject* value, bool greater);

/// Adds sign * delta. nullptr: an error is set, and nothing has changed.
template <int sign, Wanted wanted>
PyObject* add(Reference& self, PyObject* delta);
extern template PyObject* add<1, Wanted::now>(Reference&, PyObject*);

template <binaryfunc operation>
struct Operation {
    static PyObject* apply(Reference& self, PyObject* operand, Wanted wanted) {
        return answer(
            self,
            change(self, [&](PyObject* value) { return Ref::taken(operation(value, operand)); }),
            wanted);
    }
    static PyObject* in_place(PyObject* self, PyObject* operand) {
        return apply(reference(self), operand, Wanted::self);
    }
};

/// A function as a type's slots have it.
template <class Function>
void* slot(Function* function) {
    return reinterpret_cast<void*>(function);
}

/// The slots that every class of numbers has for itself.
#define ATOMOS_LIFE                                                                      \
    {Py_tp_init, slot(&initialise_reference)}, {Py_tp_traverse, slot(&visit_reference)}, \
        {Py_tp_clear, slot(&clear_reference)}, {                                         \
        Py_tp_dealloc, slot(&end_reference)                                              \
    }

inline constexpr unsigned number_flags =
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;

extern PyMethodDef number_methods[];
extern PyMethodDef float_methods[];
bool add_integers(PyObject* module, PyTypeObject* base);

/// Puts a table where a class looks for it; not before all files' tables are initialised.
inline void put_methods(PyType_Slot* slots, std::vector<PyMethodDef>& rows) {
    while (slots->slot != Py_tp_methods) ++slots;
    slots->pfunc = rows.data();
}

}  // namespace atomos::python
