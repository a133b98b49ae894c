/// \file
/// The object behind adders and accumulators.
#pragma once

#include "reference.hpp"
#include "stripes.hpp"

namespace atomos::python {

/// A LongAdder, DoubleAdder, LongAccumulator or DoubleAccumulator.
struct Striped {
    PyObject_HEAD Stripes stripes;
    /// An accumulator's (function, identity), set once, by the first __init__ that succeeds.
    detail::Atomic<PyObject*> rule;
    Plain plain;
};

inline Striped& striped(PyObject* self) noexcept { return *reinterpret_cast<Striped*>(self); }

/// What all parts make together. A Total has add(part), false with an error set, and result().
template <class Total>
PyObject* total_of(const Striped& self, Total total) {
    return self.stripes.each([&](PyObject* part) { return total.add(part); }) ? total.result()
                                                                              : nullptr;
}

/// As total_of, and begins again. What fails has changed nothing.
template <class Total>
PyObject* total_taken(Striped& self, Total total) {
    Ref bundle = self.stripes.take();
    if (!bundle) return nullptr;
    const bool added =
        Stripes::each_of(bundle.get(), [&](PyObject* part) { return total.add(part); });
    PyObject* const result = added ? total.result() : nullptr;
    if (result == nullptr) self.stripes.put_back(std::move(bundle));
    return result;
}

/// The method reset().
PyObject* reset_striped(PyObject* self, PyObject*);

/// The life of every Striped.
PyObject* make_striped(PyTypeObject* type, PyObject*, PyObject*);
int visit_striped(PyObject* self, visitproc visit, void* arg);
int clear_striped(PyObject* self);
void end_striped(PyObject* self);

/// Where the attributes and weak references of a Striped are.
extern PyMemberDef striped_members[];
extern PyGetSetDef striped_getset[];

/// The slots that every class of them has.
#define ATOMOS_STRIPED                                                                            \
    {Py_tp_new, reinterpret_cast<void*>(&make_striped)},                                          \
        {Py_tp_dealloc, reinterpret_cast<void*>(&end_striped)},                                   \
        {Py_tp_traverse, reinterpret_cast<void*>(&visit_striped)},                                \
        {Py_tp_clear, reinterpret_cast<void*>(&clear_striped)}, {Py_tp_members, striped_members}, \
    {                                                                                             \
        Py_tp_getset, striped_getset                                                              \
    }

inline constexpr unsigned striped_flags =
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;

/// Makes the classes. False: an error is set.
bool add_adders(PyObject* module);
bool add_accumulators(PyObject* module);

}  // namespace atomos::python
