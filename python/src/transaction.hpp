/// \file
/// The owner's side of a pending change: it comes into the words, is decided, and goes; and the loops
/// that look at variables together, and change them.
#pragma once

#include "members.hpp"
#include "pending.hpp"

namespace atomos::python {

/// One attempt to change the members of a group at once, or to change what nobody else can change
/// meanwhile. What is not committed at its end is undone.
///
///     Transaction t(group, Transaction::contested);    Transaction t(group, Transaction::held);
///     t.offer();                                       if (t.hold()) {      // what t.take() saw stands
///     if (t.install() == Installed::yes)                   t.offer();
///         if (t.commit()) ...                              if (t.commit()) ...
class Transaction {
  public:
    enum Way : bool { contested, held };
    /// Whether all variables are pending: no: another value stands in one, or somebody has aborted it.
    enum class Installed : std::uint8_t { yes, no, failed };

    /// Errors: MemoryError.
    Transaction(Group& group, Way way);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    /// False: MemoryError is set.
    explicit operator bool() const noexcept { return static_cast<bool>(pending_); }

    /// Makes the members pending whose new values are offered.
    ///
    /// Errors   WouldDeadlock, what a signal's handler raises.
    Installed install();
    /// As install, to look at them: members that are held already are left out.
    Installed install_for_a_look();
    /// Makes them pending, whatever stands in them: it stands on until commit(). No: it was aborted.
    ///
    /// Progress   Blocking while others hold one of them; in the order of addresses, so never in a circle.
    /// Errors     As install.
    Installed hold();
    /// Lets the members see what stands while this holds them. False: MemoryError is set.
    bool take();
    /// The members' next values are to stand.
    void offer() noexcept;
    /// Lets the new values stand, all at once. False: it was aborted.
    bool commit() noexcept;
    /// Whether all members stood at one moment as they were seen; then it is over.
    bool have_stood() noexcept;

  private:
    Pending& pending() const noexcept { return python::pending(pending_); }
    /// Comes into the word of a member, whose old one it owns then. False: another word stands there.
    template <class Join>
    bool put(std::size_t place, Word old, Join join) noexcept;
    template <class Join>
    Installed install(bool looks, Join join);
    void undo() noexcept;

    Group& group_;
    Ref pending_;
    /// Up to which member it has come into words.
    std::size_t installed_ = 0;
    bool running_ = false;
    bool committed_ = false;
};

/// How a function's run ended: with new values, with its refusal, or with an error that is set.
enum class Proposed : std::uint8_t { values, nothing, failed };

/// Looks at all members until what was seen has stood at one moment. False: an error is set.
///
/// Progress   Lock-free with the GIL; without it, after nine looks that met a change it holds writers off
///            for the time of one look.
bool look_together(Group& group);

/// A pause after a lost race.
void pause_after(Py_ssize_t lost) noexcept;

/// Whether the validators of all members allow what is proposed. False: as Member::check.
bool are_allowed(Group& group, bool held);

/// Gives the changes their places in the rows of their atoms. False: MemoryError is set.
bool are_prepared(Group& group);

/// Changes all members at once to what compute() proposes; after `tries` lost races the writers of all of
/// them are held off while it runs once more. Other than values: nothing has changed.
template <class Compute>
Proposed change_together(Group& group, Py_ssize_t tries, Compute compute) {
    for (Py_ssize_t lost = 0; lost < tries; ++lost) {
        if (!look_together(group)) return Proposed::failed;
        const Proposed proposed = compute();
        if (proposed != Proposed::values) return proposed;
        if (are_allowed(group, false)) {
            if (!are_prepared(group)) return Proposed::failed;
            Transaction transaction(group, Transaction::contested);
            if (!transaction) return Proposed::failed;
            transaction.offer();
            const auto installed = transaction.install();
            if (installed == Transaction::Installed::yes && transaction.commit()) return proposed;
            if (installed == Transaction::Installed::failed) return Proposed::failed;
        } else if (PyErr_Occurred() != nullptr) {
            return Proposed::failed;
        }
        pause_after(lost);
    }
    for (;;) {
        group.forget();
        Transaction transaction(group, Transaction::held);
        if (!transaction) return Proposed::failed;
        const auto installed = transaction.hold();
        if (installed == Transaction::Installed::failed) return Proposed::failed;
        if (installed == Transaction::Installed::no) continue;
        if (!transaction.take()) return Proposed::failed;
        const Proposed proposed = compute();
        if (proposed != Proposed::values) return proposed;
        if (!are_allowed(group, true) || !are_prepared(group)) return Proposed::failed;
        transaction.offer();
        if (transaction.commit()) return proposed;
    }
}

/// Tells the watches of all members, in their order, with nothing held. False: some have raised; all have
/// run.
bool tell_all(Group& group);

}  // namespace atomos::python
