/// \file
/// operator<< for everything: variables print what they hold (detail/shown.hpp has the forms).
///
///     AtomicLong hits{3};
///     Atom<std::string> name{"Ann"};
///     std::cout << name << ": " << hits << '\n';      // Ann: 3
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/shown.hpp>
#include <cstddef>
#include <ostream>

namespace atomos {

namespace detail {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

}  // namespace detail

/// Prints the current value, as `out << value` does; each is one look.
template <detail::ShowsOne A>
    requires detail::Streamable<detail::shown_value<A>>
std::ostream& operator<<(std::ostream& out, const A& a) {
    return detail::with_value(
        a, [&](const auto& value) -> std::ostream& { return out << value; },
        [&]() -> std::ostream& { return out << detail::empty_shown; });
}

/// Prints [1, 2, 3]: each element by a look of its own.
template <detail::ShowsMany A>
    requires detail::Streamable<detail::shown_element<A>>
std::ostream& operator<<(std::ostream& out, const A& a) {
    const char* before = "[";
    for (const auto& element : a) {
        out << before << element;
        before = ", ";
    }
    return out << (a.length() == 0 ? "[]" : "]");
}

/// Prints (value, 3) or (value, true): one consistent pair.
template <class A>
    requires((detail::ShowsStamp<A> || detail::ShowsMark<A>) &&
             detail::Streamable<typename A::value_type>)
std::ostream& operator<<(std::ostream& out, const A& a) {
    const auto [reference, stamp] = a.get();
    out << '(' << reference << ", ";
    if constexpr (detail::ShowsMark<A>) {
        out << (stamp ? "true" : "false");
    } else {
        out << stamp;
    }
    return out << ')';
}

/// Prints "won 5" or "lost 5": what stands now.
template <detail::Streamable T>
std::ostream& operator<<(std::ostream& out, const Attempt<T>& attempt) {
    return out << (attempt.won ? "won " : "lost ") << attempt.now;
}

/// Prints "4 -> 5".
template <detail::Streamable T>
std::ostream& operator<<(std::ostream& out, const Change<T>& change) {
    return out << change.old << " -> " << change.now;
}

// Snapshots live in the namespaces of their scopes.
namespace process {
using atomos::operator<<;
}
namespace detail {
using atomos::operator<<;
}

}  // namespace atomos
