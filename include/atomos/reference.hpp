/// \file
/// AtomicReference<T>: a variable that holds one immutable T and is replaced whole.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/commit.hpp>
#include <atomos/detail/update.hpp>
#include <atomos/options.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace atomos {

/// What a function on a value may be: callable with the current value, giving the next one.
template <class F, class T, class... Args>
concept Update = std::is_invocable_r_v<T, F&, const T&, Args&...>;

/// As Update, but may also refuse, by std::nullopt.
template <class F, class T, class... Args>
concept TryUpdate = std::is_invocable_r_v<std::optional<T>, F&, const T&, Args&...>;

/// A variable that holds one immutable T and is replaced whole.
///
///     AtomicReference<Config> config{Config{.port = 80}};
///     auto now = config.get();                        // a snapshot: never changes, never dangles
///     config.update_and_get([](Config c) { c.port = 8080; return c; });
///
/// T need only be movable. Functions run on the caller's thread with nothing locked, and run again after
/// a lost race; they may use the same variable. Not for values that are written more often than read and
/// fit a machine word: AtomicNumber is.
///
/// Order      Every member is linearizable, and all are in one total order (seq_cst).
/// Progress   Looks and updates are lock-free; a look never waits for a writer.
/// Bound      Threads: 8 bytes, and a heap node of 32 bytes + sizeof(T) for each value that is held.
///            Processes: in the region, 448 bytes, and 32 bytes + sizeof(T) a block.
/// Errors     std::bad_alloc, and whatever functions, T's operations and a region (process/cell.hpp)
///            throw. A member that throws has changed nothing.
/// Source     java.util.concurrent.atomic.AtomicReference.
template <class T, class Scope = Threads>
class AtomicReference : detail::Waits<typename Scope::template Cell<T>::Snapshot> {
    using Cell = typename Scope::template Cell<T>;

  public:
    using value_type = T;
    using Snapshot = typename Cell::Snapshot;

    AtomicReference()
        requires std::default_initializable<T> && std::constructible_from<Cell, T (&)()>
        : cell_([]() -> T { return T(); }) {}

    explicit AtomicReference(T initial)
        requires std::constructible_from<Cell, T (&)()>
        : cell_([&]() -> T { return std::move(initial); }) {}

    /// In a scope where variables have a place: opens the variable, or makes it with the initial value.
    template <class Place>
    AtomicReference(Place& place, std::string_view name, T initial)
        : cell_(place, name, [&]() -> T { return std::move(initial); }) {}

    AtomicReference(const AtomicReference&) = delete;
    AtomicReference& operator=(const AtomicReference&) = delete;

    /// The current value.
    [[gnu::always_inline]] Snapshot get() const { return cell_.get(); }

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

    std::uint64_t version() const { return get().version(); }

    template <class U = T>
        requires std::convertible_to<U&&, T>
    void set(U&& value) {
        if constexpr (std::same_as<std::remove_cvref_t<U>, T> &&
                      requires(Snapshot now) { cell_.overwrite(std::as_const(value), now); }) {
            Snapshot now;
            if (cell_.overwrite(std::as_const(value), now)) return;
        }
        auto next = cell_.draft([&]() -> T { return std::forward<U>(value); });
        if constexpr (requires(Snapshot now) { cell_.overwrite(next, now); }) {
            Snapshot now;
            if (cell_.overwrite(next, now)) return;
        }
        detail::install(cell_, next, forget());
    }

    /// Sets the value, and returns the one before.
    Snapshot get_and_set(T value) {
        auto next = cell_.draft([&]() -> T { return std::move(value); });
        return detail::install(cell_, next, keep()).old;
    }

    /// Replaces the value if `seen` still stands. Goes by version: loses even if the value came back.
    bool compare_and_set(const Snapshot& seen, T value) {
        return compare_and_exchange(seen, std::move(value)).won;
    }

    /// Replaces the value if it equals `expect`.
    ///
    /// `==` runs with nothing locked. An equal value is never missed: a race that is lost to another
    /// equal value is run again.
    bool compare_and_set(const T& expect, T value)
        requires std::equality_comparable<T>
    {
        auto next = cell_.draft([&]() -> T { return std::move(value); });
        return detail::replace_equal(cell_, expect, next, forget()).has_value();
    }

    /// As compare_and_set(seen, value), and tells what stands now.
    Attempt<Snapshot> compare_and_exchange(const Snapshot& seen, T value) {
        auto next = cell_.draft([&]() -> T { return std::move(value); });
        return detail::attempt(
            seen, next, [this](const Snapshot& s, auto& draft) { return cell_.replace(s, draft); });
    }

    /// Replaces the value by f(value), and returns the new one.
    template <Update<T> F>
    [[gnu::always_inline]] Snapshot update_and_get(F&& f) {
        const auto compute = [&](const T& value) -> T { return std::invoke(f, value); };
        if constexpr (requires(Snapshot now) { cell_.change(compute, now); }) {
            Snapshot now;
            cell_.change(compute, now);
            return now;
        } else {
            return detail::update(cell_, f, forget()).now;
        }
    }

    /// Replaces the value by f(value), and returns the one before.
    template <Update<T> F>
    Snapshot get_and_update(F&& f) {
        return detail::update(cell_, f, keep()).old;
    }

    /// As update_and_get, but f runs at most tries + 1 times (SwapOptions). Not in the process scope.
    ///
    /// Progress   Blocking among writers once f has lost so often; looks never wait.
    /// Errors     std::invalid_argument; WouldDeadlock if f writes to this variable in its last run.
    template <Update<T> F>
    Snapshot update_and_get(SwapOptions options, F&& f) {
        return update_within(options, f, forget()).now;
    }

    /// As get_and_update, with the same bound.
    template <Update<T> F>
    Snapshot get_and_update(SwapOptions options, F&& f) {
        return update_within(options, f, keep()).old;
    }

    /// Replaces the value by f(value, x), and returns the new one.
    template <class X, Update<T, const X> F>
    Snapshot accumulate_and_get(const X& x, F&& f) {
        return update_and_get([&](const T& value) -> T { return std::invoke(f, value, x); });
    }

    /// Replaces the value by f(value, x), and returns the one before.
    template <class X, Update<T, const X> F>
    Snapshot get_and_accumulate(const X& x, F&& f) {
        return get_and_update([&](const T& value) -> T { return std::invoke(f, value, x); });
    }

    /// As accumulate_and_get, but f runs at most tries + 1 times.
    template <class X, Update<T, const X> F>
    Snapshot accumulate_and_get(SwapOptions options, const X& x, F&& f) {
        return update_and_get(options,
                              [&](const T& value) -> T { return std::invoke(f, value, x); });
    }

    /// As get_and_accumulate, with the same bound.
    template <class X, Update<T, const X> F>
    Snapshot get_and_accumulate(SwapOptions options, const X& x, F&& f) {
        return get_and_update(options,
                              [&](const T& value) -> T { return std::invoke(f, value, x); });
    }

    /// Replaces the value by what f returns, unless that is std::nullopt: then nothing changes.
    template <TryUpdate<T> F>
    Attempt<Snapshot> try_update(F&& f) {
        auto [won, change] = detail::try_update(cell_, f, forget());
        return {won, std::move(change.now)};
    }

    /// As try_update, but gives up after so many lost races, or when the time is over.
    ///
    /// Errors   std::invalid_argument.
    template <TryUpdate<T> F>
    Attempt<Snapshot> try_update(TryOptions options, F&& f) {
        detail::Persistence limit(options);
        auto [won, change] = detail::try_update(cell_, f, forget(), &limit);
        return {won, std::move(change.now)};
    }

    /// As try_update(options, f), with f(value, args...).
    template <class F, class... Args>
        requires TryUpdate<F, T, Args...>
    Attempt<Snapshot> try_swap(TryOptions options, F&& f, Args&&... args) {
        return try_update(options, [&](const T& value) -> std::optional<T> {
            return std::invoke(f, value, args...);
        });
    }

    /// Sets the value if it is less than the standing one. Returns whether it was set.
    bool set_if_less(T value)
        requires detail::Ordered<T>
    {
        auto next = cell_.draft([&]() -> T { return std::move(value); });
        return detail::replace_while(
                   cell_, [&](const T& now) -> bool { return *next < now; }, next, forget())
            .has_value();
    }

    /// Sets the value if it is greater than the standing one. Returns whether it was set.
    bool set_if_greater(T value)
        requires detail::Ordered<T>
    {
        auto next = cell_.draft([&]() -> T { return std::move(value); });
        return detail::replace_while(
                   cell_, [&](const T& now) -> bool { return now < *next; }, next, forget())
            .has_value();
    }

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

  private:
    friend struct detail::Inside;

    /// One attempt at a replacement; the old value is wanted, or not.
    template <bool wanted>
    struct Replace {
        Cell& cell;

        [[gnu::always_inline]] Attempt<Snapshot> operator()(Snapshot& seen,
                                                            typename Cell::Draft& next) const {
            return cell.replace(seen, next, [] { return wanted; });
        }
    };

    template <class F, class R>
    Change<Snapshot> update_within(SwapOptions options, F& f, R replace) {
        return detail::update_within(detail::checked_tries(options), cell_, f, replace,
                                     [](const T&) {});
    }

    Replace<true> keep() noexcept { return {cell_}; }
    Replace<false> forget() noexcept { return {cell_}; }

    Cell cell_;
};

template <class T>
AtomicReference(T) -> AtomicReference<T>;

}  // namespace atomos
