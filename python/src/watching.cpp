/// \file
/// ARef's watches that hear otherwise than by a plain call: how they come, and how they go.

#include "atom.hpp"
#include "raised.hpp"
#include "watch_table.hpp"

namespace atomos::python {

int take_out(PyObject* self, PyObject* key, TakenOut& out) {
    return edit_watches(self, out, [&](PyObject* watches) {
        const int found = PyDict_Contains(watches, key);
        return found <= 0 ? found : PyDict_DelItem(watches, key) < 0 ? -1 : 1;
    });
}

int take_out_very(PyObject* self, PyObject* one) {
    TakenOut out;
    return edit_watches(self, out, [&](PyObject* watches) {
        PyObject* const key = watch(one).key;
        PyObject* const found = PyDict_GetItemWithError(watches, key);
        if (found != one) return PyErr_Occurred() != nullptr ? -1 : 0;
        return PyDict_DelItem(watches, key) < 0 ? -1 : 1;
    });
}

bool put_in(PyObject* self, PyObject* key, PyObject* fn) {
    TakenOut out;
    return edit_watches(self, out, [&](PyObject* watches) {
               return PyDict_SetItem(watches, key, fn) < 0 ? -1 : 1;
           }) > 0;
}

/// _add_listener(key, fn, delivery, once, everyone, executor, look): see Wishes.
PyObject* add_listener(PyObject* self, PyObject* const* args, Py_ssize_t given) {
    if (given != 7) {
        PyErr_Format(PyExc_TypeError, "_add_listener() takes 7 arguments (%zd given)", given);
        return nullptr;
    }
    const auto given_or_none = [](PyObject* object) {
        return object == Py_None ? nullptr : object;
    };
    const long delivery = PyLong_AsLong(args[2]);
    if (delivery == -1 && PyErr_Occurred() != nullptr) return nullptr;
    const Wishes wishes{static_cast<Delivery>(delivery), args[3] == Py_True, args[4] == Py_True,
                        given_or_none(args[5]), given_or_none(args[6])};
    Ref made = make_watch(self, args[0], args[1], wishes);
    if (!made) return nullptr;
    if (!put_in(self, args[0], made.get())) {
        const Ref error = take_raised();
        end_watch(made.get(), self);
        raise_again(Ref::to(error.get()));
        return nullptr;
    }
    return hear_of_others(made.get(), self) ? made.release() : nullptr;
}

/// _end_listener(watch): takes this very watch out, and waits for its calls.
PyObject* end_listener(PyObject* self, PyObject* one) {
    if (!is_watch(one)) {
        PyErr_Format(PyExc_TypeError, "_end_listener() takes what _add_listener() returned, not %s",
                     class_name(one));
        return nullptr;
    }
    end_watch(one, self);
    const int removed = take_out_very(self, one);
    if (removed < 0 || !wait_for_calls({self, watch(one).key, one})) return nullptr;
    return PyBool_FromLong(removed);
}

/// _tell_listeners(): tells the watches of everyone that something may have changed.
PyObject* tell_listeners(PyObject* self, PyObject*) {
    const Ref round = aref(self).watches.get();
    Py_ssize_t at = 0;
    PyObject *key = nullptr, *one = nullptr;
    while (round && PyDict_Next(round.get(), &at, &key, &one) != 0) {
        if (is_watch(one) && watch(one).everyone && !hear_of_others(one, self)) return nullptr;
    }
    Py_RETURN_NONE;
}

PyObject* remove_watch_and_wait(PyObject* self, PyObject* const* args, Py_ssize_t given,
                                PyObject* keywords) {
    static constexpr Signature<1> signature{"remove_watch_and_wait", {"key"}};
    const Arguments arguments(signature, args, given, keywords);
    TakenOut out;
    const int removed = arguments ? take_out(self, arguments[0], out) : -1;
    if (removed < 0) return nullptr;
    if (removed > 0 && !wait_for_calls({self, out.key.get(), out.fn.get()})) return nullptr;
    return PyBool_FromLong(removed);
}

}  // namespace atomos::python
