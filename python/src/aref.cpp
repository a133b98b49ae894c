/// \file
/// ARef: watches, and what they are told.

#include "aref.hpp"

#include <structmember.h>

#include <cstddef>
#include <new>

namespace atomos::python {
namespace {

/// Takes the exception that is set.
Ref raised() {
#if PY_VERSION_HEX >= 0x030C0000
    return Ref::taken(PyErr_GetRaisedException());
#else
    PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace != nullptr) PyException_SetTraceback(value, trace);
    Py_XDECREF(type);
    Py_XDECREF(trace);
    return Ref::taken(value);
#endif
}

void raise(Ref exception) {
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(exception.release());
#else
    auto* const type = Py_NewRef(reinterpret_cast<PyObject*>(Py_TYPE(exception.get())));
    PyObject* const trace = PyException_GetTraceback(exception.get());
    PyErr_Restore(type, exception.release(), trace);
#endif
}

/// What watches have raised.
class Raised {
  public:
    /// Takes the exception that is set.
    void add() {
        Ref exception = raised();
        if (!first_) {
            first_ = std::move(exception);
            return;
        }
        if (!others_) others_ = Ref::taken(PyList_New(0));
        // Without memory for the list one exception has to stand for all.
        if (!others_ || PyList_Append(others_.get(), exception.get()) < 0) PyErr_Clear();
    }

    /// Sets the error again. True: there was none.
    bool none() {
        if (!first_) return true;
        if (others_) {
            gather();
        } else {
            raise(std::move(first_));
        }
        return false;
    }

  private:
#if PY_VERSION_HEX >= 0x030B0000
    void gather() {
        if (PyList_Insert(others_.get(), 0, first_.get()) == 0) {
            Ref group = Ref::taken(PyObject_CallFunction(PyExc_BaseExceptionGroup, "sO",
                                                         "several watches raised; the change is "
                                                         "committed",
                                                         others_.get()));
            if (group) {
                raise(std::move(group));
                return;
            }
        }
        PyErr_Clear();
        raise(std::move(first_));
    }
#else
    void gather() {
        const Ref others = Ref::taken(PyList_AsTuple(others_.get()));
        if (!others || PyObject_SetAttrString(first_.get(), "watch_errors", others.get()) < 0) {
            PyErr_Clear();
        }
        raise(std::move(first_));
    }
#endif

    Ref first_;
    Ref others_;
};

/// The watches as they are; none yet: an empty dictionary.
Ref watches_of(ARef& self) {
    Ref watches = self.watches.get();
    return watches ? std::move(watches) : Ref::taken(PyDict_New());
}

/// Puts a copy in the place of the watches that `edit` has changed: it returns 1, 0 (leave it) or -1.
template <class Edit>
PyObject* edit_watches(PyObject* self, Edit edit) {
    Slot& slot = aref(self).watches;
    for (;;) {
        const Look seen = slot.look();
        const Ref next = Ref::taken(seen.object ? PyDict_Copy(seen.object.get()) : PyDict_New());
        if (!next) return nullptr;
        const int edited = edit(next.get());
        if (edited < 0) return nullptr;
        if (edited == 0) Py_RETURN_NONE;
        const bool empty = PyDict_GET_SIZE(next.get()) == 0;
        const Word word = empty ? 0 : Slot::own(next.get(), Slot::Ints::objects);
        if (slot.replace(seen.word, word)) {
            Slot::drop(seen.word);
            Py_RETURN_NONE;
        }
        Slot::drop(word);
    }
}

PyObject* get_watches(PyObject* self, PyObject*) {
    const Ref watches = watches_of(aref(self));
    return watches ? PyDict_Copy(watches.get()) : nullptr;
}

PyObject* add_watch(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<2> signature{"add_watch", {"key", "fn"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    return edit_watches(self, [&](PyObject* watches) {
        return PyDict_SetItem(watches, arguments[0], arguments[1]) < 0 ? -1 : 1;
    });
}

PyObject* remove_watch(PyObject* self, PyObject* const* args, Py_ssize_t given,
                       PyObject* keywords) {
    static constexpr Signature<1> signature{"remove_watch", {"key"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments) return nullptr;
    return edit_watches(self, [&](PyObject* watches) {
        const int found = PyDict_Contains(watches, arguments[0]);
        return found <= 0 ? found : PyDict_DelItem(watches, arguments[0]) < 0 ? -1 : 1;
    });
}

PyObject* notify_watches(PyObject* self, PyObject* const* args, Py_ssize_t given,
                         PyObject* keywords) {
    static constexpr Signature<2> signature{"notify_watches", {"oldval", "newval"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments || !notify(self, arguments[0], arguments[1])) return nullptr;
    Py_RETURN_NONE;
}

/// A method that is written in Python: atomos._watching.NAME(self, ...).
PyObject* in_python(const char* name, PyObject* self, PyObject* const* args, Py_ssize_t given,
                    PyObject* keywords) {
    const Ref module = Ref::taken(PyImport_ImportModule("atomos._watching"));
    const Ref function = module ? Ref::taken(PyObject_GetAttrString(module.get(), name)) : Ref();
    const Py_ssize_t named = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
    const Ref positional = function ? Ref::taken(PyTuple_New(given + 1)) : Ref();
    const Ref by_name = positional ? Ref::taken(PyDict_New()) : Ref();
    if (!by_name) return nullptr;
    PyTuple_SET_ITEM(positional.get(), 0, Py_NewRef(self));
    for (Py_ssize_t i = 0; i < given; ++i) {
        PyTuple_SET_ITEM(positional.get(), i + 1, Py_NewRef(args[i]));
    }
    for (Py_ssize_t i = 0; i < named; ++i) {
        if (PyDict_SetItem(by_name.get(), PyTuple_GET_ITEM(keywords, i), args[given + i]) < 0) {
            return nullptr;
        }
    }
    return PyObject_Call(function.get(), positional.get(), by_name.get());
}

PyObject* watching(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    return in_python("watching", self, args, given, keywords);
}

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
    PyObject* const self = type->tp_alloc(type, 0);
    if (self != nullptr) begin_aref(self);
    return self;
}

int initialise(PyObject*, PyObject* args, PyObject* keywords) {
    if (PyTuple_GET_SIZE(args) == 0 && (keywords == nullptr || PyDict_GET_SIZE(keywords) == 0)) {
        return 0;
    }
    PyErr_SetString(PyExc_TypeError, "ARef() takes no arguments");
    return -1;
}

int clear(PyObject* self) {
    clear_aref(self);
    return 0;
}

void end(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (aref(self).plain.weak_references != nullptr) PyObject_ClearWeakRefs(self);
    clear_aref(self);
    type->tp_free(self);
    Py_DECREF(type);
}

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(ARef, plain) + offsetof(Plain, attributes)), READONLY,
     nullptr},
    {"__weaklistoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(ARef, plain) + offsetof(Plain, weak_references)), READONLY,
     nullptr},
    {},
};

PyGetSetDef getset[] = {
    {"__dict__", &PyObject_GenericGetDict, &PyObject_GenericSetDict, nullptr, nullptr},
    {},
};

PyMethodDef methods[] = {
    without_arguments("get_watches", &get_watches,
                      "get_watches($self, /)\n--\n\n"
                      "Return the watches by their keys: a copy, in order of registration."),
    with_arguments(
        "add_watch", &add_watch,
        "add_watch($self, /, key, fn)\n--\n\n"
        "Have fn(key, ref, old, new) called after each change, on the changing thread.\n\n"
        "Watches run in the order of their registration, with nothing locked, also when the new\n"
        "value equals the old. Across threads their order is not guaranteed. The same key "
        "replaces,\n"
        "and keeps its place. A watch may use the same object: its changes nest.\n\n"
        "Errors     What the key's hash or == raises; nothing has changed. What watches raise is\n"
        "           raised by the changing call after all have run, several as an ExceptionGroup\n"
        "           (before Python 3.11: the first, the others in `watch_errors`): the change "
        "*is*\n"
        "           committed.\n"
        "Cost       A copy of the table of watches."),
    with_arguments("remove_watch", &remove_watch,
                   "remove_watch($self, /, key)\n--\n\n"
                   "Remove a watch, if there is one: no call of it begins any more.\n\n"
                   "Errors and cost as in add_watch()."),
    with_arguments("notify_watches", &notify_watches,
                   "notify_watches($self, /, oldval, newval)\n--\n\n"
                   "Tell the watches of a change. Atoms do this by themselves.\n\n"
                   "Errors     As in add_watch()."),
    with_arguments("watching", &watching,
                   "watching($self, /, fn, key=None)\n--\n\n"
                   "Return a context manager: fn is a watch inside it, under a key of its own if\n"
                   "none is given. It yields the key."),
    {"__reduce_ex__", &refuse_to_pickle, METH_O,
     "__reduce_ex__($self, protocol, /)\n--\n\nRaise TypeError: threads share it."},
    {"__class_getitem__", &Py_GenericAlias, METH_O | METH_CLASS, "ARef[T], for annotations."},
    {},
};

PyType_Slot slots[] = {
    {Py_tp_doc,
     const_cast<char*>("ARef()\n--\n\n"
                       "What holds watches: functions that are told of changes. For itself it has "
                       "no value;\nan Atom is an ARef that has one.\n\n"
                       "Progress   Lock-free. No Python code runs with anything locked.\n"
                       "Source     Clojure's ARef; atomos 0.3.1.")},
    {Py_tp_new, reinterpret_cast<void*>(&make)},
    {Py_tp_init, reinterpret_cast<void*>(&initialise)},
    {Py_tp_dealloc, reinterpret_cast<void*>(&end)},
    {Py_tp_traverse, reinterpret_cast<void*>(&visit_aref)},
    {Py_tp_clear, reinterpret_cast<void*>(&clear)},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {Py_tp_getset, getset},
    {},
};

PyType_Spec spec{"atomos.atom.ARef", sizeof(ARef), 0,
                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

/// Whether a watch of the round is still the one that is registered. -1: a key's == raised.
int still_registered(ARef& self, PyObject* round, PyObject* key, PyObject* fn) {
    const Ref now = self.watches.get();
    if (now.get() == round) return 1;
    if (!now) return 0;
    PyObject* const registered = PyDict_GetItemWithError(now.get(), key);
    if (registered == nullptr && PyErr_Occurred() != nullptr) return -1;
    return registered == fn ? 1 : 0;
}

}  // namespace

PyObject* call_in_python(const char* name, PyObject* self) {
    return in_python(name, self, nullptr, 0, nullptr);
}

void begin_aref(PyObject* self) { ::new (&aref(self).watches) Slot(nullptr); }

int visit_aref(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(aref(self).plain.attributes);
    return aref(self).watches.traverse(visit, arg);
}

void clear_aref(PyObject* self) {
    Slot::drop(aref(self).watches.exchange(0));
    Py_CLEAR(aref(self).plain.attributes);
}

bool notify(PyObject* self, PyObject* old, PyObject* now) {
    const Ref round = aref(self).watches.get();
    if (!round) return true;
    Raised errors;
    Py_ssize_t at = 0;
    PyObject *key = nullptr, *fn = nullptr;
    while (PyDict_Next(round.get(), &at, &key, &fn) != 0) {
        const int registered = still_registered(aref(self), round.get(), key, fn);
        if (registered < 0) errors.add();
        if (registered <= 0 || PyCallable_Check(fn) == 0) continue;
        PyObject* const values[] = {key, self, old, now};
        if (!Ref::taken(PyObject_Vectorcall(fn, values, 4, nullptr))) errors.add();
    }
    return errors.none();
}

bool add_aref(PyObject* module, PyTypeObject*& base) {
    base = add_type(module, spec, nullptr);
    return base != nullptr;
}

}  // namespace atomos::python
