/// \file
/// Watch: one that hears otherwise than by a plain call, or that its handle removes.
#pragma once

#include "calls.hpp"
#include "journal.hpp"

namespace atomos::python {

/// In which order, and how many of the changes, a watch hears: as atomos.Delivery.
enum class Delivery : std::uint8_t { direct, ordered, latest };

/// How a watch wants to hear.
struct Wishes {
    Delivery delivery = Delivery::direct;
    bool once = false;
    /// Of other processes' changes too: by a thread that has no caller, and not by commits here.
    bool everyone = false;
    /// What runs tasks somewhere; none: nullptr.
    PyObject* executor = nullptr;
    /// Of `latest`, where an atom's state cannot simply be looked at: look(ref, seen) gives (now seen, old,
    /// new), or None if nothing is newer than what was seen; of None it gives (now seen, None, None).
    PyObject* look = nullptr;
};

/// A watch among those of an ARef. Whoever has a change for one of `ordered` or `latest` puts it in, and
/// tells the watch if nobody is at it:
///
///     who has a change              who tells the watch
///     put it in                     lay the duty down
///     take the duty                 look whether something has come
///
/// One of the two sees the other, so nothing stays that could be told. All four are SharedWord's.
struct Watch {
    PyObject_HEAD PyObject* key;
    PyObject* fn;
    PyObject* executor;
    PyObject* look;
    /// A weak reference to its ARef.
    PyObject* home;
    /// `ordered`: the place in the row up to which it was told.
    Slot place;
    /// `ordered`, where the row is not the atom's: its end.
    Journal row;
    /// `latest`: what has come; a tuple of values, True or None.
    Slot arrived;
    /// `latest`: what was told last.
    Slot told;
    /// Who tells it: a thread's calls, or a task that has not begun.
    SharedWord duty;
    SharedWord spent;
    SharedWord ended;
    Delivery delivery;
    bool once;
    bool everyone;
    /// Its row, or its newest value, is the atom's own.
    bool of_the_atom;

    bool has_ended() const noexcept { return ended.load() != 0; }
};

inline Watch& watch(PyObject* self) noexcept { return *reinterpret_cast<Watch*>(self); }

PyTypeObject* make_watch_type(PyObject* module);
void end_of_watch(PyObject* self);
inline bool is_watch(PyObject* object) noexcept {
    return Py_TYPE(object)->tp_dealloc == &end_of_watch;
}

/// A watch that is not told anything yet. None: an error is set.
Ref make_watch(PyObject* ref, PyObject* key, PyObject* fn, const Wishes& wishes);

/// Tells of a change that this thread has made. False: the watch, or its executor, has raised.
bool hear(PyObject* self, PyObject* ref, PyObject* old, PyObject* now);

/// Tells what has come before the watch was there for others to tell, or from elsewhere. Errors have no
/// caller: they are reported. False: the thread is to end.
bool hear_of_others(PyObject* self, PyObject* ref);

/// No call begins any more. For who has taken it out.
void end_watch(PyObject* self, PyObject* ref);

/// What an executor is given. None: an error is set.
PyTypeObject* make_task_type(PyObject* module);
Ref make_task(PyObject* watch, PyObject* old, PyObject* now);
/// A task runs, or never will.
bool run_task(PyObject* watch, PyObject* old, PyObject* now);
void task_dropped(Watch& self) noexcept;

}  // namespace atomos::python
