/// \file
/// Elements: variables in a row, and the iterator over such.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace atomos::detail {

/// What two threads' writes have to be apart so that neither slows the other: a cache line of x86-64 and of
/// most others. (Some processors fetch lines in pairs; that costs little here, and twice the room there.)
inline constexpr std::size_t line_bytes = 64;

/// Variables on the heap, each aligned to `spacing` at least. They neither move nor can be copied.
template <class Variable, std::size_t spacing = 1>
class Elements {
  public:
    using variable = Variable;
    using reference = Variable&;
    using const_reference = const Variable&;

    /// Makes each in its place, as make(i) returns it.
    ///
    /// Errors   std::invalid_argument: the length. std::bad_alloc; what make throws.
    template <class Make>
    Elements(std::size_t length, Make&& make) : Elements(room_for(length)) {
        for (; length_ != length; ++length_) ::new (slots_ + length_) Slot(make, length_);
    }
    Elements(const Elements&) = delete;
    Elements& operator=(const Elements&) = delete;
    ~Elements() {
        while (length_ != 0) slots_[--length_].~Slot();
        ::operator delete(slots_, std::align_val_t(alignof(Slot)));
    }

    std::size_t size() const noexcept { return length_; }
    Variable& operator[](std::size_t i) noexcept { return slots_[i].variable; }
    const Variable& operator[](std::size_t i) const noexcept { return slots_[i].variable; }

  private:
    struct alignas(spacing > alignof(Variable) ? spacing : alignof(Variable)) Slot {
        template <class Make>
        Slot(Make& make, std::size_t i) : variable(make(i)) {}
        Variable variable;
    };

    explicit Elements(void* room) noexcept : slots_(static_cast<Slot*>(room)) {}

    static void* room_for(std::size_t length) {
        constexpr std::size_t longest = static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(Slot);
        if (length > longest) {
            throw std::invalid_argument("an array's length is " + std::to_string(length) +
                                        "; at most " + std::to_string(longest) + " is allowed");
        }
        return ::operator new(length * sizeof(Slot), std::align_val_t(alignof(Slot)));
    }

    Slot* slots_;
    std::size_t length_ = 0;
};

/// Goes through whatever has operator[].
template <class Row, class Reference>
class RowIterator {
  public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::input_iterator_tag;
    using value_type = std::remove_cvref_t<Reference>;
    using difference_type = std::ptrdiff_t;
    using reference = Reference;
    using pointer = void;

    RowIterator() noexcept = default;
    RowIterator(Row* row, std::size_t i) noexcept
        : row_(row), i_(static_cast<difference_type>(i)) {}

    Reference operator*() const { return (*row_)[static_cast<std::size_t>(i_)]; }
    Reference operator[](difference_type n) const { return *(*this + n); }

    RowIterator& operator+=(difference_type n) noexcept {
        i_ += n;
        return *this;
    }
    RowIterator& operator-=(difference_type n) noexcept { return *this += -n; }
    RowIterator& operator++() noexcept { return *this += 1; }
    RowIterator& operator--() noexcept { return *this += -1; }
    RowIterator operator++(int) noexcept { return std::exchange(*this, *this + 1); }
    RowIterator operator--(int) noexcept { return std::exchange(*this, *this - 1); }

    friend RowIterator operator+(RowIterator at, difference_type n) noexcept { return at += n; }
    friend RowIterator operator+(difference_type n, RowIterator at) noexcept { return at += n; }
    friend RowIterator operator-(RowIterator at, difference_type n) noexcept { return at -= n; }
    friend difference_type operator-(const RowIterator& a, const RowIterator& b) noexcept {
        return a.i_ - b.i_;
    }
    friend bool operator==(const RowIterator& a, const RowIterator& b) noexcept {
        return a.i_ == b.i_;
    }
    friend auto operator<=>(const RowIterator& a, const RowIterator& b) noexcept {
        return a.i_ <=> b.i_;
    }

  private:
    Row* row_ = nullptr;
    difference_type i_ = 0;
};

}  // namespace atomos::detail
