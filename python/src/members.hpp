/// \file
/// The variables that a call looks at, or changes, together.
#pragma once

#include <cstddef>
#include <optional>

#include "atom.hpp"
#include "raised.hpp"

namespace atomos::python {

/// One variable among several: what was seen, what is to stand.
class Member {
  public:
    /// An Atom or a Reference that the caller keeps alive.
    explicit Member(PyObject* variable, bool is_atom) noexcept
        : variable_(variable), is_atom_(is_atom) {}

    PyObject* variable() const noexcept { return variable_; }
    bool is_atom() const noexcept { return is_atom_; }
    Slot& slot() const noexcept {
        return is_atom_ ? atom(variable_).state.slot() : reference(variable_).slot;
    }
    PyObject* seen() const noexcept { return seen_.state.object.get(); }
    PyObject* next() const noexcept { return next_.get(); }
    Word seen_word() const noexcept { return seen_.state.word; }

    /// Gives up what was seen and proposed. May run finalizers.
    void forget() noexcept {
        seen_ = {};
        next_ = {};
        holder_ = {};
        entry_.reset();
    }
    /// Looks, also through what is pending. False, with MemoryError set: it was nothing.
    bool look();
    /// As look, and keeps the held change that it has seen through, if there was one.
    bool look_at_holder();
    /// The held change that was seen through; none: there was none.
    const Ref& holder() const noexcept { return holder_; }
    /// Whether somebody holds the variable's writers off.
    bool is_held() const noexcept;
    /// What stands while this thread has the variable.
    bool take(Word word);

    /// Takes the new value. False, with TypeError set: it is none of this class's.
    bool propose(PyObject* value);
    /// Whether the validator allows the new value. False: it refuses, and an error is set if what was seen
    /// still stands, or is `held`.
    bool check(bool held) const;

    /// Makes a place for the change in the row of the atom's changes, if there is one. False, with
    /// MemoryError set: there was no memory for it.
    bool prepare();

    /// The word of the new value, in the place of another.
    Word next_word(Word old) const noexcept;
    /// A transaction's word comes into the slot, if what was seen stands, checked by what stands.
    bool join_checked(Word pending) const noexcept;
    /// As join_checked, whoever has checked it, and whichever word stands.
    bool join(Word word, Word pending) const noexcept;

    /// The decision stands between the first and the last of these, for all members.
    void lock_row() noexcept;
    void append() noexcept;
    void unlock_row() noexcept;

    /// After the commit.
    void wake() const noexcept;
    /// Tells the watches.
    void tell(Raised& errors) const;

  private:
    PyObject* variable_;
    bool is_atom_;
    GuardedState::Seen seen_{};
    Ref next_;
    Ref holder_;
    std::optional<Entry> entry_{};
};

/// The members of one call, in their order and in that of their addresses.
class Group {
  public:
    /// Of the arguments of `function`. Errors: TypeError, ValueError (one is given twice), MemoryError.
    Group(const State& state, const char* function, PyObject* const* variables, Py_ssize_t count);
    /// Of one variable.
    explicit Group(PyObject* variable, bool is_atom);
    ~Group();
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    /// False: an error is set.
    explicit operator bool() const noexcept { return sorted_ != nullptr; }

    std::size_t size() const noexcept { return size_; }
    Member& operator[](std::size_t i) noexcept { return members_[i]; }
    Member& in_order(std::size_t i) noexcept { return *sorted_[i]; }
    PyObject* first() const noexcept { return members_[0].variable(); }
    Member* begin() noexcept { return members_; }
    Member* end() noexcept { return members_ + size_; }

    /// The class of Pending objects.
    PyTypeObject* pending_type() const noexcept;

    /// Gives up what all of them have seen. May run finalizers.
    void forget() noexcept {
        for (Member& each : *this) each.forget();
    }
    /// The values that were seen, or that are to stand, as a tuple. Errors: MemoryError.
    Ref seen() noexcept;

  private:
    bool allocate(std::size_t count);
    bool add(const State& state, const char* function, PyObject* variable);
    bool sort(const char* function);

    Member* members_ = nullptr;
    Member** sorted_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace atomos::python
