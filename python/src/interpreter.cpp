/// \file
/// Waiting, and the types and state of one interpreter.

#include "interpreter.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace atomos::python {

/// Everybody who waits, in buckets by what they wait for. Its locks are held for a few steps without
/// Python code, and by nobody in a fork's child.
struct Parking::Table {
    static constexpr std::size_t buckets = 64;

    struct Bucket {
        std::mutex mutex;
        Parking* first = nullptr;

        void insert(Parking& parking) noexcept {
            parking.previous_ = nullptr;
            parking.next_ = first;
            if (first != nullptr) first->previous_ = &parking;
            first = &parking;
            parking.waiting_->enter();
        }
    };

    Table() { pthread_atfork(&lock_all, &unlock_all, &forked); }

    static Table& of_process() {
        static Table* const table = new Table;
        return *table;
    }

    Bucket& bucket(const Waiting* waiting) noexcept {
        return all[(reinterpret_cast<std::uintptr_t>(waiting) >> 4U) % buckets];
    }

    void enter(Parking& parking) noexcept {
        Bucket& at = bucket(parking.waiting_);
        const std::lock_guard held(at.mutex);
        at.insert(parking);
    }

    void leave(Parking& parking) noexcept {
        Bucket& at = bucket(parking.waiting_);
        const std::lock_guard held(at.mutex);
        (parking.previous_ != nullptr ? parking.previous_->next_ : at.first) = parking.next_;
        if (parking.next_ != nullptr) parking.next_->previous_ = parking.previous_;
        parking.waiting_->leave();
    }

    static void lock_all() {
        for (Bucket& each : of_process().all) each.mutex.lock();
    }
    static void unlock_all() {
        for (Bucket& each : of_process().all) each.mutex.unlock();
    }
    /// Of the threads that waited, only the one that forked (in a signal's handler) is in the child.
    static void forked() {
        for (Bucket& each : of_process().all) {
            Parking* const all = std::exchange(each.first, nullptr);
            for (Parking* one = all; one != nullptr; one = one->next_) {
                one->waiting_->forget();
            }
            for (Parking *one = all, *next = nullptr; one != nullptr; one = next) {
                next = one->next_;
                if (pthread_equal(one->thread_, pthread_self()) != 0) each.insert(*one);
            }
            each.mutex.unlock();
        }
    }

    Bucket all[buckets];
};

#ifdef Py_GIL_DISABLED
void Mutex::forget_holder() noexcept {
    const std::uint32_t now = 2 * forks_of_process();
    std::uint32_t seen = free_since_.load(std::memory_order_acquire);
    while (seen != now) {
        if (seen == now + 1) {
            detail::pause();
            seen = free_since_.load(std::memory_order_acquire);
        } else if (free_since_.compare_exchange_strong(seen, now + 1, std::memory_order_acq_rel,
                                                       std::memory_order_acquire)) {
            mutex_ = PyMutex{};
            free_since_.store(now, std::memory_order_release);
            return;
        }
    }
}
#endif

Parking::Parking(Waiting& waiting)
    : waiting_(&waiting), thread_(pthread_self()), lock_(PyThread_allocate_lock()) {
    if (lock_ == nullptr) {
        PyErr_NoMemory();
        return;
    }
    PyThread_acquire_lock(lock_, NOWAIT_LOCK);
    Table::of_process().enter(*this);
}

Parking::~Parking() {
    if (lock_ == nullptr) return;
    Table::of_process().leave(*this);
    PyThread_release_lock(lock_);
    PyThread_free_lock(lock_);
}

namespace {

/// Whether this thread runs signals' handlers: Python's main thread, which is its process's first.
bool runs_handlers() noexcept {
#ifdef __linux__
    return ::gettid() == ::getpid();
#else
    return true;
#endif
}

}  // namespace

Slept Parking::sleep(const Deadline& deadline) {
    // A signal may come after it was last looked for and before the thread sleeps, which nothing ends
    // then: so the thread that it is for sleeps in slices.
    constexpr std::int64_t slice = 50'000;
    const bool sliced = runs_handlers();
    for (;;) {
        std::int64_t left = PY_TIMEOUT_MAX;
        if (deadline) {
            const auto span = *deadline - std::chrono::steady_clock::now();
            left = std::chrono::ceil<std::chrono::microseconds>(span).count();
            left = std::clamp<std::int64_t>(left, 0, PY_TIMEOUT_MAX);
        }
        const bool cut = sliced && left > slice;
        const PY_TIMEOUT_T microseconds = cut ? slice : deadline ? left : -1;
        PyLockStatus status = PY_LOCK_FAILURE;
        Py_BEGIN_ALLOW_THREADS;
        status = PyThread_acquire_lock_timed(lock_, microseconds, 1);
        Py_END_ALLOW_THREADS;
        if (status == PY_LOCK_ACQUIRED) return Slept::woken;
        if (PyErr_CheckSignals() != 0) return Slept::raised;
        if (status == PY_LOCK_FAILURE && !cut) return Slept::over;
    }
}

void wake(Waiting& waiting) noexcept {
    Parking::Table& table = Parking::Table::of_process();
    auto& bucket = table.bucket(&waiting);
    const std::lock_guard held(bucket.mutex);
    for (Parking* each = bucket.first; each != nullptr; each = each->next_) {
        if (each->waiting_ != &waiting) continue;
        // Released at most once a sleep: a lock that is free stays free.
        PyThread_acquire_lock(each->lock_, NOWAIT_LOCK);
        PyThread_release_lock(each->lock_);
    }
}

namespace {

using Clock = std::chrono::steady_clock;

/// A point in time that many seconds after another; far ones are never.
Deadline after(Clock::time_point begin, double seconds) {
    if (seconds > 1e9) return std::nullopt;
    if (seconds < -1e9) return begin;
    return begin +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

bool seconds_in(PyObject* object, const char* what, double& seconds) {
    seconds = PyFloat_AsDouble(object);
    if (seconds == -1.0 && PyErr_Occurred() != nullptr) return false;
    if (!std::isnan(seconds)) return true;
    PyErr_Format(PyExc_ValueError, "%s has to be a number of seconds, not nan", what);
    return false;
}

}  // namespace

bool deadline_after(PyObject* seconds, Deadline& deadline) {
    double span = 0;
    if (!seconds_in(seconds, "a time to wait", span)) return false;
    deadline = after(Clock::now(), span < 0 ? 0 : span);
    return true;
}

bool deadline_at(PyObject* time, Deadline& deadline) {
    double point = 0;
    if (!seconds_in(time, "a deadline", point)) return false;
    deadline = after(Clock::time_point(), point);
    return true;
}

State& state_of(PyTypeObject* type) {
#if PY_VERSION_HEX >= 0x030B0000
    PyObject* const module = PyType_GetModuleByDef(type, &module_definition);
#else
    PyObject* module = nullptr;
    const Py_ssize_t bases = PyTuple_GET_SIZE(type->tp_mro);
    for (Py_ssize_t i = 0; i < bases && module == nullptr; ++i) {
        auto* const base = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(type->tp_mro, i));
        if ((base->tp_flags & Py_TPFLAGS_HEAPTYPE) == 0) continue;
        PyObject* const found = reinterpret_cast<PyHeapTypeObject*>(base)->ht_module;
        if (found != nullptr && PyModule_GetDef(found) == &module_definition) module = found;
    }
#endif
    return *static_cast<State*>(PyModule_GetState(module));
}

PyTypeObject* add_type(PyObject* module, PyType_Spec& spec, PyTypeObject* base) {
    auto* const type = reinterpret_cast<PyTypeObject*>(
        PyType_FromModuleAndSpec(module, &spec, reinterpret_cast<PyObject*>(base)));
    if (type == nullptr) return nullptr;
    const int added = PyModule_AddType(module, type);
    Py_DECREF(type);  // the module keeps it
    return added == 0 ? type : nullptr;
}

}  // namespace atomos::python
