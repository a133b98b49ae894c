/// \file
/// The object behind Atom: a state, and the validator that guards it.
#pragma once

#include "aref.hpp"

namespace atomos::python {

/// A state and its validator. A state that one validator has checked cannot land under another.
///
/// With the GIL both are compared and stored without a gap. Without it, a mark in the state's word says
/// that there is a validator: an unmarked word is replaced by one compare-and-swap, which fails once the
/// mark is set; a marked one only with the mutex held, which changes of the validator hold too. Looks
/// never take it, and no Python code runs under it.
class GuardedState {
  public:
    /// What was seen: the state, and the validator that candidates have to be checked by, or none.
    struct Seen {
        Look state;
        Ref validator;
    };

    GuardedState() noexcept : state_(Py_NewRef(Py_None)), validator_(nullptr) {}

    Look look() const noexcept { return python::look(state_); }
    template <class Otherwise>
    PyObject* get_quickly(Otherwise otherwise) const noexcept {
        return state_.get_quickly(otherwise);
    }
    Seen see() const noexcept {
        for (;;) {
            Look state = look();
            if (!is_guarded(state.word)) return {std::move(state), Ref()};
            Ref validator = validator_.get();
            if (validator) return {std::move(state), std::move(validator)};
        }
    }
    Ref validator() const noexcept { return validator_.get(); }

    /// Publishes `next` if `seen` stands and is guarded by what has checked it.
    bool replace(const Seen& seen, PyObject* next) noexcept {
        const Word word = Slot::own(next, Slot::Ints::objects);
        if (publish(seen, word)) {
            Slot::drop(seen.state.word);
            return true;
        }
        Slot::drop(word);
        return false;
    }

    /// Whether nothing has changed since.
    bool stands(const Seen& seen) const noexcept {
        return state_.load() == seen.state.word &&
               validator_.load() == reinterpret_cast<Word>(seen.validator.get());
    }

    /// Makes `validator` the one that guards, if `seen`, which it has checked, stands.
    bool guard(const Seen& seen, PyObject* validator) noexcept {
        Word old = 0;
        mutex_.lock();
        bool stands = false;
        if (is_marked(seen.state.word)) {
            stands = state_.load() == seen.state.word;
            if (stands) old = validator_.exchange(own(validator));
        } else {
            old = validator_.exchange(own(validator));
            stands = state_.replace(seen.state.word, mark(seen.state.word));
            if (!stands) old = validator_.exchange(old);
        }
        mutex_.unlock();
        Slot::drop(old);
        return stands;
    }
    /// Has nothing guard the state.
    void unguard() noexcept {
        mutex_.lock();
        const Word old = validator_.exchange(0);
        const Word state = state_.load();
        // Only with the mutex held is a marked word replaced.
        if (Slot::is_marked(state)) (void)state_.exchange(Slot::unmarked(state));
        mutex_.unlock();
        Slot::drop(old);
    }

    int traverse(visitproc visit, void* arg) const noexcept {
        const int visited = state_.traverse(visit, arg);
        return visited != 0 ? visited : validator_.traverse(visit, arg);
    }
    void clear() noexcept {
        unguard();
        Slot::drop(state_.exchange(0));
    }

  private:
    static Word own(PyObject* object) noexcept { return Slot::own(object, Slot::Ints::objects); }
    /// With the GIL a validator's slot tells by itself.
    bool is_guarded(Word word) const noexcept {
        return has_gil ? validator_.load() != 0 : Slot::is_marked(word);
    }
    static bool is_marked(Word word) noexcept { return has_gil || Slot::is_marked(word); }
    static Word mark(Word word) noexcept { return has_gil ? word : Slot::marked(word); }

    bool publish(const Seen& seen, Word word) noexcept {
        const auto checked_by = reinterpret_cast<Word>(seen.validator.get());
        if constexpr (has_gil) {
            return validator_.load() == checked_by && state_.replace(seen.state.word, word);
        } else {
            if (checked_by == 0) return state_.replace(seen.state.word, word);
            mutex_.lock();
            const bool stands = validator_.load() == checked_by &&
                                state_.replace(seen.state.word, Slot::marked(word));
            mutex_.unlock();
            return stands;
        }
    }

    Slot state_;
    Slot validator_;
    [[no_unique_address]] Mutex mutex_;
};

/// An Atom, or an instance of a class derived from it.
struct Atom {
    ARef aref;
    GuardedState state;
    Waiting waiting;
    /// Whether it is of the class Atom itself, so that nobody has overridden notify_watches.
    bool exact;
};

inline Atom& atom(PyObject* self) noexcept { return *reinterpret_cast<Atom*>(self); }

}  // namespace atomos::python
