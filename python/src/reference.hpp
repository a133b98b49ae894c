/// \file
/// The object behind atomos.atomic's classes, and what their methods share.
#pragma once

#include "arguments.hpp"
#include "pending.hpp"

namespace atomos::python {

/// What a class accepts as its value.
enum class Kind : std::uint8_t { anything, number, boolean, integer, floating };

/// An AtomicReference, or an instance of a class derived from it.
struct Reference {
    PyObject_HEAD Slot slot;
    Waiting waiting;
    Kind kind;
    Plain plain;

    Slot::Ints ints() const noexcept {
        return kind == Kind::number || kind == Kind::integer ? Slot::Ints::words
                                                             : Slot::Ints::objects;
    }
};

/// The value before a change and after it. Not `now`: it failed, the error is set, nothing changed.
struct Change {
    Ref old, now;
};

inline Reference& reference(PyObject* self) noexcept { return *reinterpret_cast<Reference*>(self); }

/// A class's name without its module.
const char* class_name(PyObject* instance) noexcept;
/// <MODULE.CLASS(VALUE) object at ADDRESS>
PyObject* describe(const char* module, PyObject* instance, PyObject* value);
/// What pickle and copy are told. Always nullptr, with TypeError set.
PyObject* refuse_to_pickle(PyObject* self, PyObject* protocol);

/// Whether the object may be the value, if that is quickly seen; false: perhaps.
inline bool surely_accepts(const Reference& self, PyObject* value) noexcept {
    if (self.kind <= Kind::number) return true;
    if (self.kind == Kind::integer) return PyLong_Check(value) != 0;
    return self.kind == Kind::boolean ? PyBool_Check(value) != 0 : PyFloat_CheckExact(value) != 0;
}
/// Where it is not quickly seen.
bool accepts_at_last(Reference& self, PyObject* value);
/// Whether the object may be the value. False, with TypeError set: it may not.
inline bool accepts(Reference& self, PyObject* value) {
    return surely_accepts(self, value) || accepts_at_last(self, value);
}

/// Attempt(won, now).
Ref attempt_of(PyObject* self, bool won, PyObject* now);

/// A look that always yields an object; none: MemoryError is set.
inline Look look(const Slot& slot) noexcept {
    Look seen = slot.look();
    if (!seen.object && PyErr_Occurred() == nullptr) seen.object = Ref::to(Py_None);
    return seen;
}

/// Publishes `next` if `seen` stands. True: `seen`'s own reference has been given up. False: an error may be
/// set.
inline bool replace(Reference& self, const Look& seen, PyObject* next) noexcept {
    const Word word = Slot::own(next, self.ints());
    while (!self.slot.replace(seen.word, word)) {
        if (self.slot.is_pending() && make_way(self.slot)) continue;
        Slot::drop(word);
        return false;
    }
    changed(self.waiting);
    Slot::drop(seen.word);
    return true;
}

/// Replaces the value by compute(value), which runs again after a lost race.
template <class Compute>
Change change(Reference& self, Compute compute) {
    for (;;) {
        Look seen = look(self.slot);
        if (!seen.object) return {};
        Ref next = compute(seen.object.get());
        if (!next || !accepts(self, next.get())) return {};
        if (replace(self, seen, next.get())) return {std::move(seen.object), std::move(next)};
        if (PyErr_Occurred() != nullptr) return {};
    }
}

/// set_if_less (op Py_LT) and set_if_greater (Py_GT) of references and numbers.
template <int op>
PyObject* set_if(PyObject* self, PyObject* value);

/// The end of a store that could not make way: gives up the word and the value. nullptr.
PyObject* not_stored(Word word, PyObject* value) noexcept;
/// The end of a change that somebody waits for: wakes him, and gives up what `old` owned.
PyObject* wake_and_return(Reference& self, Word old, PyObject* result);

/// Stores an accepted value, and returns another reference to it.
inline PyObject* store_accepted(Reference& self, PyObject* value) noexcept {
    const Word next = Slot::own_twice(value, self.ints());
    const Word old = self.slot.put(next);
    if (old == Slot::not_put) [[unlikely]]
        return not_stored(next, value);
    if (is_awaited(self.waiting)) [[unlikely]]
        return wake_and_return(self, old, value);
    return Slot::drop_and_return(old, value);
}
/// As store, where it is not quickly seen whether the value is accepted.
PyObject* store_at_last(Reference& self, PyObject* value);

/// Replaces the value, whatever it is, and returns another reference to the new one. nullptr, with
/// TypeError set: it is none of this class's.
inline PyObject* store(Reference& self, PyObject* value) {
    return surely_accepts(self, value) ? store_accepted(self, value) : store_at_last(self, value);
}

/// Whether two values are equal: the same object, or left == right. -1: that raised.
inline int same_or_equal(PyObject* left, PyObject* right) {
    if (left == right) return 1;
    const int equal = equal_ints(left, right);
    if (equal >= 0) return equal;
    const Ref answer = Ref::taken(PyObject_RichCompare(left, right, Py_EQ));
    return answer ? PyObject_IsTrue(answer.get()) : -1;
}

/// Waits until see() shows another value: see() returns the value to be returned, an empty look with
/// nothing set if it is still the old one, or one with the error set.
template <class See>
PyObject* wait_until_changed(Waiting& waiting, const Deadline& deadline, See see) {
    for (;;) {
        Ref now = see();
        if (now || PyErr_Occurred() != nullptr) return now.release();
        Parking parking(waiting);
        if (!parking.ready()) return nullptr;
        now = see();
        if (now || PyErr_Occurred() != nullptr) return now.release();
        const Slept slept = parking.sleep(deadline);
        if (slept == Slept::raised) return nullptr;
        if (slept == Slept::over) {
            now = see();
            if (now || PyErr_Occurred() != nullptr) return now.release();
            Py_RETURN_NONE;
        }
    }
}

/// The forms of waiting, by what a class sees: wait(old), wait_for(old, seconds), wait_until(old, time).
template <class See>
struct Waits {
    static PyObject* wait(PyObject* self, PyObject* const* args, Py_ssize_t given,
                          PyObject* keywords) {
        static constexpr Signature<1> signature{"wait", {"old"}};
        const Arguments arguments(signature, args, given, keywords);
        return arguments ? run(self, arguments[0], std::nullopt) : nullptr;
    }
    static PyObject* wait_for(PyObject* self, PyObject* const* args, Py_ssize_t given,
                              PyObject* keywords) {
        static constexpr Signature<2> signature{"wait_for", {"old", "seconds"}};
        const Arguments arguments(signature, args, given, keywords);
        Deadline deadline;
        if (!arguments || !deadline_after(arguments[1], deadline)) return nullptr;
        return run(self, arguments[0], deadline);
    }
    static PyObject* wait_until(PyObject* self, PyObject* const* args, Py_ssize_t given,
                                PyObject* keywords) {
        static constexpr Signature<2> signature{"wait_until", {"old", "deadline"}};
        const Arguments arguments(signature, args, given, keywords);
        Deadline deadline;
        if (!arguments || !deadline_at(arguments[1], deadline)) return nullptr;
        return run(self, arguments[0], deadline);
    }
    static PyObject* notify(PyObject* self, PyObject*) {
        wake(See::waiting(self));
        Py_RETURN_NONE;
    }

  private:
    static PyObject* run(PyObject* self, PyObject* old, const Deadline& deadline) {
        return wait_until_changed(See::waiting(self), deadline,
                                  [&] { return See::other_than(self, old); });
    }
};

/// The life of every Reference.
template <Kind kind>
PyObject* make_reference(PyTypeObject* type, PyObject*, PyObject*);
int initialise_reference(PyObject* self, PyObject* args, PyObject* keywords);
int visit_reference(PyObject* self, visitproc visit, void* arg);
int clear_reference(PyObject* self);
void end_reference(PyObject* self);

extern PyMethodDef reference_methods[];

/// Makes atomos.atomic's classes. False: an error is set.
bool add_references(PyObject* module, PyTypeObject*& base);
bool add_boolean(PyObject* module, PyTypeObject* base);
bool add_numbers(PyObject* module, PyTypeObject* base);

/// Where the attributes and weak references of a Reference are.
extern PyMemberDef plain_members[];

}  // namespace atomos::python
