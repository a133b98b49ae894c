/// \file
/// Lenses, and what a cursor hands out: a part that keeps its whole alive.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace atomos {

template <class Source, class Lens>
class Cursor;

}  // namespace atomos

namespace atomos::detail {

/// The lens of a data member.
template <class Pointer>
struct MemberLens;
template <class Whole, class Part>
struct MemberLens<Part Whole::*> {
    Part Whole::* member;

    const Part& get(const Whole& whole) const noexcept { return whole.*member; }
    template <std::convertible_to<Part> P>
    Whole set(const Whole& whole, P&& part) const {
        Whole next(whole);
        next.*member = std::forward<P>(part);
        return next;
    }
};

/// The lens of two functions.
template <class Get, class Set>
struct FunctionLens {
    Get getter;
    Set setter;

    template <class Whole>
    decltype(auto) get(const Whole& whole) const {
        return std::invoke(getter, whole);
    }
    template <class Whole, class Part>
    auto set(const Whole& whole, Part&& part) const {
        return std::invoke(setter, whole, std::forward<Part>(part));
    }
};

template <class Lens, class Whole>
concept GetsFrom = requires(const Lens& lens, const Whole& whole) { lens.get(whole); };

/// What a lens finds in a whole: a T, by reference into the whole or as a value of its own.
template <class Whole, class Lens>
    requires GetsFrom<Lens, Whole>
struct PartOf {
    using Got = decltype(std::declval<const Lens&>().get(std::declval<const Whole&>()));
    using type = std::remove_cvref_t<Got>;
    static constexpr bool inside = std::is_lvalue_reference_v<Got>;
};

template <class Lens, class Whole>
concept LensOn = GetsFrom<Lens, Whole> && requires(const Lens& lens, const Whole& whole,
                                                   typename PartOf<Whole, Lens>::type part) {
    { lens.set(whole, std::move(part)) } -> std::convertible_to<Whole>;
};

/// What a cursor is made of: an atom, which it names, or a cursor, which it copies.
template <class Source>
class HeldSource {
  public:
    // NOLINTNEXTLINE(google-explicit-constructor): it stands for the reference
    HeldSource(Source& source) noexcept : source_(&source) {}
    Source& get() const noexcept { return *source_; }

  private:
    Source* source_;
};
template <class Source, class Lens>
class HeldSource<Cursor<Source, Lens>> {
  public:
    // NOLINTNEXTLINE(google-explicit-constructor): it stands for the cursor
    HeldSource(const Cursor<Source, Lens>& source) : source_(source) {}
    Cursor<Source, Lens>& get() const noexcept { return source_; }

  private:
    mutable Cursor<Source, Lens> source_;
};

/// A part that stands in its whole. A snapshot's copy may hold the whole in another place.
template <class Part>
class PartInside {
  public:
    PartInside() noexcept = default;
    template <class Whole, class Lens>
    PartInside(const Whole& whole, const Lens& lens) {
        const Part& part = lens.get(whole);
        const auto begin = reinterpret_cast<std::uintptr_t>(std::addressof(whole));
        const auto at = reinterpret_cast<std::uintptr_t>(std::addressof(part));
        moves_ = at >= begin && at - begin < sizeof(Whole);
        at_ = moves_ ? at - begin : at;
    }

    template <class Whole>
    const Part& in(const Whole& whole) const noexcept {
        const auto begin = reinterpret_cast<std::uintptr_t>(std::addressof(whole));
        // NOLINTNEXTLINE(performance-no-int-to-ptr): so that it may lie in the whole or elsewhere
        return *reinterpret_cast<const Part*>(moves_ ? begin + at_ : at_);
    }

  private:
    std::uintptr_t at_ = 0;
    bool moves_ = false;
};

/// A part that was computed, or copied out of its whole.
template <class Part>
class PartApart {
  public:
    PartApart() noexcept = default;
    template <class Whole, class Lens>
    PartApart(const Whole& whole, const Lens& lens) : part_(make(lens.get(whole))) {}

    template <class Whole>
    const Part& in(const Whole&) const noexcept {
        return *part_;
    }

  private:
    using Room =
        std::conditional_t<std::copyable<Part>, std::optional<Part>, std::shared_ptr<const Part>>;
    static Room make(Part part) {
        if constexpr (std::copyable<Part>) {
            return Room(std::move(part));
        } else {
            return std::make_shared<const Part>(std::move(part));
        }
    }
    Room part_;
};

/// A part of an immutable value, and the version of the whole.
template <class Whole, class Parts>
class PartSnapshot {
    using Part = typename Parts::type;
    using Place = std::conditional_t<Parts::inside, PartInside<Part>, PartApart<Part>>;

  public:
    using value_type = Part;

    PartSnapshot() noexcept = default;
    template <class Lens>
    PartSnapshot(Whole whole, const Lens& lens) : whole_(std::move(whole)) {
        if (whole_) part_ = Place(*whole_, lens);
    }

    const Part& operator*() const noexcept { return part_.in(*whole_); }
    const Part* operator->() const noexcept { return std::addressof(**this); }
    const Part& get() const noexcept { return **this; }

    /// The version of the whole.
    std::uint64_t version() const noexcept { return whole_.version(); }
    /// The snapshot of the whole.
    const Whole& whole() const noexcept { return whole_; }
    /// Whether both are of the same version of the whole.
    bool same_as(const PartSnapshot& other) const noexcept { return whole_.same_as(other.whole_); }
    explicit operator bool() const noexcept { return static_cast<bool>(whole_); }

  private:
    Whole whole_{};
    [[no_unique_address]] Place part_{};
};

/// Whether a swap of this source, or a try_swap, takes such options.
template <class Source, class Options>
concept SwapsUnder =
    requires(Source& source, Options options,
             typename Source::value_type (*f)(const typename Source::value_type&)) {
        source.swap(options, f);
    };
template <class Source, class Options>
concept TriesUnder =
    requires(Source& source, Options options,
             std::optional<typename Source::value_type> (*f)(const typename Source::value_type&)) {
        source.try_swap(options, f);
    };

/// What a cursor is called in the keys of its watches.
inline std::string cursor_name(const void* identity) {
    std::array<char, 2 * sizeof(void*)> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                   reinterpret_cast<std::uintptr_t>(identity), 16);
    return "cursor " + std::string(digits.data(), end.ptr);
}

}  // namespace atomos::detail
