/// \file
/// The watches of an ARef: a dictionary that nobody changes, since who edits it puts a copy in its place.
#pragma once

#include "aref.hpp"
#include "watch.hpp"

namespace atomos::python {

/// What an edit has taken out of the watches.
struct TakenOut {
    Ref key;
    Ref fn;
};

/// What was in the watches before one of them was removed or replaced.
inline TakenOut taken_out(PyObject* before, PyObject* after) {
    Py_ssize_t at = 0, there = 0;
    PyObject *key = nullptr, *fn = nullptr, *key_there = nullptr, *fn_there = nullptr;
    while (before != nullptr && PyDict_Next(before, &at, &key, &fn) != 0) {
        const bool found = PyDict_Next(after, &there, &key_there, &fn_there) != 0;
        if (!found || key != key_there || fn != fn_there) return {Ref::to(key), Ref::to(fn)};
    }
    return {};
}

/// Puts a copy in the place of the watches that `edit` has changed: it returns 1, 0 (leave it) or -1,
/// and so does this. What was taken out is told no change any more.
template <class Edit>
int edit_watches(PyObject* self, TakenOut& out, Edit edit) {
    Slot& slot = aref(self).watches;
    for (;;) {
        const Look seen = slot.look();
        const Ref next = Ref::taken(seen.object ? PyDict_Copy(seen.object.get()) : PyDict_New());
        if (!next) return -1;
        const int edited = edit(next.get());
        if (edited <= 0) return edited;
        const bool empty = PyDict_GET_SIZE(next.get()) == 0;
        const Word word = empty ? 0 : Slot::own(next.get(), Slot::Ints::objects);
        if (slot.replace(seen.word, word)) {
            out = taken_out(seen.object.get(), next.get());
            if (out.fn && is_watch(out.fn.get())) end_watch(out.fn.get(), self);
            Slot::drop(seen.word);
            return 1;
        }
        Slot::drop(word);
    }
}

/// Removes what stands under a key. 0: nothing does. -1: the key's hash or == has raised.
int take_out(PyObject* self, PyObject* key, TakenOut& out);

/// Adds what is called, in the place of what has its key.
bool put_in(PyObject* self, PyObject* key, PyObject* fn);

/// Methods of ARef: watches that hear otherwise, and their end.
PyObject* add_listener(PyObject* self, PyObject* const* args, Py_ssize_t given);
PyObject* end_listener(PyObject* self, PyObject* watch);
PyObject* tell_listeners(PyObject* self, PyObject*);
PyObject* remove_watch_and_wait(PyObject* self, PyObject* const* args, Py_ssize_t given,
                                PyObject* keywords);

}  // namespace atomos::python
