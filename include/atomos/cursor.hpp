/// \file
/// cursor(atom, lens): a part of an atom's value, looked at and changed as if it were an atom.
#pragma once

#include <atomos/atom.hpp>
#include <atomos/detail/deadline.hpp>
#include <atomos/detail/lens.hpp>
#include <atomos/options.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace atomos {

/// How a part of a value is read, and how a value is made that differs in this part alone.
///
///     const auto celsius = lens([](const Kelvin& k) { return k.degrees - 273.15; },
///                               [](const Kelvin&, double c) { return Kelvin{c + 273.15}; });
///
/// `get(whole)` gives the part, or a reference into the whole; `set(whole, part)` a new whole. Any object
/// with two such members will do, and a pointer to a member is the lens of that member.
template <class Get, class Set>
constexpr detail::FunctionLens<Get, Set> lens(Get get, Set set) {
    return {std::move(get), std::move(set)};
}

/// A part of an atom's value, as if it were an atom.
///
///     Atom<State> state{State{}};
///     auto users = cursor(state, &State::users);
///     users.swap([](int n) { return n + 1; });        // swaps the state
///     users.add_watch("door", fn);                    // hears when `users` changes, not when others do
///
/// It holds nothing of its own: each change is one change of the whole, with the whole's validator, its
/// watches and its versions. A cursor may be made of a cursor. Copies are the same cursor, and may be
/// used by any threads. The atom has to outlive cursors that are used, and nothing else: a watch lives in
/// the atom's list, under a key that names this cursor too, and stays there when the cursor goes.
///
/// A part has changed when the new one is not equal (==) to the old; without ==, with each change of the
/// whole.
///
/// Order      As the atom's.
/// Progress   As the atom's: lock-free in memory. Functions run again after a lost race, also if only
///            another part has changed.
/// Cost       One allocation for a cursor and all its copies. A change makes a new whole.
/// Errors     As the atom's.
/// Source     The cursors of David Nolen's Om, and lenses (J. N. Foster et al., Combinators for
///            Bidirectional Tree Transformations, TOPLAS 29(3), 2007).
template <class Source, class Lens>
class Cursor {
    using Held = detail::HeldSource<Source>;
    using Whole = typename Source::value_type;
    using Parts = detail::PartOf<Whole, Lens>;
    using Part = typename Parts::type;

  public:
    using value_type = Part;
    /// A part and the version of the whole. It keeps the whole alive, and where the lens gives a
    /// reference it refers into it.
    using Snapshot = detail::PartSnapshot<typename Source::Snapshot, Parts>;

    Cursor(Source& source, Lens lens)
        : source_(source), lens_(std::make_shared<const Lens>(std::move(lens))) {}

    /// The part of the current value.
    Snapshot deref() const { return part(source().deref()); }

    /// Calls f with the part, and returns what it returns. A reference to it must not leave f.
    template <std::invocable<const Part&> F>
    decltype(auto) read(F&& f) const {
        return source().read([&](const Whole& whole) -> decltype(auto) {
            const Part& part = lens_->get(whole);
            return std::invoke(std::forward<F>(f), part);
        });
    }

    /// The version of the whole.
    std::uint64_t version() const { return source().version(); }

    /// Replaces the part by f(part, args...), and returns the new one.
    template <class F, class... Args>
        requires Update<F, Part, Args...>
    Snapshot swap(F&& f, Args&&... args) {
        return part(source().swap(changed(f, args...)));
    }
    /// As swap, but f runs at most options.tries + 1 times, where the atom's scope has that.
    template <class F, class... Args>
        requires(detail::SwapsUnder<Source, SwapOptions> && Update<F, Part, Args...>)
    Snapshot swap(SwapOptions options, F&& f, Args&&... args) {
        return part(source().swap(options, changed(f, args...)));
    }

    /// As swap; returns the part before and the part after.
    template <class F, class... Args>
        requires Update<F, Part, Args...>
    Change<Snapshot> swap_vals(F&& f, Args&&... args) {
        return both(source().swap_vals(changed(f, args...)));
    }

    /// As swap, but f may refuse with std::nullopt: then nothing changes.
    template <class F, class... Args>
        requires TryUpdate<F, Part, Args...>
    Attempt<Snapshot> try_swap(F&& f, Args&&... args) {
        return tried(source().try_swap(perhaps_changed(f, args...)));
    }
    /// As try_swap, but gives up after so many attempts or that time.
    template <class F, class... Args>
        requires(detail::TriesUnder<Source, TryOptions> && TryUpdate<F, Part, Args...>)
    Attempt<Snapshot> try_swap(TryOptions options, F&& f, Args&&... args) {
        return tried(source().try_swap(options, perhaps_changed(f, args...)));
    }

    /// Replaces the part, whatever it is, and returns the new one.
    Snapshot reset(const Part& value) { return part(source().swap(replaced(value))); }

    /// As reset; returns the part before and the part after.
    Change<Snapshot> reset_vals(const Part& value) {
        return both(source().swap_vals(replaced(value)));
    }

    /// Replaces the part if it equals `expect`, whatever becomes of other parts meanwhile.
    bool compare_and_set(const Part& expect, const Part& value)
        requires std::equality_comparable<Part>
    {
        const auto replace = [&](const Whole& whole) -> std::optional<Whole> {
            if (!(lens_->get(whole) == expect)) return std::nullopt;
            return lens_->set(whole, value);
        };
        return source().try_swap(replace).won;
    }

    /// Replaces the part if the version of the whole still stands: loses if any part has changed.
    bool compare_and_set(const Snapshot& seen, const Part& value) {
        return source().compare_and_set(seen.whole(), lens_->set(*seen.whole(), value));
    }

    /// Waits until the part is another than `seen`, and returns the current one. A part that changes and
    /// changes back may be missed.
    Snapshot wait(const Snapshot& seen) const {
        return *wait_on(seen, [this](const auto& whole) {
            return std::optional<typename Source::Snapshot>(source().wait(whole));
        });
    }
    /// As wait; std::nullopt if the part did not change in that time.
    template <class Rep, class Period>
    std::optional<Snapshot> wait_for(const Snapshot& seen,
                                     std::chrono::duration<Rep, Period> span) const {
        return wait_until(seen, detail::deadline_after(span));
    }
    /// As wait; std::nullopt if the part did not change until then.
    template <class Clock, class Duration>
    std::optional<Snapshot> wait_until(const Snapshot& seen,
                                       std::chrono::time_point<Clock, Duration> time) const {
        return wait_on(
            seen, [this, time](const auto& whole) { return source().wait_until(whole, time); });
    }

    /// Calls fn(key, cursor, old, new) when the part has changed: as ARef::add_watch, with the parts'
    /// snapshots, or with parts if fn takes these.
    ///
    /// Watches of other cursors never have the same key, though the words be the same. Among the atom's
    /// watches it stands as "cursor 55c0ffee: key".
    ///
    /// Errors     As ARef::add_watch; std::invalid_argument too with WatchOptions::once, which would be
    ///            spent on a change of another part. Nothing has changed.
    template <class F>
    void add_watch(std::string key, F fn, WatchOptions options = {}) {
        check(fn, key, options);
        std::string inner = inner_key(key);
        source().add_watch(std::move(inner), of_whole(std::move(fn), std::move(key)),
                           std::move(options));
    }

    /// As add_watch; the watch goes with what is returned.
    template <class F>
    [[nodiscard]] auto watching(std::string key, F fn, WatchOptions options = {}) {
        check(fn, key, options);
        std::string inner = inner_key(key);
        return source().watching(std::move(inner), of_whole(std::move(fn), std::move(key)),
                                 std::move(options));
    }

    /// Removes a watch of this cursor, or a copy: as ARef::remove_watch.
    bool remove_watch(const std::string& key) { return source().remove_watch(inner_key(key)); }
    /// As ARef::remove_watch_and_wait.
    bool remove_watch_and_wait(const std::string& key) {
        return source().remove_watch_and_wait(inner_key(key));
    }

  private:
    auto& source() const noexcept { return source_.get(); }

    Snapshot part(typename Source::Snapshot whole) const {
        return Snapshot(std::move(whole), *lens_);
    }
    Change<Snapshot> both(Change<typename Source::Snapshot> wholes) const {
        return {part(std::move(wholes.old)), part(std::move(wholes.now))};
    }
    Attempt<Snapshot> tried(Attempt<typename Source::Snapshot> attempt) const {
        return {attempt.won, part(std::move(attempt.now))};
    }

    template <class F, class... Args>
    auto changed(F& f, Args&... args) const {
        return [&](const Whole& whole) -> Whole {
            const Part& part = lens_->get(whole);
            return lens_->set(whole, Part(std::invoke(f, part, args...)));
        };
    }
    template <class F, class... Args>
    auto perhaps_changed(F& f, Args&... args) const {
        return [&](const Whole& whole) -> std::optional<Whole> {
            const Part& part = lens_->get(whole);
            std::optional<Part> next = std::invoke(f, part, args...);
            if (!next) return std::nullopt;
            return lens_->set(whole, *std::move(next));
        };
    }
    auto replaced(const Part& value) const {
        return [&](const Whole& whole) -> Whole { return lens_->set(whole, value); };
    }

    static bool differ(const Snapshot& a, const Snapshot& b) {
        if constexpr (std::equality_comparable<Part>) {
            return !(*a == *b);
        } else {
            return !a.same_as(b);
        }
    }

    /// `next(whole)` waits for another whole; nullopt: the time is over.
    template <class Next>
    std::optional<Snapshot> wait_on(const Snapshot& seen, Next next) const {
        Snapshot now = deref();
        while (now.same_as(seen) || !differ(now, seen)) {
            auto whole = next(now.whole());
            if (!whole) return std::nullopt;
            now = part(*std::move(whole));
        }
        return now;
    }

    template <class F>
    static void check(const F& fn, const std::string& key, const WatchOptions& options) {
        const auto refuse = [&key](const char* why) {
            throw std::invalid_argument("add_watch(\"" + key + "\") of a cursor: " + why);
        };
        if constexpr (std::is_pointer_v<F> || requires { fn.operator bool(); }) {
            if (!fn) refuse("the function is empty; a callable is needed");
        }
        if (options.once) {
            refuse("the option once is set; it counts changes of the whole, so it has to be off");
        }
    }

    /// A watch of the whole that tells fn of the part.
    template <class F>
    auto of_whole(F fn, std::string key) const {
        return [fn = std::move(fn), own = *this, key = std::move(key)](
                   const std::string&, auto&, const typename Source::Snapshot& old,
                   const typename Source::Snapshot& now) mutable {
            own.tell(fn, key, own.part(old), own.part(now));
        };
    }

    template <class F>
    void tell(F& fn, const std::string& key, const Snapshot& old, const Snapshot& now) {
        if (!differ(old, now)) return;
        if constexpr (std::invocable<F&, const std::string&, Cursor&, const Snapshot&,
                                     const Snapshot&>) {
            std::invoke(fn, key, *this, old, now);
        } else {
            static_assert(std::invocable<F&, const std::string&, Cursor&, const Part&, const Part&>,
                          "a watch is called as fn(key, cursor, old, new), with snapshots or with "
                          "parts");
            std::invoke(fn, key, *this, *old, *now);
        }
    }

    std::string inner_key(const std::string& key) const {
        return detail::cursor_name(lens_.get()) + ": " + key;
    }

    Held source_;
    std::shared_ptr<const Lens> lens_;
};

/// A view of a part of an atom's value, or of another cursor's part (see Cursor).
///
/// The lens is a pointer to a member, or has get(whole) and set(whole, part): see lens().
template <class Source, class Lens>
auto cursor(Source& source, Lens lens) {
    using Whole = typename Source::value_type;
    if constexpr (std::is_member_object_pointer_v<Lens>) {
        return Cursor<Source, detail::MemberLens<Lens>>(source, {lens});
    } else {
        static_assert(detail::LensOn<Lens, Whole>,
                      "a lens is a pointer to a member, or has get(whole) -> part and "
                      "set(whole, part) -> whole");
        return Cursor<Source, Lens>(source, std::move(lens));
    }
}
/// A cursor that nobody else names may be made a cursor of.
template <class Source, class Inner, class Lens>
auto cursor(Cursor<Source, Inner>&& source, Lens lens) {
    return cursor(source, std::move(lens));
}

}  // namespace atomos
