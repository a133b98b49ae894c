/// \file
/// Atom<T>: shared immutable state, with watches and a validator.
#pragma once

#include <atomos/aref.hpp>
#include <atomos/cell.hpp>
#include <atomos/detail/commit.hpp>
#include <atomos/detail/update.hpp>
#include <atomos/options.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace atomos {

/// Shared immutable state: looked at by anybody at any time, replaced whole, watched.
///
///     Atom<State> state{State{}};
///     state.add_watch("log", [](const std::string&, auto&, const State& old, const State& now) {
///         std::cout << old.users << " -> " << now.users << '\n';
///     });
///     state.swap([](State s) { ++s.users; return s; });
///     auto now = state.deref();                       // a snapshot: never changes, never dangles
///
/// T need only be movable. Functions and validators run on the caller's thread with nothing locked, and
/// run again after a lost race: they should be free of side effects. They may use the same atom, and
/// find what is committed. Watches run after the change is committed (ARef::add_watch).
///
/// Order      Every member is linearizable, and all are in one total order (seq_cst).
/// Progress   Looks and changes are lock-free; a look never waits for a writer.
/// Bound      Threads: 16 bytes, and a heap node of 32 bytes + sizeof(T) for each value that is held.
///            Processes: in the region, 448 bytes, and 32 bytes + sizeof(T) a block.
/// Errors     std::bad_alloc, ValidationError, and whatever functions, T's operations and a region
///            (process/cell.hpp) throw: nothing has changed. WatchError: the change *is* committed.
/// Source     Clojure's atom, without the exclamation marks.
template <class T, class Scope = Threads>
class Atom : public ARef<T, Scope>, detail::Waits<typename Scope::template Cell<T>::Snapshot> {
    using Cell = typename Scope::template Cell<T>;
    using Guards = typename Scope::template Guards<T>;

  public:
    using value_type = T;
    using Snapshot = typename Cell::Snapshot;
    using Validator = std::function<bool(const T&)>;

    Atom()
        requires std::default_initializable<T> && std::constructible_from<Cell, T (&)()>
        : cell_([]() -> T { return T(); }) {}

    explicit Atom(T initial)
        requires std::constructible_from<Cell, T (&)()>
        : cell_([&]() -> T { return std::move(initial); }) {}

    /// In a scope where variables have a place: opens the atom, or makes it with the initial value.
    template <class Place>
    Atom(Place& place, std::string_view name, T initial)
        : cell_(place, name, [&]() -> T { return std::move(initial); }) {}

    /// The current value.
    [[gnu::always_inline]] Snapshot deref() const { return cell_.get(); }

    /// Calls f with the current value and returns what it returns: the cheapest look.
    ///
    /// Only the value that f reads is held while it runs. A reference to it must not leave f.
    template <std::invocable<const T&> F>
    [[gnu::always_inline]] decltype(auto) read(F&& f) const {
        if constexpr (requires { cell_.read(std::forward<F>(f)); }) {
            return cell_.read(std::forward<F>(f));
        } else {
            const Snapshot now = cell_.get();
            return std::invoke(std::forward<F>(f), *now);
        }
    }

    /// Counts up by one with each change; the initial value is version 1.
    std::uint64_t version() const { return deref().version(); }

    /// Replaces the value by f(value, args...), and returns the new one.
    template <class F, class... Args>
        requires Update<F, T, Args...>
    [[gnu::always_inline]] Snapshot swap(F&& f, Args&&... args) {
        const auto compute = [&](const T& value) -> T { return std::invoke(f, value, args...); };
        if constexpr (requires(Snapshot now) { cell_.change(compute, now); }) {
            Snapshot now;
            if (!cell_.change(compute, now)) [[unlikely]]
                now = commit().update(compute).now;
            return now;
        } else {
            return commit().update(compute).now;
        }
    }

    /// As swap; returns the value before and the value after.
    template <class F, class... Args>
        requires Update<F, T, Args...>
    Change<Snapshot> swap_vals(F&& f, Args&&... args) {
        return commit(Old::wanted).update(bound<T>(f, args...));
    }

    /// As swap, but f runs at most tries + 1 times (SwapOptions). Not in the process scope.
    ///
    /// Progress   Blocking among writers once f has lost so often; looks never wait.
    /// Errors     std::invalid_argument; WouldDeadlock if f writes to this atom in its last run.
    template <class F, class... Args>
        requires Update<F, T, Args...>
    Snapshot swap(SwapOptions options, F&& f, Args&&... args) {
        return commit().update_within(options, bound<T>(f, args...)).now;
    }

    /// As swap_vals, with the same bound.
    template <class F, class... Args>
        requires Update<F, T, Args...>
    Change<Snapshot> swap_vals(SwapOptions options, F&& f, Args&&... args) {
        return commit(Old::wanted).update_within(options, bound<T>(f, args...));
    }

    /// As swap, but f may refuse with std::nullopt: then nothing changes.
    template <class F, class... Args>
        requires TryUpdate<F, T, Args...>
    Attempt<Snapshot> try_swap(F&& f, Args&&... args) {
        return commit().try_update(bound<std::optional<T>>(f, args...), nullptr);
    }

    /// As try_swap, but gives up after so many lost races, or when the time is over.
    ///
    /// Errors   std::invalid_argument.
    template <class F, class... Args>
        requires TryUpdate<F, T, Args...>
    Attempt<Snapshot> try_swap(TryOptions options, F&& f, Args&&... args) {
        detail::Persistence limit(options);
        return commit().try_update(bound<std::optional<T>>(f, args...), &limit);
    }

    /// Replaces the value, whatever it is, and returns the new one.
    template <class U = T>
        requires std::convertible_to<U&&, T>
    [[gnu::always_inline]] Snapshot reset(U&& value) {
        if constexpr (std::same_as<std::remove_cvref_t<U>, T> &&
                      requires(Snapshot now) { cell_.overwrite(std::as_const(value), now); }) {
            Snapshot now;
            if (!cell_.overwrite(std::as_const(value), now)) [[unlikely]]
                now = replace_any(std::forward<U>(value), Old::for_watches).now;
            return now;
        } else {
            return replace_any(std::forward<U>(value), Old::for_watches).now;
        }
    }

    /// As reset; returns the value before and the value after. This is one replacement: `old` was
    /// really replaced by `now`.
    Change<Snapshot> reset_vals(T value) { return replace_any(std::move(value), Old::wanted); }

    /// Replaces the value if `seen` still stands. Goes by version: loses even if the value came back.
    ///
    /// The validator runs also where the comparison is going to fail.
    bool compare_and_set(const Snapshot& seen, T value) {
        auto next = cell_.draft([&]() -> T { return std::move(value); });
        auto attempt = detail::attempt(seen, next, [this](const Snapshot& s, auto& draft) {
            return Guards::replace(cell_, find_guards(), s, draft);
        });
        if (attempt.won) {
            this->notify_watches(seen, attempt.now);
        } else {
            Guards::check(cell_, find_guards(), *next);
        }
        return attempt.won;
    }

    /// Replaces the value if it equals `expect`.
    ///
    /// `==` runs with nothing locked. An equal value is never missed: a race that is lost to another
    /// equal value is run again. The validator runs also where the comparison is going to fail.
    bool compare_and_set(const T& expect, T value)
        requires std::equality_comparable<T>
    {
        auto next = cell_.draft([&]() -> T { return std::move(value); });
        return commit().replace_while([&](const T& now) -> bool { return now == expect; }, next);
    }

    /// Sets the value if it is less than the standing one. Returns whether it was set.
    ///
    /// The validator runs also where the comparison fails.
    bool set_if_less(T value)
        requires detail::Ordered<T>
    {
        auto next = cell_.draft([&]() -> T { return std::move(value); });
        return commit().replace_while([&](const T& now) -> bool { return *next < now; }, next);
    }

    /// Sets the value if it is greater than the standing one. Returns whether it was set.
    bool set_if_greater(T value)
        requires detail::Ordered<T>
    {
        auto next = cell_.draft([&]() -> T { return std::move(value); });
        return commit().replace_while([&](const T& now) -> bool { return now < *next; }, next);
    }

    /// Checks every value from now on, before it is published; an empty function: none.
    ///
    /// A value that another validator has checked cannot land any more when this returns.
    ///
    /// Progress   Lock-free but for other calls of set_validator on the same atom.
    /// Errors     ValidationError if it refuses the current value: then the old validator stays.
    void set_validator(const Validator& validator) { this->guards().set(cell_, validator); }

    /// The validator, or an empty function.
    Validator get_validator() const { return Guards::get(cell_, find_guards()); }

    /// Waits until another version than `seen` stands, and returns the current one. A value that
    /// changes and changes back is not missed. Writers wake waiters by themselves.
    Snapshot wait(const Snapshot& seen) const { return this->wait_on(cell_, seen); }

    /// As wait; std::nullopt if nothing changed in that time.
    template <class Rep, class Period>
    std::optional<Snapshot> wait_for(const Snapshot& seen,
                                     std::chrono::duration<Rep, Period> span) const {
        return this->wait_on(cell_, seen, span);
    }

    /// As wait; std::nullopt if nothing changed until then.
    template <class Clock, class Duration>
    std::optional<Snapshot> wait_until(const Snapshot& seen,
                                       std::chrono::time_point<Clock, Duration> time) const {
        return this->wait_on(cell_, seen, time);
    }

    /// Not while anybody uses it. Waits for a watch that is running on behalf of others.
    ~Atom() { this->stop_hearing(); }

    /// As ARef::add_watch; the ref that fn is given is this atom.
    template <class F>
    void add_watch(std::string key, F fn, WatchOptions options = {}) {
        auto function = this->template adapt<Atom>(std::move(fn));
        expect_watches(options, [&] {
            this->add(std::move(key), std::move(function), options, [this] { return deref(); });
        });
    }

    /// As add_watch, for as long as the handle lives.
    template <class F>
    [[nodiscard]] Watching watching(std::string key, F fn, WatchOptions options = {}) {
        auto function = this->template adapt<Atom>(std::move(fn));
        Watching handle;
        expect_watches(options, [&] {
            handle = this->add_held(std::move(key), std::move(function), options,
                                    [this] { return deref(); });
        });
        return handle;
    }

  private:
    friend struct detail::Inside;
    using Old = detail::Old;
    using Commit = detail::Commit<Atom>;

    Commit commit(Old old = Old::for_watches) noexcept { return {*this, old}; }

    /// f with its arguments, as a function of the value alone.
    template <class Result, class F, class... Args>
    static auto bound(F& f, Args&... args) {
        return [&](const T& value) -> Result { return std::invoke(f, value, args...); };
    }

    /// Adds a watch, when those are ready who have to tell it.
    template <class Add>
    void expect_watches(const WatchOptions& options, Add add) {
        if constexpr (Atom::hears) {
            if (options.everyone) {
                auto& hearing = this->hearing([this] {
                    return cell_.hearing([this](const Snapshot& now) { this->tell_everyone(now); });
                });
                hearing.retain();
                try {
                    add();
                } catch (...) {
                    hearing.release();
                    throw;
                }
                return hearing.look_again();
            }
        }
        if constexpr (requires { cell_.expect_watches(); }) cell_.expect_watches();
        add();
    }

    Change<Snapshot> replace_any(T value, Old old) {
        auto next = cell_.draft([&]() -> T { return std::move(value); });
        const Commit change = commit(old);
        if constexpr (detail::mutant("phantom watch")) {
            const Snapshot before = deref();
            auto made = detail::install(cell_, next, change);
            made.old = before;
            return change.told(std::move(made));
        }
        if constexpr (requires(Snapshot now) { cell_.overwrite(next, now); }) {
            Snapshot now;
            if (old == Old::for_watches && cell_.overwrite(next, now)) return {{}, std::move(now)};
        }
        return change.told(detail::install(cell_, next, change));
    }

    auto find_guards() const noexcept {
        return [this]() -> Guards& { return const_cast<Atom*>(this)->guards(); };
    }

    Cell cell_;
};

template <class T>
Atom(T) -> Atom<T>;

}  // namespace atomos
