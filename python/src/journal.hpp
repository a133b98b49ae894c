/// \file
/// Changes in a row, for whoever reads them one after another.
#pragma once

#include "slot.hpp"

namespace atomos::python {

/// A place between two changes: where a reader stands. When the next change comes, it is written here,
/// with the place after it; what nobody can reach any more is let go.
struct Link {
    PyObject_HEAD Slot next;
    /// Written before `next` is, and never again.
    PyObject* old;
    PyObject* now;
    /// The thread that made the change.
    unsigned long by;
};

inline Link& link(PyObject* self) noexcept { return *reinterpret_cast<Link*>(self); }

/// The class of links.
PyTypeObject* make_link_type(PyObject* module);
/// A place where nothing has come yet. None: MemoryError is set.
Ref make_link(PyTypeObject* type);

/// A change that is going to be put in a row: all that has to be allocated is there.
struct Entry {
    PyObject* old;
    PyObject* now;
    Ref next;
    /// What is to be given up afterwards, where finalizers may run.
    Ref passed{};
};

/// The end of a row, to which changes are put.
class Journal {
  public:
    Journal() noexcept : tail_(nullptr) {}

    bool is_on() const noexcept { return tail_.load() != 0; }
    /// The place after the last change.
    Ref tail() const noexcept { return tail_.get(); }
    /// Lets the row begin (or end: none) at a link. Returns what has to be given up.
    [[nodiscard]] Word begin(PyObject* first) noexcept {
        return tail_.exchange(first == nullptr ? 0 : Slot::own(first, Slot::Ints::objects));
    }

    /// Puts a change in. Several may do so at once: a reader sees the changes in the order in which they
    /// took the end, and none before those in front of it are written.
    void append(Entry& entry) noexcept {
        PyObject* const next = entry.next.get();
        const Word place = tail_.exchange(Slot::own(next, Slot::Ints::objects));
        if (place == 0) return;
        entry.passed = Slot::take(place);
        Link& written = link(entry.passed.get());
        written.old = Py_NewRef(entry.old);
        written.now = Py_NewRef(entry.now);
        written.by = PyThread_get_thread_ident();
        (void)written.next.exchange(Slot::own(next, Slot::Ints::objects));
    }

    int traverse(visitproc visit, void* arg) const noexcept { return tail_.traverse(visit, arg); }

  private:
    Slot tail_;
};

}  // namespace atomos::python
