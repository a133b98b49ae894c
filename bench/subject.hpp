#pragma once

#include "cells.hpp"
#include "probes.hpp"

namespace bench {

/// A variable of T that threads read and replace, as one library offers it.
///
///     S subject{first};                         // not copied, not moved
///     subject.peek(f)                           // f(const T&) on the current value
///     auto kept = subject.keep(); *kept         // the value stays as it was while `kept` lives
///     subject.swap(f)                           // value = f(value), atomically
///
/// Optional: `typename S::Session` (what a thread holds while it uses the subject), `S::quiesce()`
/// (called about every 1000 operations), `S::settle()` (free what waits), `S::single_writer` (a
/// swap is only safe with one thread in all).
template <class S, class T>
concept Subject = requires(S s, const S& view, T (*f)(const T&), std::int64_t (*look)(const T&)) {
    { S::name } -> std::convertible_to<std::string_view>;
    S{Payload<T>::make(0)};
    { view.peek(look) } -> std::same_as<std::int64_t>;
    { *view.keep() } -> std::convertible_to<const T&>;
    s.swap(f);
};

/// Enters a subject template into the list, for all payloads. Peers call it once, at namespace level.
template <template <class> class S>
bool add_subject() {
    static_assert(Subject<S<std::int64_t>, std::int64_t>);
    if constexpr (in_shared_library) {
        add_operation<S<std::int64_t>, std::int64_t, Peek>();
        add_operation<S<std::int64_t>, std::int64_t, Keep>();
    } else {
        add_operations<S<std::int64_t>, std::int64_t>();
        add_operations<S<Block>, Block>();
        add_operations<S<std::string>, std::string>();
        add_probes<S>();
    }
    return true;
}

}  // namespace bench
