#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <atomos/process.hpp>

#include "texts.hpp"

namespace tour {

/// What all workers together have counted, and which pieces of the work are in it.
///
/// Both change in one swap. So a worker that dies has either recorded its piece and its words, or
/// neither; nobody has to find out which.
struct Totals {
    Words words;
    std::vector<bool> recorded;

    std::int64_t pieces_recorded() const;
};

/// The totals with a piece's words; std::nullopt: they have it already.
std::optional<Totals> with_piece(const Totals& totals, std::size_t piece, const Words& words);

}  // namespace tour

/// Length-prefixed: pieces, their bits, and each word with its count.
template <>
struct atomos::process::Codec<tour::Totals> {
    static constexpr std::string_view name = "tour.totals/1";
    static std::vector<std::byte> encode(const tour::Totals& totals);
    static tour::Totals decode(std::span<const std::byte> bytes);
};
