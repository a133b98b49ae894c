/// \file
/// What CPython asks of an extension with shared objects: who counts references, with the GIL and
/// without it, how a thread waits so that signals reach it, and what is left in a fork's child.
///
/// *Reference counts.* A word in a Slot owns one count of its object. A reader takes a count of its own.
/// With the GIL that is an increment. Without it, an object that another thread takes out of the slot
/// may die between the look and the increment: so the count is raised only if it has not ended (which
/// CPython's own lists and dictionaries do), and the slot is looked at again. The memory of an object
/// that died stays an object's memory until every thread has passed a safe point (CPython's
/// quiescent-state reclamation), so the attempt itself reads nothing foreign. No lock, no list of
/// retired objects: what is replaced dies at once, as Python programs expect.
///
/// *Locks.* None is held while Python code runs, neither ours nor, for longer than a store, an
/// interpreter's: functions, comparisons, hashes and finalizers are called with nothing held.
///
/// *Fork.* What waits is in one table; the child finds it empty, since only the forking thread lives on.
///
/// *Subinterpreters.* Types and module state belong to one interpreter each; objects never cross.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <pthread.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "word.hpp"

namespace atomos::python {

/// An owned reference, or none.
class Ref {
  public:
    Ref() noexcept = default;
    /// Takes over a reference that a C function returned.
    static Ref taken(PyObject* object) noexcept { return Ref(object); }
    /// Another reference to an object.
    static Ref to(PyObject* object) noexcept { return Ref(Py_XNewRef(object)); }

    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Ref& operator=(Ref&& other) noexcept {
        PyObject* const old = std::exchange(object_, std::exchange(other.object_, nullptr));
        Py_XDECREF(old);
        return *this;
    }
    Ref(const Ref&) = delete;
    Ref& operator=(const Ref&) = delete;
    ~Ref() { Py_XDECREF(object_); }

    PyObject* get() const noexcept { return object_; }
    /// Hands the reference over to the caller.
    PyObject* release() noexcept { return std::exchange(object_, nullptr); }
    explicit operator bool() const noexcept { return object_ != nullptr; }

  private:
    explicit Ref(PyObject* object) noexcept : object_(object) {}

    PyObject* object_ = nullptr;
};

/// Gives up a reference, then returns `result`. Out of line and last, so that the caller has nothing to
/// keep for what comes after an object's end.
[[gnu::noinline]] inline PyObject* end_and_return(PyObject* object, PyObject* result) noexcept {
    Py_DECREF(object);
    return result;
}

/// How often the process has forked, counted in its children.
std::uint32_t forks_of_process() noexcept;

#ifdef Py_GIL_DISABLED

inline constexpr bool has_gil = false;

/// Lets other threads raise this object's count while it may be ending.
inline void allow_sharing(PyObject* object) noexcept {
#if PY_VERSION_HEX >= 0x030E0000
    PyUnstable_EnableTryIncRef(object);
#else
    if (_Py_IsImmortal(object)) return;
    Py_ssize_t shared = _Py_atomic_load_ssize_relaxed(&object->ob_ref_shared);
    while ((shared & _Py_REF_SHARED_FLAG_MASK) == 0 &&
           !_Py_atomic_compare_exchange_ssize(&object->ob_ref_shared, &shared,
                                              shared | _Py_REF_MAYBE_WEAKREF)) {
    }
#endif
}

/// Takes references to an object that is alive, and allows sharing.
template <int references>
inline void share(PyObject* object) noexcept {
#if PY_VERSION_HEX >= 0x030E0000
    allow_sharing(object);
    for (int i = 0; i < references; ++i) Py_INCREF(object);
#else
    const std::uint32_t local = _Py_atomic_load_uint32_relaxed(&object->ob_ref_local);
    if (local == _Py_IMMORTAL_REFCNT_LOCAL) return;
    if (_Py_IsOwnedByCurrentThread(object)) {
        // A count that reaches the end never ends: as CPython has it.
        const bool ends = local > _Py_IMMORTAL_REFCNT_LOCAL - references;
        _Py_atomic_store_uint32_relaxed(&object->ob_ref_local,
                                        ends ? _Py_IMMORTAL_REFCNT_LOCAL : local + references);
        allow_sharing(object);
        return;
    }
    constexpr auto more = static_cast<Py_ssize_t>(references) << _Py_REF_SHARED_SHIFT;
    Py_ssize_t shared = _Py_atomic_load_ssize_relaxed(&object->ob_ref_shared);
    while ((shared & _Py_REF_SHARED_FLAG_MASK) == 0) {
        if (_Py_atomic_compare_exchange_ssize(&object->ob_ref_shared, &shared,
                                              (shared + more) | _Py_REF_MAYBE_WEAKREF)) {
            return;
        }
    }
    _Py_atomic_add_ssize(&object->ob_ref_shared, more);
#endif
}

/// Takes a reference to an object that cannot have ended, since this thread owns it or it never ends.
/// False: it may be another thread's.
inline bool try_own_reference([[maybe_unused]] PyObject* object) noexcept {
#if PY_VERSION_HEX >= 0x030E0000
    return false;
#else
    const std::uint32_t local = _Py_atomic_load_uint32_relaxed(&object->ob_ref_local) + 1;
    if (local == 0) return true;
    if (!_Py_IsOwnedByCurrentThread(object)) return false;
    _Py_atomic_store_uint32_relaxed(&object->ob_ref_local, local);
    return true;
#endif
}

/// Takes a reference, unless the object has ended. `certain`: no need to look again.
inline bool try_reference(PyObject* object, bool& certain) noexcept {
    certain = try_own_reference(object);
    if (certain) return true;
#if PY_VERSION_HEX >= 0x030E0000
    return PyUnstable_TryIncRef(object) != 0;
#else
    Py_ssize_t shared = _Py_atomic_load_ssize_relaxed(&object->ob_ref_shared);
    do {
        if (shared == 0 || shared == _Py_REF_MERGED) return false;
    } while (!_Py_atomic_compare_exchange_ssize(&object->ob_ref_shared, &shared,
                                                shared + (1 << _Py_REF_SHARED_SHIFT)));
    return true;
#endif
}

/// A word that threads share, without the GIL.
using SharedWord = FreeWord;

/// Holds others off for a few instructions in which no Python code runs. In a fork's child nobody holds it:
/// the thread that forked was not inside, and others are not there.
class Mutex {
  public:
    Mutex() noexcept : free_since_(2 * forks_of_process()) {}
    void lock() noexcept {
        if (free_since_.load(std::memory_order_acquire) != 2 * forks_of_process()) [[unlikely]]
            forget_holder();
        PyMutex_Lock(&mutex_);
    }
    void unlock() noexcept { PyMutex_Unlock(&mutex_); }

  private:
    void forget_holder() noexcept;

    PyMutex mutex_{};
    /// Twice the count of forks when it was free for certain; and 1 while a thread sees to that.
    detail::Atomic<std::uint32_t> free_since_;
};

#else

inline constexpr bool has_gil = true;

inline void allow_sharing(PyObject*) noexcept {}
template <int references>
inline void share(PyObject* object) noexcept {
    for (int i = 0; i < references; ++i) Py_INCREF(object);
}
inline bool try_own_reference(PyObject* object) noexcept {
    Py_INCREF(object);
    return true;
}
inline bool try_reference(PyObject* object, bool& certain) noexcept {
    certain = try_own_reference(object);
    return true;
}

/// A word that threads share; the GIL is held from a look to a store.
class SharedWord {
  public:
    explicit SharedWord(Word word) noexcept : word_(word) {}
    Word load() const noexcept { return word_; }
    Word exchange(Word next) noexcept { return std::exchange(word_, next); }
    bool replace(Word seen, Word next) noexcept {
        if (word_ != seen) return false;
        word_ = next;
        return true;
    }

  private:
    Word word_;
};

class Mutex {
  public:
    void lock() noexcept {}
    void unlock() noexcept {}
};

#endif

/// When a wait ends; none: never.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;

/// Seconds from now, as Python states them. Errors: TypeError, ValueError (NaN); then false.
bool deadline_after(PyObject* seconds, Deadline& deadline);
/// A time of time.monotonic().
bool deadline_at(PyObject* time, Deadline& deadline);

/// Wakes all that wait.
void wake(Waiting& waiting) noexcept;

/// Whether somebody has to be woken after a change.
inline bool is_awaited(const Waiting& waiting) noexcept {
    return has_gil ? waiting.any_relaxed() : waiting.any();
}
/// To be called after a change.
inline void changed(Waiting& waiting) noexcept {
    if (is_awaited(waiting)) [[unlikely]]
        wake(waiting);
}

/// How a sleep ended.
enum class Slept : std::uint8_t { woken, over, raised };

/// One thread's place among those that wait. Made before the last look at the value, so that a change
/// after the look wakes it.
class Parking {
  public:
    explicit Parking(Waiting& waiting);
    ~Parking();
    Parking(const Parking&) = delete;
    Parking& operator=(const Parking&) = delete;

    /// False, with MemoryError set: there is no lock to sleep on.
    bool ready() const noexcept { return lock_ != nullptr; }

    /// Sleeps with the GIL released (and the thread detached). A signal's handler runs meanwhile; what it
    /// raises ends the sleep.
    Slept sleep(const Deadline& deadline);

    struct Table;

  private:
    friend void wake(Waiting& waiting) noexcept;
    friend struct Table;

    Waiting* waiting_;
    pthread_t thread_;
    PyThread_type_lock lock_;
    Parking* next_ = nullptr;
    Parking* previous_ = nullptr;
};

/// The parts of an object that is a plain Python object too: attributes, and who refers to it weakly.
struct Plain {
    PyObject* attributes;
    PyObject* weak_references;
};

/// Python 3.11 calls the methods of an object that may have attributes without detours only if it has a
/// dictionary for them; the others do so without one. False: there was no memory for it.
inline bool give_attributes(Plain& plain) {
#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
    plain.attributes = PyDict_New();
    return plain.attributes != nullptr;
#else
    return plain.attributes == nullptr;
#endif
}

/// What a weak reference refers to, if it is still there.
inline Ref strongly(PyObject* reference) noexcept {
#if PY_VERSION_HEX >= 0x030D0000
    PyObject* object = nullptr;
    if (PyWeakref_GetRef(reference, &object) < 0) PyErr_Clear();
    return Ref::taken(object);
#else
    PyObject* const object = PyWeakref_GetObject(reference);
    return object == Py_None ? Ref() : Ref::to(object);
#endif
}

/// The extension's state of one interpreter.
struct State {
    PyObject* attempt;           ///< the class Attempt
    PyObject* unchanged;         ///< UNCHANGED
    PyObject* validation_error;  ///< the class ValidationError
    PyObject* would_deadlock;    ///< the class WouldDeadlock
    PyObject* swap_options;      ///< the class SwapOptions
    PyObject* try_options;       ///< the class TryOptions
    PyTypeObject* atom;          ///< the class Atom
    PyTypeObject* reference;     ///< the class AtomicReference
    PyTypeObject* link;          ///< the class of places in a row of changes
    PyTypeObject* pending;       ///< the class of pending changes
    PyTypeObject* task;          ///< the class of what executors are given
    PyTypeObject* watch;         ///< the class of watches with options
};

extern PyModuleDef module_definition;

/// The state of the module that a type, or the base that it derives from, belongs to.
State& state_of(PyTypeObject* type);

/// Makes a type of the module, adds it to it and returns it; with an error set, nullptr.
PyTypeObject* add_type(PyObject* module, PyType_Spec& spec, PyTypeObject* base);

}  // namespace atomos::python
