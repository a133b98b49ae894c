/// \file
/// AtomicView<T>: atomic operations on a variable that somebody else owns.
#pragma once

#include <atomos/detail/number_forms.hpp>
#include <atomos/detail/word_forms.hpp>
#include <atomos/thread.hpp>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace atomos {

/// What an AtomicView can look at: what one atomic instruction replaces, and whose equality is that of
/// its bytes (it has no padding), or a floating-point number.
template <class T>
concept Viewable = std::is_trivially_copyable_v<T> && !std::is_volatile_v<T> &&
                   (std::has_unique_object_representations_v<T> || std::floating_point<T>) &&
                   detail::AtomicRef<std::remove_const_t<T>>::is_always_lock_free;

namespace thread {

/// One variable of another owner. Waits meet at its address, through whichever view.
template <class T>
class Viewed {
    using Value = std::remove_const_t<T>;

  public:
    explicit Viewed(T& owned) noexcept : owned_(std::addressof(owned)) {}

    /// std::atomic_ref<const T> is not in C++20; a load does not write.
    detail::AtomicRef<Value> word() const noexcept {
        return detail::AtomicRef<Value>(const_cast<Value&>(*owned_));
    }

    template <class Changed>
    bool wait(const detail::Deadline* deadline, Changed changed) const {
        return detail::park(owned_, deadline, changed);
    }
    void notify() const {
        detail::fence(std::memory_order_seq_cst);
        detail::unpark(*detail::record().domain, owned_);
    }

  private:
    T* owned_;
};

/// What can be done with it, by what a T is.
template <class T, class V = std::remove_const_t<T>>
using ViewedWord = std::conditional_t<
    std::is_same_v<V, bool>, detail::TruthForms<Viewed<T>>,
    std::conditional_t<std::is_arithmetic_v<V>, detail::NumberForms<Viewed<T>, V>,
                       detail::WordForms<Viewed<T>, V>>>;

template <class T>
class ViewForms : public ViewedWord<T> {
  public:
    explicit ViewForms(T& owned) noexcept : ViewedWord<T>(std::in_place, owned) {}
};

}  // namespace thread

/// Atomic operations on a variable that somebody else owns: a field of a struct, an item of a vector.
///
///     struct Packet { std::uint32_t flags; std::uint32_t hits; } packet{};
///     AtomicView hits{packet.hits};
///     hits.increment_and_get();
///
/// Numbers have all that AtomicNumber has, truth values all that AtomicBoolean has; enumerations, pointers
/// and small structs have what those two share.
///
/// A view is a pointer: it may be copied, and assigned to look elsewhere; a const view may change what it
/// looks at, and one of const T only looks. As long as a variable is used through views, it has to be
/// there, and nobody may use it otherwise. Not for a region's memory, which has variables of its own.
///
/// Order      As AtomicNumber.
/// Progress   As AtomicNumber.
/// Bound      One pointer.
/// Errors     As AtomicNumber.
/// Source     java.util.concurrent.atomic.AtomicLongFieldUpdater and its relatives; std::atomic_ref.
template <class T>
class AtomicView {
    static_assert(Viewable<T>,
                  "AtomicView<T> is for trivially copyable types without padding that fit a "
                  "lock-free word");

    using Forms = thread::ViewForms<T>;

  public:
    using value_type = std::remove_const_t<T>;

    /// What a T has to be aligned to; more than alignof(T) for some.
    static constexpr std::size_t required_alignment =
        detail::AtomicRef<value_type>::required_alignment;

    /// Errors     std::invalid_argument: the variable is aligned to less.
    explicit AtomicView(T& owned) : forms_(aligned(owned)) {}
    explicit AtomicView(T&&) = delete;

    explicit operator value_type() const { return forms_.get(); }

#define ATOMOS_LOOK(name)                                       \
    template <class... Args>                                    \
        requires requires(const Forms& forms, Args&&... args) { \
            forms.name(std::forward<Args>(args)...);            \
        }                                                       \
    auto name(Args&&... args) const {                           \
        return forms_.name(taken(std::forward<Args>(args))...); \
    }
#define ATOMOS_CHANGE(name)                                                       \
    template <class... Args>                                                      \
        requires(!std::is_const_v<T>) && requires(Forms& forms, Args&&... args) { \
            forms.name(std::forward<Args>(args)...);                              \
        }                                                                         \
    auto name(Args&&... args) const {                                             \
        return Forms(forms_).name(taken(std::forward<Args>(args))...);            \
    }

    ATOMOS_LOOK(get)
    ATOMOS_LOOK(wait)
    ATOMOS_LOOK(wait_for)
    ATOMOS_LOOK(wait_until)
    ATOMOS_CHANGE(notify_one)
    ATOMOS_CHANGE(notify_all)

    ATOMOS_CHANGE(set)
    ATOMOS_CHANGE(get_and_set)
    ATOMOS_CHANGE(compare_and_set)
    ATOMOS_CHANGE(compare_and_exchange)
    ATOMOS_CHANGE(update_and_get)
    ATOMOS_CHANGE(get_and_update)
    ATOMOS_CHANGE(accumulate_and_get)
    ATOMOS_CHANGE(get_and_accumulate)
    ATOMOS_CHANGE(try_update)

    ATOMOS_CHANGE(get_and_toggle)

    ATOMOS_CHANGE(add_and_get)
    ATOMOS_CHANGE(get_and_add)
    ATOMOS_CHANGE(subtract_and_get)
    ATOMOS_CHANGE(get_and_subtract)
    ATOMOS_CHANGE(increment_and_get)
    ATOMOS_CHANGE(get_and_increment)
    ATOMOS_CHANGE(decrement_and_get)
    ATOMOS_CHANGE(get_and_decrement)
    ATOMOS_CHANGE(checked_add_and_get)
    ATOMOS_CHANGE(try_add)
    ATOMOS_CHANGE(add_clamped)
    ATOMOS_CHANGE(set_if_less)
    ATOMOS_CHANGE(set_if_greater)
    ATOMOS_CHANGE(max_and_get)
    ATOMOS_CHANGE(get_and_max)
    ATOMOS_CHANGE(min_and_get)
    ATOMOS_CHANGE(get_and_min)
    ATOMOS_CHANGE(bitwise_or_and_get)
    ATOMOS_CHANGE(get_and_bitwise_or)
    ATOMOS_CHANGE(bitwise_and_and_get)
    ATOMOS_CHANGE(get_and_bitwise_and)
    ATOMOS_CHANGE(bitwise_xor_and_get)
    ATOMOS_CHANGE(get_and_bitwise_xor)

#undef ATOMOS_LOOK
#undef ATOMOS_CHANGE

  private:
    /// Numbers become a T, as a parameter of that type would make them; all else is passed on.
    template <class Arg>
    static decltype(auto) taken(Arg&& arg) {
        if constexpr (std::is_arithmetic_v<value_type> && std::is_arithmetic_v<std::decay_t<Arg>>)
            return static_cast<value_type>(arg);
        else
            return std::forward<Arg>(arg);
    }

    static T& aligned(T& owned) {
        const auto address = reinterpret_cast<std::uintptr_t>(std::addressof(owned));
        if (address % required_alignment != 0) [[unlikely]]
            refuse(address);
        return owned;
    }

    [[noreturn, gnu::cold, gnu::noinline]] static void refuse(std::uintptr_t address) {
        char text[2 * sizeof address];
        const auto end = std::to_chars(text, text + sizeof text, address, 16).ptr;
        throw std::invalid_argument(
            "AtomicView: the variable at 0x" + std::string(text, end) + " is aligned to " +
            std::to_string(std::uintptr_t{1} << std::countr_zero(address)) + " bytes; " +
            std::to_string(required_alignment) + " are needed");
    }

    Forms forms_;
};

}  // namespace atomos
