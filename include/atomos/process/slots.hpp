/// \file
/// Own-slot publication: how a value in shared memory is replaced so that a kill harms nobody.
///
/// A cell is one 64-bit *head* that names a block and a version. A block is written by its owner alone,
/// and only while no head names it. So the CAS on the head is the one moment at which anything happens
/// to others: before it the block is nobody's business, after it the value is whole. There is nothing to
/// repair after a SIGKILL at any instruction.
///
///     writer, owner of the block b               reader
///     takes b, which no head names               G0 looks at the head: {b, v}
///     G0 looks at the head: {a, w-1}             G1 b.stamp must be {cell, v}
///     D0 b.stamp = 0                                copies b
///     D1 a fence; writes b                       G2 a fence; b.stamp must still be {cell, v}
///     D2 b.stamp = {cell, w}
///     D3 head: {a, w-1} -> {b, w}
///
/// * Not torn: a reader that copied a word of a later writing sees, after its fence (G2), the 0 that the
///   writer stored before its own (D1), or a later stamp.
/// * Not another value: a block is written for {cell, w} only when, after it was taken, the cell's head was
///   seen at w-1. Had b been published there as version v before, then it was displaced before it was
///   taken, so v < w. So a stamp is given to one value of a block only, and it stood when the head was
///   read (G0).
/// * Not damaged: a look that fails (D0, G3) and finds the same head afterwards, behind a fence, knows that no
///   owner may have written the block: then the region is damaged.
/// * A block whose memory is cut into others is ended first (end_block): else their words would lie where a
///   stalled reader copies, and the stamp that it looks at would stay.
/// * A reader stores nothing. It starts again only if b was written *again* while it copied, and owners
///   use their blocks in turn. A reader that has bad luck, or wants to look without copying, pins:
///
///     Y1 pin = b          (seq_cst)              D3 head: {b, v} -> another    (seq_cst, by anyone)
///     Y2 head still b?    (seq_cst)              G0 the owner sees that
///        reads b                                 Y3 looks at the pins          (seq_cst)
///     Y4 pin = 0          (release)              writes b if none names it
///
///   One of the two sees the other.
/// * No ABA: a head comes back after 2^38 changes of one cell at the earliest, in the same block.
///
/// Progress   Readers: lock-free; with a pin, wait-free for a writer that is stopped. Writers: lock-free.
/// Source     Seqlocks (Boehm: Can seqlocks get along with programming language memory models?, MSPC
///            2012) and the register of Lamport (On interprocess communication, 1986), one slot a writer.
#pragma once

#include <atomos/detail/atomic.hpp>
#include <atomos/process/orders.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace atomos::process {

/// What everything in a region is a multiple of, and aligned to: a cache line.
inline constexpr std::size_t unit = 64;

/// A place in a region, in units from its start; 0 is none.
using Index = std::uint32_t;
inline constexpr unsigned index_bits = 26;
inline constexpr Index index_limit = Index{1} << index_bits;

/// Which block stands, and the low bits of its version: the word that a commit replaces.
struct Head {
    static constexpr unsigned version_bits = 64 - index_bits;
    static constexpr std::uint64_t version_mask = (std::uint64_t{1} << version_bits) - 1;

    std::uint64_t word;

    static constexpr Head of(Index block, std::uint64_t version) noexcept {
        return {std::uint64_t{block} << version_bits | (version & version_mask)};
    }
    constexpr Index block() const noexcept { return static_cast<Index>(word >> version_bits); }
    /// Whether a full version is the one that the head says.
    constexpr bool names(std::uint64_t version) const noexcept {
        return ((word ^ version) & version_mask) == 0;
    }
    friend bool operator==(Head, Head) = default;
};

/// What stands: which head, and all bits of its version.
struct Standing {
    Head head;
    std::uint64_t version;
    friend bool operator==(const Standing&, const Standing&) = default;
};

/// The shared part of a variable: one line of its own.
struct alignas(unit) CellLine {
    Atomic<std::uint64_t> word;  ///< a head; or a number, as it is
    Atomic<std::uint64_t>
        waiting;  ///< the latest version that somebody waits to see replaced; 0: nobody
    Atomic<std::uint64_t> turn;  ///< of numbers: how often was notified
};

/// A value in shared memory: written by one process, and only while no head names it.
struct alignas(32) Block {
    Atomic<std::uint64_t>
        stamp;  ///< whose value it is, and of which version; 0 while it is written
    Atomic<std::uint64_t> place;     ///< the same cell, and the value's length in bytes
    Atomic<std::uint64_t> version;   ///< all bits of it
    Atomic<std::uint64_t> checksum;  ///< of these, and of encoded values
    Atomic<std::uint64_t> words[1];  ///< the value

    static constexpr std::size_t header = 32;

    static constexpr std::uint64_t place_of(Index cell, std::size_t length) noexcept {
        return std::uint64_t{cell} << 32U | length;
    }
    static constexpr Index cell_in(std::uint64_t place) noexcept {
        return static_cast<Index>(place >> 32U);
    }
    static constexpr std::size_t length_in(std::uint64_t place) noexcept {
        return place & 0xFFFFFFFFU;
    }
    /// The checksum of a block whose value has the checksum `of_value`; plain values have none: 0.
    static constexpr std::uint64_t sum(std::uint64_t version, std::uint64_t place,
                                       std::uint64_t of_value = 0) noexcept {
        const std::uint64_t mixed = (version ^ place ^ of_value) * 0x9E3779B97F4A7C15U;
        return (mixed >> 32U) ^ mixed ^ version;
    }
};

/// What the block that a cell's head names is stamped with: a number for one value of the block only.
constexpr std::uint64_t stamp_of(Index cell, Head head) noexcept {
    const std::uint64_t version = head.word & Head::version_mask;
    if constexpr (atomos::detail::mutant("stamp without cell")) return version;
    return std::uint64_t{cell} << Head::version_bits | version;
}

/// Writes a value into a block that this process owns and that no head names, for {cell, version}.
template <class Fill>
[[gnu::always_inline]] inline void write_block(Block& block, Index cell, std::uint64_t version,
                                               std::size_t length, std::uint64_t of_value,
                                               Fill fill) noexcept {
    const std::uint64_t place = Block::place_of(cell, length);
    block.stamp.store(0, D0);
    atomos::detail::fence(D1);
    block.place.store(place, std::memory_order_relaxed);
    block.version.store(version, std::memory_order_relaxed);
    block.checksum.store(Block::sum(version, place, of_value), std::memory_order_relaxed);
    fill(block);
    block.stamp.store(stamp_of(cell, Head{version}), D2);
}

/// Takes a block's stamp away for good: what stood in it is cut anew, and other blocks' words will lie there.
/// A reader that stalled in it finds out, as it would if the block itself were written again.
inline void end_block(Block& block) noexcept {
    if constexpr (atomos::detail::mutant("cut at once")) return;
    block.stamp.store(0, D0);
    atomos::detail::fence(D1);
}

/// Gives a value that no head names yet another version.
inline void renumber_block(Block& block, Index cell, std::uint64_t version, std::size_t length,
                           std::uint64_t of_value) noexcept {
    block.version.store(version, std::memory_order_relaxed);
    block.checksum.store(Block::sum(version, Block::place_of(cell, length), of_value),
                         std::memory_order_relaxed);
    block.stamp.store(stamp_of(cell, Head{version}), D2);
}

/// Copies what a cell's head names, by `copy(block)`, and returns its version. nullopt: it was written
/// meanwhile, or holds something else; look_was_over() tells which.
template <class Copy>
[[gnu::always_inline]] inline std::optional<std::uint64_t> read_block(const Block& block, Head head,
                                                                      Index cell, Copy copy) {
    const std::uint64_t stamp = stamp_of(cell, head);
    if (block.stamp.load(G1) != stamp) [[unlikely]]
        return std::nullopt;
    const std::uint64_t version = block.version.load(std::memory_order_relaxed);
    if (!copy(block)) [[unlikely]]
        return std::nullopt;
    atomos::detail::fence(G2);
    if (block.stamp.load(std::memory_order_relaxed) != stamp) [[unlikely]]
        return std::nullopt;
    return version;
}

/// After a look that failed: whether the head has moved on, as it has if the region is sound.
inline bool look_was_over(const CellLine& cell, Head head) noexcept {
    atomos::detail::fence(G3);
    return cell.word.load(G0) != head.word;
}

/// Replaces `seen`, if it stands. If not, `seen` is what does.
[[gnu::always_inline]] inline bool replace_head(CellLine& cell, Head& seen, Head next) noexcept {
    return cell.word.compare_exchange_strong(seen.word, next.word, D3, G0);
}

/// Whether a head still stands, after somebody said that he waits for its end.
inline bool still_stands(const CellLine& cell, Head seen) noexcept {
    return cell.word.load(F2) == seen.word;
}

/// Names a block in a pin, if it still stands. Until the pin is let go, its owner does not write it.
inline bool pin_block(Atomic<std::uint64_t>& pin, const CellLine& cell, Head seen) noexcept {
    pin.store(seen.block(), Y1);
    if (cell.word.load(Y2) == seen.word) return true;
    pin.store(0, Y4);
    return false;
}

inline void let_go(Atomic<std::uint64_t>& pin) noexcept { pin.store(0, Y4); }

/// Says that participants up to a number have joined: before their first pin.
inline void raise_bound(Atomic<std::uint32_t>& bound, std::uint32_t count) noexcept {
    std::uint32_t said = bound.load(J1);
    while (said < count && !bound.compare_exchange_strong(said, count, J1)) {
    }
}

/// How many participants' pins an owner has to look at.
inline std::uint32_t bound_of(const Atomic<std::uint32_t>& bound) noexcept {
    return bound.load(J2);
}

/// Whether a block stands in a cell: asked by its owner, who has published it there.
inline bool stands(const CellLine& cell, Index block) noexcept {
    return Head{cell.word.load(G0)}.block() == block;
}

/// Says that somebody waits until `version` is replaced; never lowers what others said.
///
/// A writer that replaced an earlier version leaves the word alone, so its late wake loses nobody; a
/// waiter that was killed costs each writer that is at work then one needless wake, and later ones none.
inline void announce_wait(Atomic<std::uint64_t>& waiting, std::uint64_t version) noexcept {
    std::uint64_t said = waiting.load(std::memory_order_relaxed);
    for (;;) {
        const bool lower = atomos::detail::mutant("lower announcement");
        const std::uint64_t wanted = lower || said < version ? version : said;
        if (waiting.compare_exchange_strong(said, wanted, F1)) return;
    }
}

/// Whether somebody waits, and has to be woken by who has just replaced `old`.
[[gnu::always_inline]] inline bool is_awaited(const Atomic<std::uint64_t>& waiting) noexcept {
    return waiting.load(F3) != 0;
}

/// As above, for a number that was written before, in any order.
inline bool is_awaited_now(const Atomic<std::uint64_t>& waiting) noexcept {
    atomos::detail::fence(F4);
    return is_awaited(waiting);
}

/// Withdraws what was said by those who waited for the end of `old` or of an earlier version.
inline void withdraw_wait(Atomic<std::uint64_t>& waiting, std::uint64_t old) noexcept {
    std::uint64_t said = waiting.load(std::memory_order_relaxed);
    while (said != 0 && (atomos::detail::mutant("withdraw all") || said <= old)) {
        if (waiting.compare_exchange_strong(said, 0, std::memory_order_relaxed)) return;
    }
}

}  // namespace atomos::process
