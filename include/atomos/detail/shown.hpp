/// \file
/// What is shown of a variable where it is printed. It goes by what a type can do, so that types which
/// come later are printed too.
///
///     numbers, truth values, adders, views    the value
///     references, atoms, cursors              the current value
///     snapshots                               the value; an empty one: (empty)
///     an Attempt                              won 5, or lost 5
///     a Change                                4 -> 5
///     stamped and markable references         (value, 3), (value, true)
///     arrays                                  [1, 2, 3]
#pragma once

#include <atomos/cell.hpp>
#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

namespace atomos::detail {

/// An atom, or a part of one.
template <class A>
concept ShownByDeref = requires(const A& a) {
    typename A::value_type;
    { a.deref() } -> SnapshotOf;
};

template <class A>
concept ShownAsReference = requires(const A& a) {
    typename A::value_type;
    { a.get() } -> SnapshotOf;
};

/// A number, a truth value, a view or an accumulator. What else has a get() is not ours.
template <class A>
concept ShownByGet = !SnapshotOf<A> && !ShownAsReference<A> &&
                     (requires(const A& a, std::remove_cv_t<typename A::value_type> v) {
                         { a.get() } -> std::same_as<decltype(v)>;
                         { a.wait(v) } -> std::same_as<decltype(v)>;
                     } || requires(A& a) {
                         std::as_const(a).get();
                         a.get_then_reset();
                     });

template <class A>
concept ShownBySum = requires(A& a) {
    std::as_const(a).sum();
    a.sum_then_reset();
};

template <class A>
concept ShownAsSnapshot = SnapshotOf<A> && requires { typename A::value_type; };

/// What shows one value.
template <class A>
concept ShowsOne =
    ShownByDeref<A> || ShownAsReference<A> || ShownByGet<A> || ShownBySum<A> || ShownAsSnapshot<A>;

/// A look at what is shown: a snapshot or a value.
template <ShowsOne A>
decltype(auto) look_at(const A& a) {
    if constexpr (ShownAsSnapshot<A>) {
        return (a);
    } else if constexpr (ShownByDeref<A>) {
        return a.deref();
    } else if constexpr (ShownBySum<A>) {
        return a.sum();
    } else {
        return a.get();
    }
}

/// Calls show(value), or show_nothing() for an empty snapshot.
template <ShowsOne A, class Show, class ShowNothing>
decltype(auto) with_value(const A& a, Show&& show, ShowNothing&& show_nothing) {
    const auto& now = look_at(a);
    if constexpr (SnapshotOf<std::remove_cvref_t<decltype(now)>>) {
        return now ? show(*now) : show_nothing();
    } else {
        return show(now);
    }
}

template <class Look>
struct ShownValue : std::type_identity<Look> {};
template <SnapshotOf Look>
struct ShownValue<Look> : std::type_identity<std::remove_cvref_t<decltype(*std::declval<Look>())>> {
};

/// The type of that value.
template <ShowsOne A>
using shown_value =
    typename ShownValue<std::remove_cvref_t<decltype(look_at(std::declval<const A&>()))>>::type;

/// An array of variables.
template <class A>
concept ShowsMany = requires(const A& a) {
    { a.length() } -> std::integral;
    requires ShowsOne<std::remove_cvref_t<decltype(*a.begin())>>;
    a.end();
};
template <ShowsMany A>
using shown_element = std::remove_cvref_t<decltype(*std::declval<const A&>().begin())>;

/// A reference with a stamp or a mark.
template <class A>
concept ShowsStamp = requires(const A& a) {
    { a.get_reference() } -> SnapshotOf;
    { a.get_stamp() } -> std::integral;
    a.get();
};
template <class A>
concept ShowsMark = requires(const A& a) {
    { a.get_reference() } -> SnapshotOf;
    { a.is_marked() } -> std::same_as<bool>;
    a.get();
};

inline constexpr std::string_view empty_shown = "(empty)";

}  // namespace atomos::detail
