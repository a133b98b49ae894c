/// \file
/// AtomicNumber<T>: one number, with the operations of java.util.concurrent.atomic.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/number_forms.hpp>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

namespace atomos {

/// A number with atomic operations; AtomicInteger, AtomicLong, AtomicFloat are its usual forms.
///
///     AtomicLong served{0};
///     served.increment_and_get();
///     if (!slots.try_add(-1, 0, 100)) refuse();       // never below 0, by exactly as many as there were
///
///     get set get_and_set                             compare_and_set compare_and_exchange
///     add_and_get get_and_add increment_and_get …     checked_add_and_get try_add add_clamped
///     update_and_get get_and_update try_update        accumulate_and_get get_and_accumulate
///     max_and_get min_and_get …                       set_if_less set_if_greater
///     bitwise_or_and_get get_and_bitwise_or …         wait wait_for wait_until notify_one notify_all
///
/// Each is described where it stands: detail/word_forms.hpp and detail/number_forms.hpp.
///
/// Arithmetic wraps around (two's complement, never undefined); checked_add_and_get, try_add and
/// add_clamped do not. Floating-point values are compared as values: −0.0 matches 0.0 and NaN matches NaN.
///
/// Order      seq_cst, unless another is given.
/// Progress   Wait-free: get, set, get_and_set, the compare forms and the integers' additions and
///            bitwise forms. Lock-free: the rest. wait* block.
/// Bound      Threads: sizeof(T). Processes: 448 bytes in the region. The instructions are those of
///            std::atomic<T>.
/// Errors     Functions' exceptions pass, and nothing has changed. An order that the operation cannot
///            have is std::invalid_argument. In shared memory that is open for reading only, changes
///            are PermissionDenied.
/// Source     java.util.concurrent.atomic.AtomicLong and its relatives.
template <class T, class Scope = Threads>
class AtomicNumber : public detail::NumberForms<typename Scope::template Number<T>, T> {
    using Forms = detail::NumberForms<typename Scope::template Number<T>, T>;

  public:
    // NOLINTNEXTLINE(google-explicit-constructor): as std::atomic
    constexpr AtomicNumber(T initial = T{}) noexcept
        requires std::constructible_from<typename Scope::template Number<T>, T>
        : Forms(std::in_place, initial) {}

    /// In a scope where variables have a place: opens the variable, or makes it with the initial value.
    template <class Place>
    AtomicNumber(Place& place, std::string_view name, T initial)
        : Forms(std::in_place, place, name, initial) {}

    AtomicNumber(const AtomicNumber&) = delete;
    AtomicNumber& operator=(const AtomicNumber&) = delete;
};

template <class Scope>
class BasicAtomicBoolean;

using AtomicInteger = AtomicNumber<std::int32_t>;
using AtomicLong = AtomicNumber<std::int64_t>;
using AtomicUInteger = AtomicNumber<std::uint32_t>;
using AtomicULong = AtomicNumber<std::uint64_t>;
using AtomicFloat = AtomicNumber<double>;
using AtomicBoolean = BasicAtomicBoolean<Threads>;

}  // namespace atomos
