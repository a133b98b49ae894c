/// \file
/// The object behind Atom: a state, and the validator that guards it.
#pragma once

#include "aref.hpp"
#include "journal.hpp"
#include "pending.hpp"

namespace atomos::python {

/// A state, its validator, and the row of its changes for watches that hear them in order. A state that
/// one validator has checked cannot land under another, and none lands without its place in the row.
///
/// With the GIL all are compared and stored without a gap. Without it, a mark in the state's word says
/// that there is a validator or a row: an unmarked word is replaced by one compare-and-swap, which fails
/// once the mark is set; a marked one only with the mutex held, which changes of the validator and of the
/// row hold too. Looks never take it, and no Python code runs under it.
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
        Look state = look();
        if (!is_guarded(state.word)) return {std::move(state), Ref()};
        return {std::move(state), validator_.get()};
    }
    Ref validator() const noexcept { return validator_.get(); }

    /// Whether a change of what was seen has to be put in the row.
    bool is_in_row(const Seen& seen) const noexcept {
        return is_marked(seen.state.word) && row_.is_on();
    }

    /// Publishes `next` if `seen` stands and is guarded by what has checked it; and puts the change in
    /// the row in the same step, if there is one. False: an error may be set.
    bool replace(const Seen& seen, PyObject* next, Entry* entry = nullptr) noexcept {
        const Word word = Slot::own(next, Slot::Ints::objects);
        do {
            if (publish(seen, word, entry)) [[likely]] {
                Slot::drop(seen.state.word);
                return true;
            }
        } while (state_.is_pending() && make_way(state_));
        Slot::drop(word);
        return false;
    }

    /// Whether nothing has changed since.
    bool stands(const Seen& seen) const noexcept {
        return look().word == seen.state.word &&
               validator_.load() == reinterpret_cast<Word>(seen.validator.get());
    }

    /// A transaction's word comes into the place of the state, if that stands. While it is there, neither
    /// the state nor its validator changes.
    bool join(Word state, Word pending) noexcept {
        if (!is_marked(state)) return state_.replace(state, pending);
        mutex_.lock();
        const bool joined = state_.replace(state, pending);
        mutex_.unlock();
        return joined;
    }
    /// As join, if the state is guarded by what has checked its successor, and the change has an entry for
    /// the row or there is none.
    bool join_checked(const Seen& seen, bool has_entry, Word pending) noexcept {
        if (!is_marked(seen.state.word)) return state_.replace(seen.state.word, pending);
        mutex_.lock();
        const bool joined = is_ready(seen, has_entry) && state_.replace(seen.state.word, pending);
        mutex_.unlock();
        return joined;
    }
    /// A transaction is decided between these: after it, and before any other change of a marked word,
    /// its change is put in the row.
    void lock() noexcept { mutex_.lock(); }
    void append_locked(Entry& entry) noexcept {
        if (row_.is_on()) row_.append(entry);
    }
    void unlock() noexcept { mutex_.unlock(); }
    Slot& slot() noexcept { return state_; }

    /// Makes `validator` the one that guards, if `seen`, which it has checked, stands. False: an error may
    /// be set.
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
        if (!stands) (void)make_way(state_);
        return stands;
    }
    /// Has nothing guard the state. False: an error is set.
    bool unguard() noexcept {
        for (;;) {
            Word old = 0;
            mutex_.lock();
            const Word state = state_.load();
            const bool pending = Slot::is_pending(state);
            if (!pending) {
                old = validator_.exchange(0);
                if (!row_.is_on()) unmark(state);
            }
            mutex_.unlock();
            Slot::drop(old);
            if (!pending) return true;
            if (!make_way(state_)) return false;
        }
    }

    /// Has changes put in a row, which begins at `first` if there is none yet. Returns the row's end; none:
    /// an error is set.
    Ref listen(PyObject* first) noexcept {
        for (;;) {
            mutex_.lock();
            // What is pending has its entry, or none, for as long as it is there.
            if (listeners_ != 0 || mark_state()) break;
            mutex_.unlock();
            if (!make_way(state_)) return {};
        }
        const Word dropped = listeners_++ == 0 ? row_.begin(first) : 0;
        Ref end = row_.tail();
        mutex_.unlock();
        Slot::drop(dropped);
        return end;
    }
    /// One who listened does not any more. With the last one the row ends.
    void unlisten() noexcept {
        Word dropped = 0;
        mutex_.lock();
        if (--listeners_ == 0) {
            dropped = row_.begin(nullptr);
            if (validator_.load() == 0) unmark(state_.load());
        }
        mutex_.unlock();
        Slot::drop(dropped);
    }
    bool has_row() const noexcept { return row_.is_on(); }
    /// Puts a change in the row that is none of the state.
    void append(Entry& entry) noexcept {
        mutex_.lock();
        if (row_.is_on()) row_.append(entry);
        mutex_.unlock();
    }

    int traverse(visitproc visit, void* arg) const noexcept {
        if (const int visited = state_.traverse(visit, arg); visited != 0) return visited;
        const int visited = validator_.traverse(visit, arg);
        return visited != 0 ? visited : row_.traverse(visit, arg);
    }
    void clear() noexcept {
        mutex_.lock();
        const Word end = row_.begin(nullptr);
        const Word state = state_.exchange(0);
        const Word validator = validator_.exchange(0);
        mutex_.unlock();
        Slot::drop(end);
        Slot::drop(state);
        Slot::drop(validator);
    }

  private:
    static Word own(PyObject* object) noexcept { return Slot::own(object, Slot::Ints::objects); }
    /// With the GIL a validator's slot tells by itself.
    bool is_guarded(Word word) const noexcept {
        return has_gil ? validator_.load() != 0 : Slot::is_marked(word);
    }
    static bool is_marked(Word word) noexcept { return has_gil || Slot::is_marked(word); }
    static Word mark(Word word) noexcept { return has_gil ? word : Slot::marked(word); }

    /// With the mutex held. False: something is pending.
    bool mark_state() noexcept {
        for (;;) {
            const Word state = state_.load();
            if (Slot::is_pending(state)) return false;
            if (is_marked(state) || state_.replace(state, mark(state))) return true;
        }
    }
    /// Only with the mutex held is a marked word replaced. What is pending keeps its mark, which the next
    /// change takes away.
    void unmark(Word state) noexcept {
        if (Slot::is_marked(state)) (void)state_.exchange(Slot::unmarked(state));
    }

    /// Whether what was seen is guarded by what has checked its successor, which has its place in the row.
    bool is_ready(const Seen& seen, bool has_entry) const noexcept {
        return validator_.load() == reinterpret_cast<Word>(seen.validator.get()) &&
               (has_entry || !row_.is_on());
    }

    bool publish(const Seen& seen, Word word, Entry* entry) noexcept {
        if (!is_marked(seen.state.word)) return state_.replace(seen.state.word, word);
        mutex_.lock();
        const bool on = row_.is_on();
        const Word next = seen.validator || on ? mark(word) : word;
        const bool stands =
            is_ready(seen, entry != nullptr) && state_.replace(seen.state.word, next);
        if (stands && on) row_.append(*entry);
        mutex_.unlock();
        return stands;
    }

    Slot state_;
    Slot validator_;
    Journal row_;
    std::uint32_t listeners_ = 0;
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

/// Replaces a state whose changes stand in a row. False: as replace.
bool replace_in_row(PyObject* self, const GuardedState::Seen& seen, PyObject* next);

/// Whether an ARef is an Atom.
inline bool is_atom(PyObject* self) {
    return PyType_IsSubtype(Py_TYPE(self), state_of(Py_TYPE(self)).atom) != 0;
}

/// Replaces what was seen, with its place in the row if there is one. False: it does not stand any more, or
/// an error is set.
inline bool replace(PyObject* self, const GuardedState::Seen& seen, PyObject* next) {
    GuardedState& state = atom(self).state;
    if (state.is_in_row(seen)) [[unlikely]]
        return replace_in_row(self, seen, next);
    return state.replace(seen, next);
}

/// Whether the validator, if there is one, allows the candidate. False: ValidationError is set.
bool allows(PyObject* self, PyObject* validator, PyObject* candidate);

/// After a commit: wakes who waits, and tells the watches. False: watches have raised.
bool told(PyObject* self, const Change& made);
/// As the latter half of told, of several changes: what is raised is gathered.
void tell_watches(PyObject* self, PyObject* old, PyObject* now, Raised& errors);

}  // namespace atomos::python
