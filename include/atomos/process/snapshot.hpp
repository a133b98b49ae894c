/// \file
/// Snapshot<T> of the process scope: a private copy of a value, and its version.
#pragma once

#include <atomos/process/codec.hpp>
#include <atomos/process/slots.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace atomos::process {

/// Plain values up to this size stand in the snapshot itself, and in no heap.
inline constexpr std::size_t largest_inline = 4096;

template <class T>
inline constexpr bool stands_inline = Plain<T> && sizeof(T) <= largest_inline;

/// Room for a value that may not be there yet.
template <class T>
class InlineValue {
  public:
    InlineValue() noexcept {}  // NOLINT(modernize-use-equals-default): the value is left as it is
    template <class Make>
        requires std::is_invocable_v<Make>
    explicit InlineValue(Make&& make) {
        ::new (room()) T(std::forward<Make>(make)());
    }

    void* room() noexcept { return static_cast<void*>(&bytes_); }
    template <class Make>
    [[gnu::always_inline]] void emplace(Make&& make) {
        ::new (room()) T(make());
    }
    [[gnu::always_inline]] void set(const T& value) noexcept {
        std::memcpy(&bytes_, &value, sizeof(T));
    }
    const T* get() const noexcept { return std::launder(reinterpret_cast<const T*>(&bytes_)); }

  private:
    alignas(T) std::byte bytes_[sizeof(T)];
};

/// A value that snapshots share.
template <class T>
class SharedValue {
  public:
    SharedValue() noexcept = default;
    template <class Make>
        requires std::is_invocable_v<Make>
    explicit SharedValue(Make&& make)
        : value_(std::make_shared<Holder>(std::forward<Make>(make))) {}

    /// Where the bytes of a plain value go, which nobody shares yet.
    void* room()
        requires Plain<T>
    {
        value_ = std::make_shared<Holder>();
        return &value_->value;
    }
    const T* get() const noexcept { return value_ == nullptr ? nullptr : &value_->value; }

  private:
    struct Holder {
        Holder() noexcept
            requires Plain<T>
        {}
        template <class Make>
        explicit Holder(Make&& make) : value(std::forward<Make>(make)()) {}
        Holder(const Holder&) = delete;
        Holder& operator=(const Holder&) = delete;
        ~Holder() { value.~T(); }
        union {
            T value;
        };
    };
    std::shared_ptr<Holder> value_;
};

template <class T>
using Value = std::conditional_t<stands_inline<T>, InlineValue<T>, SharedValue<T>>;

template <class T>
class Cell;
template <class T, class Tag>
class Tagged;

/// Asks for a snapshot that is about to be set.
struct Unset {};

/// An immutable value and its version: a private copy, which needs neither its atom nor its region.
///
/// Small plain values stand in it, others in a heap block that copies of it share.
///
/// Progress   Wait-free, each member.
/// Bound      24 bytes and the value, or 40 bytes.
template <class T>
class Snapshot {
  public:
    using value_type = T;

    Snapshot() noexcept : standing_{Head{0}, 0}, origin_(0) {}

    /// A snapshot of a value that no atom has held. Its version is 0.
    static Snapshot of(T value) {
        return Snapshot({nowhere, 0}, 0, Value<T>([&]() -> T { return std::move(value); }));
    }

    const T& operator*() const noexcept { return *value_.get(); }
    const T* operator->() const noexcept { return value_.get(); }
    const T& get() const noexcept { return *value_.get(); }

    /// Counts up by one with each change of the atom; the initial value is version 1.
    std::uint64_t version() const noexcept { return standing_.version; }

    /// Whether both are the same version of the same atom (not: equal values).
    bool same_as(const Snapshot& other) const noexcept {
        return standing_ == other.standing_ && origin_ == other.origin_;
    }

    /// Whether it holds a value.
    explicit operator bool() const noexcept {
        return standing_.head.word != 0 && value_.get() != nullptr;
    }

    Snapshot(const Snapshot& other) noexcept : standing_(other.standing_), origin_(other.origin_) {
        if constexpr (stands_inline<T>) {
            if (other) value_ = other.value_;
        } else {
            value_ = other.value_;
        }
    }
    Snapshot(Snapshot&& other) noexcept : standing_(other.standing_), origin_(other.origin_) {
        if constexpr (stands_inline<T>) {
            if (other) value_ = other.value_;
        } else {
            value_ = std::move(other.value_);
        }
    }
    Snapshot& operator=(const Snapshot& other) noexcept = default;
    Snapshot& operator=(Snapshot&& other) noexcept = default;
    ~Snapshot() = default;

  private:
    friend class Cell<T>;
    template <class, class>
    friend class Tagged;

    static constexpr Head nowhere{1};

    /// One of several references that a variable has held beside a tag.
    static Snapshot part_of(std::uint64_t origin, std::uint64_t number, T value) {
        return Snapshot({nowhere, number}, origin,
                        Value<T>([&]() -> T { return std::move(value); }));
    }
    /// Its number; nullopt: it is not of that variable.
    std::optional<std::uint64_t> part_of(std::uint64_t origin) const noexcept {
        if (origin_ != origin || standing_.head != nowhere) return std::nullopt;
        return standing_.version;
    }

    Snapshot(Standing standing, std::uint64_t origin, Value<T> value) noexcept
        : standing_(standing), origin_(origin), value_(std::move(value)) {}
    explicit Snapshot(Unset) noexcept {}

    Standing standing_;
    std::uint64_t origin_;
    Value<T> value_;
};

}  // namespace atomos::process
