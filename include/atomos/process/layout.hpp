/// \file
/// What stands where in a region.
///
///     page 0            RegionHeader
///     then              ParticipantLine, one a participant
///     then a page       NamePage: the first names
///     then spans        each begins with a SpanLine, and is an array of blocks of one size
///
/// Everything is found by indices, never by pointers, and every index is checked before it is used.
#pragma once

#include <array>
#include <atomos/process/slots.hpp>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace atomos::process {

inline constexpr std::size_t page = 4096;
inline constexpr std::uint32_t format_version = 1;
inline constexpr std::array<char, 8> magic{'a', 't', 'o', 'm', 'o', 's', '\r', '\n'};

/// What tells a machine of another kind: its byte order, and the size of a line.
inline constexpr std::uint32_t abi = 0x0A0B0000U + unit;

inline constexpr unsigned pins_each = 8;
inline constexpr unsigned most_participants = 4094;

/// What never changes of a region.
struct RegionFacts {
    std::array<char, 8> magic;
    std::uint32_t format;
    std::uint32_t abi;
    std::array<std::uint64_t, 2> uuid;
    std::array<std::uint64_t, 2> boot;
    std::uint32_t participants;
    Index names;        ///< the first NamePage
    Index spans;        ///< the first span
    Index limit;        ///< of the region's size
    std::uint32_t crc;  ///< of all before it
};

struct RegionHeader {
    RegionFacts facts;
    alignas(unit) Atomic<std::uint64_t> turn;  ///< counts the changes that somebody waited for
    Atomic<std::uint32_t> joined;              ///< no participant from this number on ever joined
};

/// One participant: a process that may write.
struct alignas(unit) ParticipantLine {
    Atomic<std::uint32_t> pid;
    Atomic<std::uint32_t> joined;  ///< how often somebody joined here
    alignas(unit) std::array<Atomic<std::uint64_t>, pins_each> pins;
};

/// Names are found one after another: the first empty place ends the search, and takes the next name.
struct NamePage {
    static constexpr std::size_t places = page / sizeof(std::uint64_t) - 16;
    std::array<Atomic<std::uint64_t>, places> entries;  ///< checked indices of entries
    Atomic<std::uint64_t> next;  ///< checked index of a block with another page
};

/// An index with a check, so that a damaged one is seen as such.
constexpr std::uint64_t checked(Index index, std::uint64_t salt) noexcept {
    const std::uint64_t mixed = (index ^ salt) * 0x9E3779B97F4A7C15U;
    return std::uint64_t{index} << 32U | (mixed >> 32U | 1U);
}
constexpr Index unchecked(std::uint64_t word) noexcept { return static_cast<Index>(word >> 32U); }

enum class Kind : std::uint8_t { number = 1, boolean, reference, array, adder, accumulator };

/// Whether a head stands in the cell, and its block holds the value. An array's, an adder's and an
/// accumulator's is never replaced: its words are.
constexpr bool has_block(Kind kind) noexcept {
    return kind != Kind::number && kind != Kind::boolean;
}

/// A variable: in a block of its own, which a name page names, and which lives as long as the region.
struct Entry {
    static constexpr std::size_t longest_name = 127;
    static constexpr std::size_t longest_type = 159;

    Block block;  ///< its checksum is that of what never changes
    alignas(unit) CellLine cell;
    std::uint64_t size;  ///< of a value; 0: it varies
    std::uint32_t align;
    Kind kind;
    std::uint8_t name_length;
    std::uint8_t type_length;
    std::uint8_t reserved;
    std::array<char, longest_name + 1> name;
    std::array<char, longest_type + 1> type;
};
static_assert(sizeof(Entry) % unit == 0);

/// What a block holds is no value of any cell: an entry, a name page.
inline constexpr Index no_cell = 0;

/// Sizes of blocks: multiples of the unit, four to each doubling.
struct SizeClass {
    static constexpr unsigned count = 100;

    static constexpr unsigned of_units(std::size_t units) noexcept {
        if (units <= 4) return units == 0 ? 0 : static_cast<unsigned>(units - 1);
        const unsigned k = static_cast<unsigned>(std::bit_width(units - 1)) - 1;
        const std::size_t step = std::size_t{1} << (k - 2);
        return (k - 2) * 4 + static_cast<unsigned>((units + step - 1) / step) - 1;
    }
    static constexpr unsigned of_value(std::size_t bytes) noexcept {
        return of_units((Block::header + bytes + unit - 1) / unit);
    }
    static constexpr std::size_t units(unsigned size_class) noexcept {
        if (size_class < 4) return size_class + 1;
        const unsigned k = (size_class - 4) / 4 + 2;
        return std::size_t{size_class - (k - 2) * 4 + 1} << (k - 2);
    }
};
static_assert(SizeClass::of_units(5) == 4 && SizeClass::of_units(8) == 7);
static_assert(SizeClass::of_units(9) == 8 && SizeClass::units(8) == 10);
static_assert(SizeClass::units(SizeClass::of_units(1000)) == 1024);

/// The begin of a span: who owns it, how its blocks are sized, and how long it is, in one word.
///
/// Order   It is claimed by a CAS, and changed by its owner's store: both release what was written before,
///         and who reads it acquires that. They are seq_cst as they are rare, and nothing rests on it.
///         The same holds for a place in a name page.
struct alignas(unit) SpanLine {
    Atomic<std::uint64_t> word;
};

struct SpanWord {
    unsigned owner = 0;  ///< a participant's number + 1; 0: nobody, nothing stands in it
    unsigned size_class = 0;
    Index units = 0;

    constexpr std::uint64_t word(std::uint64_t salt) const noexcept {
        const std::uint64_t fields =
            std::uint64_t{owner} << 33U | std::uint64_t{size_class} << 26U | units;
        return fields << 19U | check(fields, salt);
    }
    /// Whether the word is what word() gives.
    static constexpr bool read(std::uint64_t word, std::uint64_t salt, SpanWord& into) noexcept {
        const std::uint64_t fields = word >> 19U;
        into = {static_cast<unsigned>(fields >> 33U), static_cast<unsigned>(fields >> 26U & 0x7FU),
                static_cast<Index>(fields & (index_limit - 1))};
        return check(fields, salt) == (word & 0x7FFFFU) && into.size_class < SizeClass::count &&
               into.units > SizeClass::units(into.size_class);
    }
    /// How many blocks it has.
    constexpr Index blocks() const noexcept {
        return static_cast<Index>((units - 1) / SizeClass::units(size_class));
    }

  private:
    static constexpr std::uint64_t check(std::uint64_t fields, std::uint64_t salt) noexcept {
        return ((fields ^ salt) * 0x9E3779B97F4A7C15U) >> 45U;
    }
};

}  // namespace atomos::process
