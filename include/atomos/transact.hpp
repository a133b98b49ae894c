/// \file
/// Several atoms as of one moment, and changed together or not at all.
///
///     Atom<Account> from{...}, to{...};
///     transact([&](const Account& a, const Account& b) {
///         return std::tuple(a.less(100), b.more(100));
///     }, from, to);
///     auto [a, b] = snapshot_all(from, to);            // the sum is right at any time
///
/// This is for variables of the thread scope, `Atom` and `AtomicReference`, in any mixture. All their other
/// operations may go on meanwhile, and are linearizable together with these: who has seen the new value of
/// one atom cannot see an old one of another. Not for what always changes together: one atom that holds all
/// of it is simpler, and cheaper.
///
/// Progress   Looks at a variable never wait. A transaction may be lost to others, as a swap may; after
///            `tries` losses (8 if nothing is said) it holds off the writers of its variables while its
///            function runs once more. So a function runs at most tries + 1 times. (Again if the process
///            forked meanwhile, or if two such functions write to each other's variables.)
/// Cost       A swap's for each variable, and twice: into the word and out. One node more, of 64 bytes +
///            32 a variable. A look at several: two looks at each, if none changed meanwhile.
/// Errors     std::invalid_argument if a variable is given twice; WouldDeadlock if the function writes to
///            one of them in its last run; ValidationError; what the function throws: nothing has changed.
///            WatchError (of all atoms' watches together): all changes *are* committed.
#pragma once

#include <array>
#include <atomos/atom.hpp>
#include <atomos/detail/members.hpp>
#include <atomos/options.hpp>
#include <atomos/reference.hpp>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace atomos {

namespace detail {

template <class A>
struct Variable {};
template <class A>
    requires std::derived_from<A, Atom<typename A::value_type>>
struct Variable<A> {
    using type = Atom<typename A::value_type>;
};
template <class A>
    requires std::derived_from<A, AtomicReference<typename A::value_type>>
struct Variable<A> {
    using type = AtomicReference<typename A::value_type>;
};
template <class A>
using MemberOf = Member<typename Variable<std::remove_const_t<A>>::type>;

/// An Atom or an AtomicReference of the thread scope.
template <class A>
concept TakesPart = requires { typename Variable<std::remove_const_t<A>>::type; };

/// An element of a range as the variable it is, or points to.
template <class Element>
auto& variable_of(Element& element) noexcept {
    if constexpr (TakesPart<Element>) {
        return element;
    } else if constexpr (requires { *element; }) {
        return *element;
    } else {
        return element.get();
    }
}

template <class Range>
using ElementOf = std::remove_reference_t<decltype(variable_of(
    std::declval<std::ranges::range_reference_t<Range>&>()))>;

template <class Range>
concept RangeOfParts = std::ranges::input_range<Range> && TakesPart<ElementOf<Range>>;

template <class R>
inline constexpr bool is_optional = false;
template <class R>
inline constexpr bool is_optional<std::optional<R>> = true;

/// Members of several types.
template <class... A>
class Tuple {
  public:
    explicit Tuple(const A&... variables) : members_(variables...) {}

    static constexpr std::size_t size() noexcept { return sizeof...(A); }
    template <class F>
    void each(F&& f) {
        std::apply([&](auto&... m) { (f(m), ...); }, members_);
    }
    auto seen() const {
        return std::apply([](auto&... m) { return std::tuple(m.seen()...); }, members_);
    }
    auto now() const {
        return std::apply([](auto&... m) { return std::tuple(m.now()...); }, members_);
    }
    auto places() const {
        return std::apply([](auto&... m) { return std::array{m.place()...}; }, members_);
    }
    template <class F>
    decltype(auto) call(F& f) const {
        return std::apply(
            [&](auto&... m) -> decltype(auto) { return std::invoke(f, *m.seen()...); }, members_);
    }
    void propose(std::tuple<typename A::value_type...> values) {
        propose(values, std::index_sequence_for<A...>());
    }

  private:
    template <class Values, std::size_t... i>
    void propose(Values& values, std::index_sequence<i...>) {
        (std::get<i>(members_).propose(std::get<i>(std::move(values))), ...);
    }

    std::tuple<MemberOf<A>...> members_;
};

/// Members of one type, as many as there are.
template <class A>
class Row {
  public:
    using Snapshot = typename A::Snapshot;

    template <class Range>
    explicit Row(Range& variables) {
        for (auto&& element : variables) members_.emplace_back(variable_of(element));
    }

    std::size_t size() const noexcept { return members_.size(); }
    template <class F>
    void each(F&& f) {
        for (auto& m : members_) f(m);
    }
    std::vector<Snapshot> seen() const { return collect(&MemberOf<A>::seen); }
    std::vector<Snapshot> now() const { return collect(&MemberOf<A>::now); }
    std::vector<const void*> places() const {
        std::vector<const void*> all;
        for (const auto& m : members_) all.push_back(m.place());
        return all;
    }
    template <class F>
    decltype(auto) call(F& f) const {
        return std::invoke(f, seen());
    }
    void propose(std::vector<typename A::value_type> values) {
        if (values.size() != size()) {
            throw std::invalid_argument(
                "transact: the function gave " + std::to_string(values.size()) +
                " values; allowed: as many as there are variables, " + std::to_string(size()));
        }
        for (std::size_t i = 0; i < size(); ++i) members_[i].propose(std::move(values[i]));
    }

  private:
    template <class Which>
    std::vector<Snapshot> collect(Which which) const {
        std::vector<Snapshot> all;
        all.reserve(size());
        for (const auto& m : members_) all.push_back(std::invoke(which, m));
        return all;
    }

    std::vector<MemberOf<A>> members_;
};

template <class Group>
auto looked_at(Group all) {
    refuse_doubles(all, "snapshot_all");
    look_together(all);
    return all.seen();
}

/// Runs a transaction, and gives the new values, or an Attempt if the function may refuse.
template <class Group, class F>
auto transacted(SwapOptions options, F& f, Group all) {
    using Result = std::remove_cvref_t<decltype(all.call(f))>;
    const int tries = checked_tries(options);
    refuse_doubles(all, "transact");
    if constexpr (is_optional<Result>) {
        const bool won = change_together(all, tries, [&] {
            auto values = all.call(f);
            if (values) all.propose(*std::move(values));
            return values.has_value();
        });
        if (!won) return Attempt<decltype(all.now())>{false, all.seen()};
        tell_all(all);
        return Attempt<decltype(all.now())>{true, all.now()};
    } else {
        change_together(all, tries, [&] {
            all.propose(all.call(f));
            return true;
        });
        tell_all(all);
        return all.now();
    }
}

inline constexpr SwapOptions transact_options{.tries = 8};

}  // namespace detail

/// What a transaction's function may be: given the values, it returns a tuple of the new ones, or an optional
/// of that to refuse.
template <class F, class... A>
concept ChangesTogether =
    (detail::TakesPart<A> && ...) && std::invocable<F&, const typename A::value_type&...> &&
    (std::convertible_to<std::invoke_result_t<F&, const typename A::value_type&...>,
                         std::tuple<typename A::value_type...>> ||
     (detail::is_optional<
          std::remove_cvref_t<std::invoke_result_t<F&, const typename A::value_type&...>>> &&
      std::convertible_to<std::invoke_result_t<F&, const typename A::value_type&...>,
                          std::optional<std::tuple<typename A::value_type...>>>));

/// The values of all variables as of one moment: a tuple of snapshots.
///
/// Progress   Lock-free; after nine looks that met a change it holds writers off for the time of one look.
template <class... A>
    requires(detail::TakesPart<A> && ...) && (sizeof...(A) > 0)
auto snapshot_all(const A&... variables) {
    return detail::looked_at(detail::Tuple<A...>(variables...));
}

/// As above, for a range of variables, or of pointers to them: a vector of snapshots.
template <detail::RangeOfParts Range>
auto snapshot_all(Range&& variables) {
    return detail::looked_at(detail::Row<std::remove_const_t<detail::ElementOf<Range>>>(variables));
}

/// Replaces the values by what f(values...) returns, all at one moment or none. Returns the new ones, as a
/// tuple of snapshots. If f returns an optional, std::nullopt refuses: nothing changes, and the result is an
/// Attempt with what was seen.
template <class F, class... A>
    requires ChangesTogether<F, A...> && (sizeof...(A) > 0)
auto transact(SwapOptions options, F&& f, A&... variables) {
    return detail::transacted(options, f, detail::Tuple<A...>(variables...));
}
template <class F, class... A>
    requires ChangesTogether<F, A...> && (sizeof...(A) > 0)
auto transact(F&& f, A&... variables) {
    return transact(detail::transact_options, f, variables...);
}

/// As above, for a range of variables, or of pointers to them: f(vector of snapshots) returns a vector of
/// values, or an optional of that.
///
/// Errors   std::invalid_argument if their number differs.
template <class F, detail::RangeOfParts Range>
auto transact(SwapOptions options, F&& f, Range&& variables) {
    return detail::transacted(options, f, detail::Row<detail::ElementOf<Range>>(variables));
}
template <class F, detail::RangeOfParts Range>
auto transact(F&& f, Range&& variables) {
    return transact(detail::transact_options, f, variables);
}

}  // namespace atomos
