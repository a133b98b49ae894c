/// \file
/// ARef: watches, and what they are told.

#include "aref.hpp"

#include <structmember.h>

#include <cstddef>
#include <new>

#include "atom.hpp"
#include "raised.hpp"
#include "watch_table.hpp"

namespace atomos::python {
namespace {

/// The watches as they are; none yet: an empty dictionary.
Ref watches_of(ARef& self) {
    Ref watches = self.watches.get();
    return watches ? std::move(watches) : Ref::taken(PyDict_New());
}

/// Shows the functions of watches that hear otherwise. False: a key's hash has raised.
bool show_functions(PyObject* watches) {
    Py_ssize_t at = 0;
    PyObject *key = nullptr, *fn = nullptr;
    while (PyDict_Next(watches, &at, &key, &fn) != 0) {
        if (!is_watch(fn)) continue;
        const Ref shown = Ref::to(watch(fn).fn);
        if (PyDict_SetItem(watches, key, shown.get()) < 0) return false;
    }
    return true;
}

PyObject* get_watches(PyObject* self, PyObject*) {
    const Ref watches = watches_of(aref(self));
    Ref copy = watches ? Ref::taken(PyDict_Copy(watches.get())) : Ref();
    return copy && show_functions(copy.get()) ? copy.release() : nullptr;
}

/// Whether a call says no more than a key and a function.
bool is_plain(Py_ssize_t given, PyObject* keywords) {
    const Py_ssize_t named = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
    for (Py_ssize_t i = 0; i < named; ++i) {
        PyObject* const name = PyTuple_GET_ITEM(keywords, i);
        if (PyUnicode_CompareWithASCIIString(name, "key") != 0 &&
            PyUnicode_CompareWithASCIIString(name, "fn") != 0) {
            return false;
        }
    }
    return given <= 2;
}

PyObject* in_python(const char* name, PyObject* self, PyObject* const* args, Py_ssize_t given,
                    PyObject* keywords);

PyObject* add_watch(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<2> signature{"add_watch", {"key", "fn"}};
    if (!is_plain(given, keywords)) return in_python("add_watch", self, args, given, keywords);
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments || !put_in(self, arguments[0], arguments[1])) return nullptr;
    Py_RETURN_NONE;
}

PyObject* remove_watch(PyObject* self, PyObject* const* args, Py_ssize_t given,
                       PyObject* keywords) {
    static constexpr Signature<1> signature{"remove_watch", {"key"}};
    const Arguments arguments(signature, args, given, keywords);
    TakenOut out;
    if (!arguments || take_out(self, arguments[0], out) < 0) return nullptr;
    Py_RETURN_NONE;
}

/// A change that is given by hand comes after those that were committed before it.
bool put_in_row(PyObject* self, PyObject* old, PyObject* now) {
    if (aref(self).watches.load() == 0 || !is_atom(self) || !atom(self).state.has_row())
        return true;
    Entry entry{old, now, make_link(state_of(Py_TYPE(self)).link)};
    if (!entry.next) return false;
    atom(self).state.append(entry);
    return true;
}

PyObject* notify_watches(PyObject* self, PyObject* const* args, Py_ssize_t given,
                         PyObject* keywords) {
    static constexpr Signature<2> signature{"notify_watches", {"oldval", "newval"}};
    const Arguments arguments(signature, args, given, keywords);
    if (!arguments || !put_in_row(self, arguments[0], arguments[1]) ||
        !notify(self, arguments[0], arguments[1])) {
        return nullptr;
    }
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
        "add_watch($self, /, key, fn, *, delivery=\"direct\", once=False, executor=None)\n--\n\n"
        "Have fn(key, ref, old, new) called after each change, on the changing thread.\n\n"
        "delivery   \"direct\": each change, rivals' calls overlap. \"ordered\": each change, in "
        "the\n"
        "           order of the commits, never two calls at a time: of several threads one tells\n"
        "           them all. \"latest\": the newest state, as \"ordered\", skipping others.\n"
        "once       Hear one change; then the watch is removed.\n"
        "executor   Where it is called: a callable that is given a task without arguments, or a\n"
        "           concurrent.futures.Executor. It may run a task at once, later or never.\n\n"
        "Watches run in the order of their registration, with nothing locked, also when the new\n"
        "value equals the old. Across threads their order is not guaranteed. The same key "
        "replaces,\n"
        "and keeps its place. A watch may use the same object: its changes nest.\n\n"
        "Errors     What the key's hash or == raises; nothing has changed. What watches raise is\n"
        "           raised by the changing call after all have run, several as an ExceptionGroup\n"
        "           (before Python 3.11: the first, the others in `watch_errors`): the change "
        "*is*\n"
        "           committed. What has no caller goes to set_watch_error_handler's function.\n"
        "           ValueError, TypeError: the options; nothing has changed.\n"
        "Bound      \"ordered\": about 80 bytes and two states for each change not told yet.\n"
        "Cost       A copy of the table of watches."),
    with_arguments("remove_watch", &remove_watch,
                   "remove_watch($self, /, key)\n--\n\n"
                   "Remove a watch, if there is one: no call of it begins any more.\n\n"
                   "Errors and cost as in add_watch()."),
    with_arguments(
        "remove_watch_and_wait", &remove_watch_and_wait,
        "remove_watch_and_wait($self, /, key)\n--\n\n"
        "Remove a watch: no call of it is running any more. Return whether there was one.\n\n"
        "From inside of the watch it does not wait for that very call; from inside of any\n"
        "watch it does not wait for a call that itself waits in here.\n\n"
        "Progress   Blocks while a call is running, with the GIL released.\n"
        "Errors     As remove_watch(), and what a signal's handler raises meanwhile, such as\n"
        "           KeyboardInterrupt: the watch is removed."),
    with_arguments("notify_watches", &notify_watches,
                   "notify_watches($self, /, oldval, newval)\n--\n\n"
                   "Tell the watches of a change. Atoms do this by themselves.\n\n"
                   "Errors     As in add_watch()."),
    with_arguments(
        "watching", &watching,
        "watching($self, /, fn, key=None, *, delivery=\"direct\", once=False, executor=None)"
        "\n--\n\n"
        "Return a context manager: fn is a watch inside it, under a key of its own if\n"
        "none is given. It yields the key.\n\n"
        "Its end removes that very watch, as remove_watch_and_wait() does."),
    {"_add_listener", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&add_listener)),
     METH_FASTCALL, nullptr},
    {"_end_listener", &end_listener, METH_O, nullptr},
    {"_tell_listeners", &tell_listeners, METH_NOARGS, nullptr},
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

PyObject* call_in_python(const char* name, PyObject* self, PyObject* const* args,
                         Py_ssize_t given) {
    return in_python(name, self, args, given, nullptr);
}

bool is_own_notify_watches(PyObject* self, PyObject* method) {
    return PyCFunction_Check(method) && PyCFunction_GET_SELF(method) == self &&
           PyCFunction_GET_FUNCTION(method) ==
               reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&notify_watches));
}

bool tells_by_itself(PyObject* self) {
    const Ref method = Ref::taken(PyObject_GetAttrString(self, "notify_watches"));
    if (!method) PyErr_Clear();
    return method && is_own_notify_watches(self, method.get());
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
    Raised errors;
    notify(self, old, now, errors);
    return errors.none();
}

void notify(PyObject* self, PyObject* old, PyObject* now, Raised& errors) {
    const Ref round = aref(self).watches.get();
    if (!round) return;
    Calling calling;
    if (!calling) {
        errors.add();
        return;
    }
    Py_ssize_t at = 0;
    PyObject *key = nullptr, *fn = nullptr;
    while (PyDict_Next(round.get(), &at, &key, &fn) != 0) {
        if (is_watch(fn)) {
            calling.end();
            if (!hear(fn, self, old, now)) errors.add();
            continue;
        }
        calling.begin({self, key, fn});
        const int registered = still_registered(aref(self), round.get(), key, fn);
        if (registered < 0) errors.add();
        if (registered <= 0 || PyCallable_Check(fn) == 0) continue;
        PyObject* const values[] = {key, self, old, now};
        if (!Ref::taken(PyObject_Vectorcall(fn, values, 4, nullptr))) errors.add();
    }
}

bool add_aref(PyObject* module, PyTypeObject*& base) {
    base = add_type(module, spec, nullptr);
    return base != nullptr;
}

}  // namespace atomos::python
