/// \file
/// A region's file as bytes: where something stands in it, and how a header is forged.
#pragma once

#include <atomos/process/layout.hpp>
#include <atomos/process/region.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "process/place.hpp"

namespace regions {

using atomos::process::RegionFacts;

/// The T that begins at an offset.
template <class T>
T at(const Bytes& bytes, std::size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

template <class T>
void put_at(Bytes& bytes, std::size_t offset, const T& value) {
    std::memcpy(bytes.data() + offset, &value, sizeof value);
}

inline std::uint32_t crc_of(const RegionFacts& facts) {
    unsigned char bytes[offsetof(RegionFacts, crc)];
    std::memcpy(bytes, &facts, sizeof bytes);
    std::uint32_t crc = ~0U;
    for (const unsigned char byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) * 0xEDB88320U);
    }
    return ~crc;
}

/// The same file with a header that `change` has changed, and that matches its checksum again.
template <class Change>
Bytes forged(Bytes bytes, Change change) {
    auto facts = at<RegionFacts>(bytes, 0);
    change(facts);
    facts.crc = crc_of(facts);
    put_at(bytes, 0, facts);
    return bytes;
}

/// Where the shared line of a variable begins.
inline std::size_t line_of(const atomos::process::Variable& variable) {
    return std::size_t{variable.cell} * atomos::process::unit +
           offsetof(atomos::process::Entry, cell);
}

/// Where the block of a reference begins.
inline std::size_t block_of(const Bytes& bytes, const atomos::process::Variable& variable) {
    const atomos::process::Head head{at<std::uint64_t>(bytes, line_of(variable))};
    return std::size_t{head.block()} * atomos::process::unit;
}

/// Bytes from `begin` up to `end`.
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool has(std::size_t offset) const { return begin <= offset && offset < end; }
};

/// Which bytes are the value of a variable.
inline Range value_of(const Bytes& bytes, const atomos::process::Variable& variable) {
    const bool refers = variable.kind == atomos::process::Kind::reference;
    const std::size_t begin =
        refers ? block_of(bytes, variable) + atomos::process::Block::header : line_of(variable);
    return {begin, begin + variable.size};
}

}  // namespace regions
