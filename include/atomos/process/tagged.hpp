/// \file
/// A reference and its tag as they stand in a region.
#pragma once

#include <algorithm>
#include <array>
#include <atomos/process/codec.hpp>
#include <atomos/process/snapshot.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace atomos::process {

/// A value, which reference of this variable it is, and a tag. References are numbered as they are made; a
/// snapshot carries the number and a random name of the variable, so that it is known when it comes back.
template <class T, class Tag>
class Tagged {
  public:
    /// What a variable begins with.
    Tagged(const Snapshot<T>& reference, Tag tag)
        : facts_{random_name(), 1, 1, tag}, value_(*reference) {}

    /// What follows when this reference and this tag are set. A snapshot of elsewhere is a new reference.
    Tagged followed_by(const Snapshot<T>& reference, Tag tag) const {
        Facts next{facts_.variable, facts_.made, facts_.made, tag};
        if (const auto known = reference.part_of(facts_.variable)) {
            next.number = *known;
        } else {
            next.number = ++next.made;
        }
        return Tagged(next, *reference);
    }

    Snapshot<T> reference() const {
        return Snapshot<T>::part_of(facts_.variable, facts_.number, value_);
    }
    const T& value() const noexcept { return value_; }
    Tag tag() const noexcept { return static_cast<Tag>(facts_.tag); }
    bool refers_to(const Snapshot<T>& other) const noexcept {
        return other.part_of(facts_.variable) == facts_.number;
    }

  private:
    friend struct Codec<Tagged>;

    struct Facts {
        std::uint64_t variable;
        std::uint64_t number;
        std::uint64_t made;  ///< how many there have been
        std::int64_t tag;
    };

    Tagged(const Facts& facts, T value) : facts_(facts), value_(std::move(value)) {}

    static std::uint64_t random_name() {
        std::random_device random;
        return std::uint64_t{random()} << 32U | random() | 1U;
    }

    Facts facts_;
    T value_;
};

/// "stamped<int32>" and "markable<int32>", as text that lasts.
template <class T, class Tag>
struct TaggedName {
    static constexpr std::string_view item = type_name<T>();
    static constexpr std::string_view kind = std::is_same_v<Tag, bool> ? "markable<" : "stamped<";
    std::array<char, kind.size() + item.size() + 1> text{};

    constexpr TaggedName() {
        auto at = std::copy(kind.begin(), kind.end(), text.begin());
        at = std::copy(item.begin(), item.end(), at);
        *at = '>';
    }
    constexpr std::string_view view() const { return {text.data(), text.size()}; }
};
template <class T, class Tag>
inline constexpr TaggedName<T, Tag> tagged_name;

template <class T, class Tag>
    requires Plain<T>
struct Codec<Tagged<T, Tag>> {
    static constexpr std::string_view name = tagged_name<T, Tag>.view();
};

template <class T, class Tag>
    requires Encoded<T>
struct Codec<Tagged<T, Tag>> {
    static constexpr std::string_view name = tagged_name<T, Tag>.view();
    static std::vector<std::byte> encode(const Tagged<T, Tag>& tagged) {
        const auto facts = std::as_bytes(std::span(&tagged.facts_, 1));
        std::vector<std::byte> bytes(facts.begin(), facts.end());
        const std::vector<std::byte> value = Codec<T>::encode(tagged.value_);
        bytes.insert(bytes.end(), value.begin(), value.end());
        return bytes;
    }
    static Tagged<T, Tag> decode(std::span<const std::byte> bytes) {
        typename Tagged<T, Tag>::Facts facts;
        if (bytes.size() < sizeof facts) {
            throw std::length_error("a tagged reference has " + std::to_string(bytes.size()) +
                                    " bytes; at least " + std::to_string(sizeof facts) +
                                    " are needed");
        }
        std::memcpy(&facts, bytes.data(), sizeof facts);
        return Tagged<T, Tag>(facts, Codec<T>::decode(bytes.subspan(sizeof facts)));
    }
};

}  // namespace atomos::process
