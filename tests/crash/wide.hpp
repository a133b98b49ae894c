/// \file
/// A value that shows when it is torn.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace crash {

/// All its words are the same.
template <std::size_t Words>
struct Repeated {
    static Repeated of(std::uint64_t number) {
        Repeated value;
        value.words.fill(number);
        return value;
    }

    std::uint64_t number() const { return words[0]; }
    bool whole() const {
        return std::all_of(words.begin(), words.end(),
                           [this](std::uint64_t word) { return word == words[0]; });
    }
    bool operator==(const Repeated&) const = default;

    std::array<std::uint64_t, Words> words;
};

using Wide = Repeated<32>;

}  // namespace crash
