/// \file
/// From an attempt at a change to the word to the watches; and what else may look into a front type.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/update.hpp>
#include <atomos/options.hpp>
#include <utility>

namespace atomos::detail {

/// What may look into front types: commits, and operations on several of them.
struct Inside {
    template <class A>
    using Guards = typename A::Guards;

    template <class A>
    static auto& cell(A& a) noexcept {
        return a.cell_;
    }
    /// Gives the atom's validators where there are any.
    template <class A>
    static auto guards(const A& a) noexcept {
        return a.find_guards();
    }
    template <class A>
    static bool watched(const A& a) noexcept {
        return a.watched();
    }
};

/// Whether the value before a change is kept: only if somebody watches, or for the caller too.
enum class Old : bool { for_watches, wanted };

/// Attempts at one change of an atom, and the word to the watches when one has won.
template <class Atom>
struct Commit {
    using Snapshot = typename Atom::Snapshot;

    Atom& atom;
    Old old;

    template <class Draft>
    [[gnu::always_inline]] Attempt<Snapshot> operator()(Snapshot& seen, Draft& next) const {
        return Inside::Guards<Atom>::replace(
            Inside::cell(atom), Inside::guards(atom), seen, next,
            [&a = atom, o = old] { return o == Old::wanted || Inside::watched(a); });
    }

    /// An old value that was given up is an empty snapshot: nobody was watching. (Else by way of another
    /// object, whose address may be taken: the usual way keeps its in registers.)
    [[gnu::always_inline]] Change<Snapshot> told(Change<Snapshot> change) const {
        if (!change.old) [[likely]]
            return change;
        Change<Snapshot> heard = std::move(change);
        atom.notify_watches(heard.old, heard.now);
        return {std::move(heard.old), std::move(heard.now)};
    }

    /// Replaces the value by compute(value).
    template <class Compute>
    [[gnu::always_inline]] Change<Snapshot> update(const Compute& compute) const {
        return told(detail::update(Inside::cell(atom), compute, *this));
    }

    template <class Compute>
    Change<Snapshot> update_within(SwapOptions options, const Compute& compute) const {
        return told(detail::update_within(checked_tries(options), Inside::cell(atom), compute,
                                          *this,
                                          [this](const auto& value) { this->check(value); }));
    }

    template <class Compute>
    Attempt<Snapshot> try_update(const Compute& compute, Persistence* limit) const {
        auto [won, change] = detail::try_update(Inside::cell(atom), compute, *this, limit);
        if (won) change = told(std::move(change));
        return {won, std::move(change.now)};
    }

    template <class Fits, class Draft>
    bool replace_while(const Fits& fits, Draft& next) const {
        if (auto change = detail::replace_while(Inside::cell(atom), fits, next, *this)) {
            told(*std::move(change));
            return true;
        }
        check(*std::as_const(next));
        return false;
    }

    /// Runs the validator. Errors: ValidationError.
    template <class T>
    void check(const T& value) const {
        Inside::Guards<Atom>::check(Inside::cell(atom), Inside::guards(atom), value);
    }
};

}  // namespace atomos::detail
