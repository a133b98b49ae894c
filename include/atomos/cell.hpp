/// \file
/// The one thing that a scope has to supply: a cell.
///
/// A cell is a place that holds a value and can be replaced if nobody did since you looked. References,
/// atoms, watches and waits are written once, on top of it; a scope (threads, processes, machines) is a
/// struct that names its cells. What differs between scopes is what a *version* is and who reclaims
/// old ones; a `Snapshot` carries both, so that front types never ask.
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

namespace atomos {

/// The thread scope; `atomos/thread.hpp` defines it. It is what every front type defaults to.
struct Threads;

/// What came of an attempt to replace a value: whether it won, and the value that stands now.
///
/// The loser gets the standing value without a second look.
template <class T>
struct Attempt {
    bool won;
    T now;

    explicit operator bool() const noexcept { return won; }
};

/// A replacement, as `swap_vals` and `reset_vals` report it: the value before and the value after.
template <class T>
struct Change {
    T old;
    T now;
};

/// An immutable value and its version, as a cell hands it out.
template <class S>
concept SnapshotOf = std::semiregular<S> && requires(const S& s) {
    *s;
    { s.version() } -> std::same_as<std::uint64_t>;
    { s.same_as(s) } -> std::same_as<bool>;
    { static_cast<bool>(s) };
};

/// What front types need of a scope's cell.
///
/// `get()` looks. `draft(make)` builds a value that is not published yet from what `make()` returns.
/// `replace(seen, next, keep)` publishes the draft `next` if `seen` stands, and says what stands now; a
/// draft that lost is still whole and may be offered again. After a win, `keep()` is asked whether the
/// caller still wants `seen`; if not, `seen` is emptied at once, so that its value can be freed. A
/// constant snapshot is never emptied: `replace(std::as_const(seen), next)`.
///
/// A cell may offer more (`read`, `wait`); front types find it by `requires`.
///
/// A scope is a struct with these members (Threads, in thread.hpp, is the model):
///
///     Cell<T>      as here
///     Number<T>    word() -> Atomic<T>&; wait(deadline, changed) -> bool; notify()
///     Guards<T>    the validators of one atom: set(cell, fn); static replace, check, get, which are
///                  given a function that finds the atom's Guards
///     Local        the scope in which watches and validators live
template <class C>
concept Cell = SnapshotOf<typename C::Snapshot> &&
               requires(C& cell, const typename C::Snapshot& held, typename C::Snapshot& seen,
                        typename C::Draft& next, bool (&keep)(), typename C::value_type (&make)()) {
                   { std::as_const(cell).get() } -> std::same_as<typename C::Snapshot>;
                   { cell.draft(make) } -> std::same_as<typename C::Draft>;
                   { *std::as_const(next) } -> std::same_as<const typename C::value_type&>;
                   {
                       cell.replace(seen, next, keep)
                   } -> std::same_as<Attempt<typename C::Snapshot>>;
                   { cell.replace(held, next) } -> std::same_as<Attempt<typename C::Snapshot>>;
               };

}  // namespace atomos
