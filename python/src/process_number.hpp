/// \file
/// The object behind the process scope's numbers, and what their methods share.
#pragma once

#include <atomic>
#include <atomos/process.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "arguments.hpp"
#include "process_errors.hpp"
#include "process_home.hpp"
#include "reference.hpp"

namespace atomos::python {

/// A number's word in a region, which has its form's size.
struct NumberWord;

/// An AtomicCtypesReference, or an instance of a class derived from it: a variable of its own, or an
/// element of an array.
///
/// Its word is set once, by the first __init__ that succeeds, and then stays.
struct SharedNumber {
    PyObject_HEAD std::atomic<NumberWord*> word;
    std::atomic<NumberWord*> writable;  ///< the same; none if its region is only to be looked at
    process::CellLine* line;            ///< where waits for it meet; set before the word
    std::atomic<Home*> home;            ///< an element's is its array's
    PyObject* array;                    ///< whose element it is; none: it is a variable of its own
    Py_ssize_t index;                   ///< in the array
    Form form;
    Plain plain;
    PyObject* given;  ///< an int that was returned, of one digit; under the GIL
};

inline SharedNumber& shared_number(PyObject* self) noexcept {
    return *reinterpret_cast<SharedNumber*>(self);
}

/// The word as what it is.
template <class T>
process::Atomic<T>& word_as(NumberWord& word) noexcept {
    return *std::launder(reinterpret_cast<process::Atomic<T>*>(&word));
}

std::uint64_t load(NumberWord& word, Form form) noexcept;
bool compare_exchange(NumberWord& word, Form form, std::uint64_t seen, std::uint64_t next) noexcept;

/// To be raised where there is no word. Always nullptr.
NumberWord* refuse_use(SharedNumber& self);

/// The word to look at. None: an error is set.
inline NumberWord* readable(SharedNumber& self) {
    NumberWord* const word = self.word.load(std::memory_order_acquire);
    return word != nullptr ? word : refuse_use(self);
}
/// The word to change.
inline NumberWord* writable(SharedNumber& self) {
    NumberWord* const word = self.writable.load(std::memory_order_acquire);
    return word != nullptr ? word : refuse_use(self);
}

/// An int to be returned. With the GIL the one that was returned last becomes it, if the caller has dropped
/// that. nullptr: MemoryError is set.
inline PyObject* give_int(SharedNumber& self, long long value) noexcept {
    if constexpr (has_gil) {
        PyObject* const last = self.given;
        if (last != nullptr && may_become(last, value)) [[likely]] {
            become(last, value);
            return Py_NewRef(last);
        }
    }
    PyObject* const made = make_int(value);
    if constexpr (has_gil) {
        const bool is_new = made != nullptr && !SmallInts::has(value) && is_compact(made);
        if (is_new) Py_XSETREF(self.given, Py_NewRef(made));
    }
    return made;
}

void wake_waiters(SharedNumber& self) noexcept;

/// To be called after a change, which was seq_cst: so either a waiter is seen here, or he sees the change.
inline void told(SharedNumber& self) noexcept {
    if (process::is_awaited(self.line->waiting)) [[unlikely]]
        wake_waiters(self);
}

/// Replaces the value by compute(value), bit by bit: a NaN ends the loop too. Python code runs in compute
/// only, with nothing held.
template <class Compute>
Change change(SharedNumber& self, Compute compute) {
    NumberWord* const word = writable(self);
    if (word == nullptr) return {};
    for (;;) {
        const std::uint64_t seen = load(*word, self.form);
        Ref old = object_of(self.form, seen);
        if (!old) return {};
        Ref now = compute(old.get());
        std::uint64_t next = 0;
        if (!now || !bits_of(self.form, now.get(), next)) return {};
        now = object_of(self.form, next);
        if (!now) return {};
        if (!compare_exchange(*word, self.form, seen, next)) continue;
        told(self);
        return {std::move(old), std::move(now)};
    }
}

/// What of a change is returned.
enum class Wants : std::uint8_t { old, now };
template <Wants wants>
PyObject* answer(Change change) {
    return wants == Wants::old && change.now ? change.old.release() : change.now.release();
}

/// Lets an object have its variable: makes or finds it. For __init__, of which `args` are the first ones,
/// by position or keyword; `region` and `name` are keywords only.
bool settle_number(SharedNumber& self, Form form, PyObject* value, PyObject* region,
                   PyObject* name);

/// An element of an array, as an object of that class.
PyObject* make_element(PyTypeObject* type, PyObject* array, Py_ssize_t index, Form form,
                       NumberWord* word, Home& home);
/// Whether an object is the element of that array, there.
bool is_element(PyObject* object, PyObject* array, Py_ssize_t index) noexcept;

/// compare_and_set's way by ==, which may be the operands' own. nullptr: an error is set.
PyObject* compare_numbers(SharedNumber& self, PyObject* expect, PyObject* update);

/// The life of every SharedNumber.
PyObject* make_number(PyTypeObject* type, PyObject*, PyObject*);

/// `value`, `region` and `name` of an __init__ that takes no type.
template <Form form>
int initialise_number(PyObject* self, PyObject* args, PyObject* keywords) {
    static constexpr Signature<3> signature{"__init__", {"value", "region", "name"}, 0};
    const Arguments arguments(signature, args, keywords);
    if (!arguments) return -1;
    if (PyTuple_GET_SIZE(args) > 1) {
        PyErr_SetString(PyExc_TypeError, "region and name are given by keyword");
        return -1;
    }
    return settle_number(shared_number(self), form, arguments[0], arguments[1], arguments[2]) ? 0
                                                                                              : -1;
}

/// What pickle is told, and what it calls.
PyObject* reduce_number(PyObject* self, PyObject*);
PyObject* attached_number(PyObject* type, PyObject* args);

/// The methods of AtomicCtypesReference.
extern PyMethodDef process_number_methods[];

/// try_add and add_clamped of integers.
PyObject* try_add_within(PyObject* self, PyObject* const* args, Py_ssize_t given,
                         PyObject* keywords);
PyObject* add_clamped_within(PyObject* self, PyObject* const* args, Py_ssize_t given,
                             PyObject* keywords);

/// set_if_less (op Py_LT) and set_if_greater (Py_GT).
template <int op>
PyObject* set_shared_if(PyObject* self, PyObject* const* args, Py_ssize_t given,
                        PyObject* keywords);

/// Makes a class. It is in the module under the name Process... Returns nullptr with an error set.
PyTypeObject* add_process_type(PyObject* module, PyType_Spec& spec, PyTypeObject* base);

/// AtomicCtypesReference and AtomicBoolean; then AtomicNumber and AtomicFloat; then AtomicInteger and
/// AtomicLong. nullptr: an error is set.
PyTypeObject* add_ctypes_references(PyObject* module);
PyTypeObject* add_process_numbers(PyObject* module, PyTypeObject* base);
bool add_process_integers(PyObject* module, PyTypeObject* base);
bool add_process_references(PyObject* module);
bool add_process_arrays(PyObject* module);
bool add_process_adders(PyObject* module);
bool add_process_accumulators(PyObject* module);

}  // namespace atomos::python
