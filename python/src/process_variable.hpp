/// \file
/// Objects that stand for a variable of many words in a region: adders, accumulators, arrays.
#pragma once

#include <atomic>
#include <atomos/process.hpp>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "process_errors.hpp"
#include "process_home.hpp"
#include "reference.hpp"

// Which needs Python.h before it.
#include <structmember.h>

namespace atomos::python {

/// An object whose variable is a V. It is set once, by the first __init__ that succeeds, and then stays.
///
/// A V that holds Python objects has one: `callback`, a Ref.
template <class V>
struct SharedVariable {
    PyObject_HEAD std::atomic<V*> variable;
    std::atomic<Home*> home;
    Plain plain;
};

template <class V>
SharedVariable<V>& shared_variable(PyObject* self) noexcept {
    return *reinterpret_cast<SharedVariable<V>*>(self);
}

/// Its variable. nullptr, with RuntimeError set, before __init__.
template <class V>
V* variable_of(PyObject* self) {
    V* const variable = shared_variable<V>(self).variable.load(std::memory_order_acquire);
    if (variable == nullptr) {
        PyErr_Format(PyExc_RuntimeError, "%s.__init__ has not been called", class_name(self));
    }
    return variable;
}

/// How an object begins, and ends.
template <class V>
struct Life {
    static PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
        PyObject* const self = type->tp_alloc(type, 0);
        if (self == nullptr) return nullptr;
        ::new (&shared_variable<V>(self).variable) std::atomic<V*>(nullptr);
        ::new (&shared_variable<V>(self).home) std::atomic<Home*>(nullptr);
        return self;
    }

    /// Finds or makes the variable. `open(home, again)` returns what stands for it; `again`: its values
    /// are old ones. It may throw, and runs no Python code. False: an error is set.
    template <class Open>
    static bool settle(PyObject* self, PyObject* region, PyObject* name, const Needed& needed,
                       Open open) {
        if (shared_variable<V>(self).variable.load(std::memory_order_acquire) != nullptr) {
            PyErr_Format(PyExc_RuntimeError, "%s.__init__ has been called already",
                         class_name(self));
            return false;
        }
        bool again = false;
        auto home = python::settle(region, name, needed, again);
        return home &&
               publish(self, std::move(home), [&](Home& found) { return open(found, again); });
    }

    /// As __init__ does, of a class that pickle has found. `open(home)` as above.
    template <class Open>
    static PyObject* attach(PyObject* type, PyObject* address, const process::Type& needed,
                            Open open) {
        auto home = find_home(address, needed, others);
        if (!home) return nullptr;
        Ref self = Ref::taken(make(reinterpret_cast<PyTypeObject*>(type), nullptr, nullptr));
        return self && publish(self.get(), std::move(home), open) ? self.release() : nullptr;
    }

    /// What pickle is told: to call _attached with these arguments and the variable's address.
    static PyObject* reduce(PyObject* self, Ref first, Ref second) {
        if (variable_of<V>(self) == nullptr) return nullptr;
        const SharedVariable<V>& object = shared_variable<V>(self);
        const Ref attached = Ref::taken(
            PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(self)), "_attached"));
        const Ref address = address_of(*object.home.load(std::memory_order_acquire));
        if (!attached || !address) return nullptr;
        PyObject* const attributes = object.plain.attributes;
        const bool has_state = attributes != nullptr && PyDict_Size(attributes) > 0;
        return Py_BuildValue("O(OOO)O", attached.get(), first.get(), second.get(), address.get(),
                             has_state ? attributes : Py_None);
    }

    static int visit(PyObject* self, visitproc visit, void* arg) {
        Py_VISIT(Py_TYPE(self));
        Py_VISIT(shared_variable<V>(self).plain.attributes);
        if constexpr (has_callback) {
            const V* const variable = shared_variable<V>(self).variable.load();
            if (variable != nullptr) Py_VISIT(variable->callback.get());
        }
        return 0;
    }
    static int clear(PyObject* self) {
        Py_CLEAR(shared_variable<V>(self).plain.attributes);
        if constexpr (has_callback) {
            V* const variable = shared_variable<V>(self).variable.load();
            if (variable != nullptr) variable->callback = Ref::to(Py_None);
        }
        return 0;
    }
    static void end(PyObject* self) {
        PyTypeObject* const type = Py_TYPE(self);
        SharedVariable<V>& object = shared_variable<V>(self);
        PyObject_GC_UnTrack(self);
        if (object.plain.weak_references != nullptr) PyObject_ClearWeakRefs(self);
        clear(self);
        delete object.variable.load(std::memory_order_acquire);
        if (Home* const home = object.home.load(std::memory_order_acquire)) {
            leave(std::unique_ptr<Home>(home));
        }
        type->tp_free(self);
        Py_DECREF(type);
    }

    static inline PyMemberDef members[] = {
        {"__dictoffset__", T_PYSSIZET,
         static_cast<Py_ssize_t>(offsetof(SharedVariable<V>, plain) + offsetof(Plain, attributes)),
         READONLY, nullptr},
        {"__weaklistoffset__", T_PYSSIZET,
         static_cast<Py_ssize_t>(offsetof(SharedVariable<V>, plain) +
                                 offsetof(Plain, weak_references)),
         READONLY, nullptr},
        {},
    };
    static inline PyGetSetDef getset[] = {
        {"__dict__", &PyObject_GenericGetDict, &PyObject_GenericSetDict, nullptr, nullptr},
        {},
    };

  private:
    static constexpr bool has_callback = requires(V& variable) { variable.callback; };

    /// Gives the object its variable, unless another thread did so meanwhile.
    template <class Open>
    static bool publish(PyObject* self, std::unique_ptr<Home> home, Open open) {
        auto variable = translated(std::unique_ptr<V>(), [&] { return open(*home); });
        if (!variable) return false;
        SharedVariable<V>& object = shared_variable<V>(self);
        Home* nobody = nullptr;
        if (object.home.compare_exchange_strong(nobody, home.get(), std::memory_order_seq_cst)) {
            [[maybe_unused]] Home* const own = home.release();
            object.variable.store(variable.release(), std::memory_order_release);
        }
        return true;
    }
};

/// The C++ library's region of an object, and its variable's name there.
inline process::Region region_in(const Home& home) { return process::Region(home.memory); }
inline std::string name_in(const Home& home) { return home.memory->variable_name(home.cell); }

}  // namespace atomos::python
