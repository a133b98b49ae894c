/// \file
/// The methods of ProcessReference.
///
/// What a replacement has seen is a tuple: the pickle's bytes, the head and the version. The loops that
/// look, compute and replace are written in Python (python/atomos/multiprocessing).

#include <unistd.h>

#include <functional>

#include "process_reference.hpp"

namespace atomos::python {
namespace {

using process::Place;
using process::Rule;
using process::Standing;

PyObject* set(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"set", {"value"}};
    const Arguments arguments(signature, args, given, keywords);
    Place* const place = arguments ? place_of(self) : nullptr;
    if (place == nullptr) return nullptr;
    const Ref bytes = pickled(self, arguments[0]);
    Standing now{};
    return bytes && overwrite(*place, bytes.get(), now) ? Py_NewRef(arguments[0]) : nullptr;
}

PyObject* look_in_python(PyObject* self, PyObject*) {
    const Place* const place = place_of(self);
    if (place == nullptr) return nullptr;
    Seen seen = look(*place);
    if (!seen.bytes) return nullptr;
    return Py_BuildValue("NKK", seen.bytes.release(),
                         static_cast<unsigned long long>(seen.standing.head.word),
                         static_cast<unsigned long long>(seen.standing.version));
}

/// What look_in_python returned.
bool seen_in(PyObject* tuple, Standing& standing) {
    if (!PyTuple_CheckExact(tuple) || PyTuple_GET_SIZE(tuple) != 3) {
        PyErr_SetString(PyExc_TypeError, "what _look() returned is needed");
        return false;
    }
    standing.head.word = PyLong_AsUnsignedLongLong(PyTuple_GET_ITEM(tuple, 1));
    standing.version = PyLong_AsUnsignedLongLong(PyTuple_GET_ITEM(tuple, 2));
    return PyErr_Occurred() == nullptr;
}

/// _replace(seen, bytes, rule): whether it won.
PyObject* replace_in_python(PyObject* self, PyObject* const* args, Py_ssize_t given) {
    Place* const place = place_of(self);
    if (place == nullptr) return nullptr;
    Standing seen{};
    if (given != 3 || !PyBytes_CheckExact(args[1])) {
        PyErr_SetString(PyExc_TypeError, "_replace(seen, bytes, rule)");
        return nullptr;
    }
    const Rule rule = PyLong_AsUnsignedLongLong(args[2]);
    if (PyErr_Occurred() != nullptr || !seen_in(args[0], seen)) return nullptr;
    const int won = translated(-1, [&] {
        const auto allowed = [&] { return place->rule().load(std::memory_order_seq_cst) == rule; };
        return place->replace(seen, published(*place, args[1]), allowed) ? 1 : 0;
    });
    return won < 0 ? nullptr : PyBool_FromLong(won);
}

PyObject* stands(PyObject* self, PyObject* tuple) {
    const Place* const place = place_of(self);
    Standing seen{};
    if (place == nullptr || !seen_in(tuple, seen)) return nullptr;
    return PyBool_FromLong(place->head() == seen.head ? 1 : 0);
}

PyObject* version(PyObject* self, PyObject*) {
    const Place* const place = place_of(self);
    if (place == nullptr) return nullptr;
    const auto now = translated(std::optional<std::uint64_t>(),
                                [&] { return std::optional(version_of(*place)); });
    if (!now) return nullptr;
    return PyLong_FromUnsignedLongLong(*now -
                                       shared(self).home.load(std::memory_order_acquire)->base);
}

/// _sleep(seen, deadline or None): whether something else stands. Signals' handlers run meanwhile.
PyObject* sleep(PyObject* self, PyObject* const* args, Py_ssize_t given) {
    constexpr std::chrono::milliseconds slice{50};
    const Place* const place = place_of(self);
    if (place == nullptr) return nullptr;
    Standing seen{};
    Deadline deadline;
    if (given != 2) {
        PyErr_SetString(PyExc_TypeError, "_sleep(seen, deadline)");
        return nullptr;
    }
    if (!seen_in(args[0], seen) || (args[1] != Py_None && !deadline_at(args[1], deadline))) {
        return nullptr;
    }
    for (;;) {
        auto until = std::chrono::steady_clock::now() + slice;
        if (deadline && *deadline < until) until = *deadline;
        bool changed = false;
        Py_BEGIN_ALLOW_THREADS;
        changed = place->wait(seen, &until);
        Py_END_ALLOW_THREADS;
        if (PyErr_CheckSignals() != 0) return nullptr;
        if (changed) Py_RETURN_TRUE;
        if (deadline && std::chrono::steady_clock::now() >= *deadline) Py_RETURN_FALSE;
    }
}

constexpr const char* ear = "atomos.hearing";

void stop_hearing(PyObject* capsule) {
    auto* const hearing = static_cast<process::Hearing*>(PyCapsule_GetPointer(capsule, ear));
    if (hearing == nullptr) return;
    hearing->release();
    delete hearing;
}

/// _listen(fd): after a change by whomever, and while what it returns lives, the event descriptor is
/// written to. The thread that does so knows nothing of Python.
PyObject* listen(PyObject* self, PyObject* descriptor) {
    const Place* const place = place_of(self);
    const long fd = PyLong_AsLong(descriptor);
    if (place == nullptr || PyErr_Occurred() != nullptr) return nullptr;
    auto hearing = translated(std::unique_ptr<process::Hearing>(), [&] {
        const auto own = std::make_shared<Place>(place->memory(), place->index());
        auto made = std::make_unique<process::Hearing>(place->memory(), own->line(), [own, fd] {
            const std::uint64_t now = version_of(*own);
            const std::uint64_t one = 1;
            static_cast<void>(::write(static_cast<int>(fd), &one, sizeof one) == sizeof one);
            return now;
        });
        made->retain();
        return made;
    });
    if (!hearing) return nullptr;
    PyObject* const capsule = PyCapsule_New(hearing.get(), ear, &stop_hearing);
    if (capsule == nullptr) {
        hearing->release();
        return nullptr;
    }
    [[maybe_unused]] process::Hearing* const own = hearing.release();
    return capsule;
}

/// _guard(): the rule, and the validator whose number it is, or None.
PyObject* guard(PyObject* self, PyObject*) {
    Place* const place = place_of(self);
    if (place == nullptr) return nullptr;
    SharedReference& reference = shared(self);
    Rule rule = place->rule().load(std::memory_order_seq_cst);
    Ref validator = Ref::to(Py_None);
    if ((rule & (process::pending_rule | process::guarded_rule)) != 0) {
        reference.mutex.lock();
        rule = place->rule().load(std::memory_order_seq_cst);
        if (reference.guard != nullptr) validator = Ref::to(reference.guard);
        reference.mutex.unlock();
    }
    return Py_BuildValue("KN", static_cast<unsigned long long>(rule), validator.release());
}

/// _set_guard(seen, validator or None): whether it stands now. It does if `seen` does, which it has
/// checked: the rule is pending, which no commit agrees with, until every commit that had begun is over.
PyObject* set_guard(PyObject* self, PyObject* const* args, Py_ssize_t given) {
    Place* const place = place_of(self);
    if (place == nullptr) return nullptr;
    Standing seen{};
    if (given != 2) {
        PyErr_SetString(PyExc_TypeError, "_set_guard(seen, validator)");
        return nullptr;
    }
    if (!seen_in(args[0], seen)) return nullptr;
    const bool guarded = args[1] != Py_None;
    SharedReference& reference = shared(self);
    Ref before;
    reference.mutex.lock();
    const Rule from = place->rule().load(std::memory_order_seq_cst);
    place->rule().store(from | process::pending_rule, std::memory_order_seq_cst);
    place->memory()->wait_for_commits();
    const bool agreed = place->head() == seen.head;
    if (agreed) {
        before = Ref::taken(std::exchange(reference.guard, guarded ? Py_NewRef(args[1]) : nullptr));
    }
    const Rule to = (from | 3U) + 1 + (guarded ? process::guarded_rule : 0);
    place->rule().store(agreed ? to : from, std::memory_order_seq_cst);
    reference.mutex.unlock();
    return PyBool_FromLong(agreed ? 1 : 0);
}

PyObject* nothing(PyObject* self, PyObject*) {
    if (place_of(self) == nullptr) return nullptr;
    Py_RETURN_NONE;
}

PyCFunction plain_call(PyObject* (*method)(PyObject*, PyObject* const*, Py_ssize_t)) {
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(method));
}

}  // namespace

PyMethodDef process_reference_methods[] = {
    without_arguments("get", &get_reference,
                      "get($self, /)\n--\n\n"
                      "Return the value: a copy of one's own.\n\n"
                      "Cost       One unpickling.\n"
                      "Errors     What the unpickling raises."),
    with_arguments("set", &set,
                   "set($self, /, value)\n--\n\n"
                   "Replace the value, whatever it is, and return the argument.\n\n"
                   "Errors     What the pickling raises; nothing has changed. Full."),
    without_arguments("notify_one", &nothing,
                      "notify_one($self, /)\n--\n\nNothing: writers wake those that wait."),
    without_arguments("notify_all", &nothing,
                      "notify_all($self, /)\n--\n\nNothing: writers wake those that wait."),
    {"__reduce__", &reduce_reference, METH_NOARGS,
     "__reduce__($self, /)\n--\n\nThe address of the variable: a copy stands for the same one."},
    {"__class_getitem__", &Py_GenericAlias, METH_O | METH_CLASS, "For annotations."},
    {"_attached", &attached_reference, METH_O | METH_CLASS, nullptr},
    {"_look", &look_in_python, METH_NOARGS, nullptr},
    {"_replace", plain_call(&replace_in_python), METH_FASTCALL, nullptr},
    {"_stands", &stands, METH_O, nullptr},
    {"_version", &version, METH_NOARGS, nullptr},
    {"_sleep", plain_call(&sleep), METH_FASTCALL, nullptr},
    {"_listen", &listen, METH_O, nullptr},
    {"_guard", &guard, METH_NOARGS, nullptr},
    {"_set_guard", plain_call(&set_guard), METH_FASTCALL, nullptr},
    {},
};

}  // namespace atomos::python
