/// \file
/// AtomicBoolean: a truth value.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/detail/word_forms.hpp>
#include <atomos/number.hpp>
#include <concepts>
#include <string_view>
#include <utility>

namespace atomos {

/// A truth value with atomic operations.
///
///     AtomicBoolean stopping{false};
///     if (!stopping.get_and_set(true)) shut_down();   // by exactly one thread
///
///     get set get_and_set get_and_toggle              compare_and_set compare_and_exchange
///     update_and_get get_and_update try_update        accumulate_and_get get_and_accumulate
///     wait wait_for wait_until                        notify_one notify_all
///
/// Each is described where it stands: detail/word_forms.hpp.
///
/// Order      seq_cst, unless another is given.
/// Progress   Wait-free: get, set, get_and_set and the compare forms. Lock-free: the rest. wait* block.
/// Bound      Threads: 1 byte. Processes: 448 bytes in the region.
/// Errors     As AtomicNumber.
/// Source     java.util.concurrent.atomic.AtomicBoolean.
template <class Scope>
class BasicAtomicBoolean : public detail::TruthForms<typename Scope::template Number<bool>> {
    using Forms = detail::TruthForms<typename Scope::template Number<bool>>;

  public:
    // NOLINTNEXTLINE(google-explicit-constructor): as std::atomic
    constexpr BasicAtomicBoolean(bool initial = false) noexcept
        requires std::constructible_from<typename Scope::template Number<bool>, bool>
        : Forms(std::in_place, initial) {}
    /// In a scope where variables have a place: opens the variable, or makes it with the initial value.
    template <class Place>
    BasicAtomicBoolean(Place& place, std::string_view name, bool initial)
        : Forms(std::in_place, place, name, initial) {}
    BasicAtomicBoolean(const BasicAtomicBoolean&) = delete;
    BasicAtomicBoolean& operator=(const BasicAtomicBoolean&) = delete;
};

}  // namespace atomos
