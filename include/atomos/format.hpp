/// \file
/// std::format, and {fmt}, for everything: variables print what they hold (detail/shown.hpp has the forms).
///
///     #include <fmt/format.h>                 // or ATOMOS_FMT, or a standard library with <format>
///     #include <atomos/format.hpp>
///
///     AtomicFloat load{0.75};
///     fmt::print("{:.1f}", load);             // 0.8: what stands after the colon is for the value
///
/// {fmt} is served where its header was included before this one, or where ATOMOS_FMT is defined;
/// std::format where there is one. The two do not disturb each other.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/formatters.hpp>
#include <atomos/detail/shown.hpp>
#include <version>

#if defined(ATOMOS_FMT)
#include <fmt/format.h>
#endif

#if defined(__cpp_lib_format)
#include <format>

template <atomos::detail::ShowsOne A, class C>
struct std::formatter<A, C>
    : atomos::detail::OneFormatter<A, std::formatter<atomos::detail::shown_value<A>, C>> {};
template <atomos::detail::ShowsMany A, class C>
struct std::formatter<A, C>
    : atomos::detail::ManyFormatter<
          A, std::formatter<atomos::detail::shown_value<atomos::detail::shown_element<A>>, C>> {};
template <class A, class C>
    requires(atomos::detail::ShowsStamp<A> || atomos::detail::ShowsMark<A>)
struct std::formatter<A, C>
    : atomos::detail::StampFormatter<A, std::formatter<typename A::value_type, C>> {};
template <class T, class C>
struct std::formatter<atomos::Attempt<T>, C>
    : atomos::detail::AttemptFormatter<T, std::formatter<T, C>> {};
template <class T, class C>
struct std::formatter<atomos::Change<T>, C>
    : atomos::detail::ChangeFormatter<T, std::formatter<T, C>> {};

// Arrays are ranges too, and have a formatter above.
#if defined(__cpp_lib_format_ranges)
template <atomos::detail::ShowsMany A>
inline constexpr std::range_format std::format_kind<A> = std::range_format::disabled;
#endif
#endif

#if defined(FMT_VERSION)

template <atomos::detail::ShowsOne A, class C>
struct fmt::formatter<A, C>
    : atomos::detail::OneFormatter<A, fmt::formatter<atomos::detail::shown_value<A>, C>> {};
template <atomos::detail::ShowsMany A, class C>
struct fmt::formatter<A, C>
    : atomos::detail::ManyFormatter<
          A, fmt::formatter<atomos::detail::shown_value<atomos::detail::shown_element<A>>, C>> {};
template <class A, class C>
    requires(atomos::detail::ShowsStamp<A> || atomos::detail::ShowsMark<A>)
struct fmt::formatter<A, C>
    : atomos::detail::StampFormatter<A, fmt::formatter<typename A::value_type, C>> {};
template <class T, class C>
struct fmt::formatter<atomos::Attempt<T>, C>
    : atomos::detail::AttemptFormatter<T, fmt::formatter<T, C>> {};
template <class T, class C>
struct fmt::formatter<atomos::Change<T>, C>
    : atomos::detail::ChangeFormatter<T, fmt::formatter<T, C>> {};

// Arrays are ranges too, for those who include <fmt/ranges.h>.
FMT_BEGIN_NAMESPACE
template <class T, class C>
struct is_range;
template <atomos::detail::ShowsMany A, class C>
struct is_range<A, C> {
    static constexpr bool value = false;
};
FMT_END_NAMESPACE
#endif
