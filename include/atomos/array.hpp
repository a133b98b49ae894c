/// \file
/// AtomicArray<T>: variables in a row.
#pragma once

#include <atomos/boolean.hpp>
#include <atomos/detail/elements.hpp>
#include <atomos/detail/indexed_forms.hpp>
#include <atomos/number.hpp>
#include <atomos/reference.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace atomos {

namespace detail {

/// What holds one T: a number, a truth value, or a reference for anything else.
template <class T, class Scope>
struct VariableFor {
    using type = AtomicReference<T, Scope>;
};
template <class T, class Scope>
    requires std::is_arithmetic_v<T>
struct VariableFor<T, Scope> {
    using type = AtomicNumber<T, Scope>;
};
template <class Scope>
struct VariableFor<bool, Scope> {
    using type = BasicAtomicBoolean<Scope>;
};

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_index(std::size_t index,
                                                                std::size_t length) {
    throw std::out_of_range("an array's index is " + std::to_string(index) + " and its length is " +
                            std::to_string(length) +
                            "; an index below the length is needed; nothing was changed");
}

}  // namespace detail

/// Variables in a row, as many as were asked for when it was made.
///
///     AtomicLongArray hits(16);                    // 16 zeros; {1, 2, 3} has three elements, as std::vector
///     hits.increment_and_get(3);                   // with an index in front: all that an element can do
///     for (AtomicLong& one : hits) total += one.get();
///
/// AtomicArray<T> holds numbers, truth values, or references to anything else; AtomicReferenceArray<T>
/// references to any T. Each element is a variable by itself: a look at all of them is not one moment's.
/// PaddedAtomicArray<T> gives each a cache line of its own, for elements that different threads write all
/// the time; else it only takes room.
///
/// Order      As the elements.
/// Progress   As the elements. Finding one is wait-free.
/// Bound      sizeof(T) an element, 8 bytes for references (and their values); padded 64 bytes (what
///            keeps two threads' writes apart on x86-64).
/// Errors     std::out_of_range names the index and the length. std::invalid_argument: a length beyond
///            all memory. std::bad_alloc, and what T's operations throw. Nothing has changed.
/// Source     java.util.concurrent.atomic.AtomicLongArray and its relatives.
template <class Row>
class BasicAtomicArray : public detail::IndexedForms<BasicAtomicArray<Row>> {
    using Variable = typename Row::variable;
    using T = typename Variable::value_type;

    /// Not in a scope where variables have a place.
    static constexpr bool stands_anywhere =
        std::constructible_from<Row, std::size_t, Variable (&)(std::size_t)>;

  public:
    using value_type = T;
    using variable_type = Variable;
    using reference = typename Row::reference;
    using const_reference = typename Row::const_reference;
    using iterator = detail::RowIterator<Row, reference>;
    using const_iterator = detail::RowIterator<const Row, const_reference>;

    /// So many elements that hold T().
    explicit BasicAtomicArray(std::size_t length)
        requires std::default_initializable<T> && stands_anywhere
        : row_(length, [](std::size_t) { return Variable(T()); }) {}

    /// So many elements that hold a copy of the value.
    BasicAtomicArray(std::size_t length, const T& value)
        requires std::copy_constructible<T> && stands_anywhere
        : row_(length, [&](std::size_t) { return Variable(value); }) {}

    /// So many elements that hold what make(i) returns: for a T that can only be moved.
    template <class Make>
        requires std::is_invocable_r_v<T, Make&, std::size_t> &&
                 (!std::convertible_to<Make, T>) && stands_anywhere
    BasicAtomicArray(std::size_t length, Make&& make)
        : row_(length,
               [&](std::size_t i) -> Variable { return Variable(static_cast<T>(make(i))); }) {}

    BasicAtomicArray(std::initializer_list<T> values)
        requires std::copy_constructible<T> && stands_anywhere
        : row_(values.size(), next_of(values)) {}

    /// As many elements as the range has, with copies of its values.
    template <std::ranges::forward_range Range>
        requires std::convertible_to<std::ranges::range_reference_t<const Range&>, T> &&
                 (!std::convertible_to<Range, std::size_t>) && stands_anywhere
    explicit BasicAtomicArray(const Range& values)
        : row_(static_cast<std::size_t>(std::ranges::distance(values)), next_of(values)) {}

    /// In a scope where variables have a place: opens the array, or makes it.
    template <class Place>
        requires std::constructible_from<Row, Place&, std::string_view, std::size_t, T>
    BasicAtomicArray(Place& place, std::string_view name, std::size_t length, T initial)
        : row_(place, name, length, std::move(initial)) {}

    BasicAtomicArray(const BasicAtomicArray&) = delete;
    BasicAtomicArray& operator=(const BasicAtomicArray&) = delete;

    std::size_t length() const noexcept { return row_.size(); }
    std::size_t size() const noexcept { return row_.size(); }

    /// The element there. Errors: std::out_of_range.
    reference at(std::size_t index) { return row_[checked(index)]; }
    const_reference at(std::size_t index) const { return row_[checked(index)]; }
    /// The same: the check costs less than the operation that follows.
    reference operator[](std::size_t index) { return at(index); }
    const_reference operator[](std::size_t index) const { return at(index); }

    iterator begin() noexcept { return {&row_, 0}; }
    iterator end() noexcept { return {&row_, row_.size()}; }
    const_iterator begin() const noexcept { return {&row_, 0}; }
    const_iterator end() const noexcept { return {&row_, row_.size()}; }

  private:
    /// What makes one element after another.
    template <class Range>
    static auto next_of(const Range& values) {
        return [at = std::ranges::begin(values)](std::size_t) mutable {
            return Variable(static_cast<T>(*at++));
        };
    }

    std::size_t checked(std::size_t index) const {
        if (index >= row_.size()) [[unlikely]]
            detail::refuse_index(index, row_.size());
        return index;
    }

    Row row_;
};

template <class T, class Scope = Threads>
using AtomicArray =
    BasicAtomicArray<detail::Elements<typename detail::VariableFor<T, Scope>::type>>;
template <class T, class Scope = Threads>
using PaddedAtomicArray = BasicAtomicArray<
    detail::Elements<typename detail::VariableFor<T, Scope>::type, detail::line_bytes>>;
template <class T, class Scope = Threads>
using AtomicReferenceArray = BasicAtomicArray<detail::Elements<AtomicReference<T, Scope>>>;

using AtomicIntegerArray = AtomicArray<std::int32_t>;
using AtomicLongArray = AtomicArray<std::int64_t>;
using AtomicFloatArray = AtomicArray<double>;
using AtomicBooleanArray = AtomicArray<bool>;

}  // namespace atomos
