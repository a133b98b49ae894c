/// \file
/// A region as slots.hpp sees it: two cells, blocks, pins; and processes that own blocks. Each model thread
/// is a process. What cells and lanes do around slots.hpp (process/place.hpp, src/process/memory.cpp) is done
/// here step by step, with as few blocks as it goes.
#pragma once

#include <array>
#include <atomos/process/slots.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/ledger.hpp"
#include "model/scenario.hpp"

namespace model {

using atomos::process::announce_wait;
using atomos::process::Block;
using atomos::process::CellLine;
using atomos::process::end_block;
using atomos::process::Head;
using atomos::process::Index;
using atomos::process::is_awaited;
using atomos::process::is_awaited_now;
using atomos::process::let_go;
using atomos::process::raise_bound;
using atomos::process::withdraw_wait;

/// A value that was looked at, and the version that it was taken for.
struct Seen {
    Head head;
    std::uint64_t version;
    Said value;
};

/// The n-th block.
constexpr Index block(unsigned n) { return 8 + n; }

struct Space {
    static constexpr Index first_cell = 1;

    std::array<CellLine, 2> cells;
    std::array<Block, 8> blocks;
    /// One a participant; those from `joined` on nobody has ever had.
    std::array<Shared<std::uint64_t>, 3> pins;
    Shared<std::uint32_t> joined{2};
    /// Counts wakes for those who watch the whole region.
    Shared<std::uint64_t> turn;
    /// What a pinned reader reads: plain words, so that a writing meanwhile is a race.
    std::array<std::uint64_t, 8> plain;

    /// The first two blocks stand in the two cells.
    Space() {
        ledger().clear();
        for (unsigned cell = 0; cell < cells.size(); ++cell) {
            const Said value = ledger().next();
            write(block(cell), cell, 1, value);
            cells[cell].word.store(Head::of(block(cell), 1).word, std::memory_order_relaxed);
            ledger().committed(cell, 1, value);
        }
    }

    Block& at(Index index) { return blocks[index - block(0)]; }

    void write(Index index, unsigned cell, std::uint64_t version, const Said& value) {
        write_block(at(index), first_cell + cell, version, sizeof value, 0, [&](Block& into) {
            atomos::detail::store_words(into.words, &value, sizeof value);
            plain[index - block(0)] = value.what;
        });
    }

    /// One look, as Place::look.
    std::optional<Seen> look(unsigned cell, Head head) {
        Said value;
        const auto version =
            read_block(at(head.block()), head, first_cell + cell, [&](const Block& from) {
                atomos::detail::load_words(&value, from.words, sizeof value);
                return true;
            });
        if (!version) return std::nullopt;
        ledger().seen(cell, *version, value);
        return Seen{head, *version, value};
    }

    Head head(unsigned cell) const { return {cells[cell].word.load(atomos::process::G0)}; }

    /// As Cell::get.
    Seen get(unsigned cell) {
        for (;;) {
            const Head standing = head(cell);
            if (const auto seen = look(cell, standing)) return *seen;
            expect(look_was_over(cells[cell], standing), "a sound block is not called damaged");
        }
    }

    /// As Place::version_of.
    std::uint64_t version_of(unsigned cell, Head& standing) {
        for (;;) {
            const auto version = read_block(at(standing.block()), standing, first_cell + cell,
                                            [](const Block&) { return true; });
            if (version) return *version;
            expect(look_was_over(cells[cell], standing), "a sound block is not called damaged");
            standing = head(cell);
        }
    }

    /// As Memory::find_pin.
    bool is_pinned(Index index) const {
        const std::uint32_t bound = atomos::process::bound_of(joined);
        for (std::uint32_t i = 0; i < bound; ++i) {
            if (pins[i].load(atomos::process::Y3) == index) return true;
        }
        return false;
    }
};

/// The blocks of one process.
class Process {
  public:
    explicit Process(Space& space) : space_(space) {}

    /// A block that it owns, and where it was published, if it was.
    void owns(Index block, std::optional<unsigned> cell = std::nullopt) {
        blocks_[count_++] = {block, cell};
    }

    /// A block that no head and no pin names; the one that was used longest ago, as Memory::refill.
    Index take() {
        for (;;) {
            for (std::size_t i = 0; i < count_; ++i) {
                const Owned one = blocks_[0];
                for (std::size_t j = 1; j < count_; ++j) blocks_[j - 1] = blocks_[j];
                blocks_[count_ - 1] = one;
                if (!one.cell) return one.block;
                if (!stands(space_.cells[*one.cell], one.block) && !space_.is_pinned(one.block)) {
                    blocks_[count_ - 1].cell.reset();
                    return one.block;
                }
            }
            yield();
        }
    }

    /// Publishes a new value if `seen` stands, as Place::replace.
    /// Returns whether it did.
    bool replace(unsigned cell, const Seen& seen) {
        CellLine& line = space_.cells[cell];
        const std::uint64_t version = seen.version + 1;
        const Said value = ledger().next();
        const Index block = take();
        Head standing = seen.head;
        if (space_.head(cell) != standing) {
            return false;
        }
        space_.write(block, cell, version, value);
        if (!replace_head(line, standing, Head::of(block, version))) return false;
        ledger().committed(cell, version, value);
        published(block, cell);
        return true;
    }
    /// Replaces what stands. Returns the version that is over now.
    std::uint64_t change(unsigned cell) {
        for (;;) {
            const Seen seen = space_.get(cell);
            if (replace(cell, seen)) return seen.version;
            yield();
        }
    }

    /// Publishes a new value, whatever stands, as Place::overwrite.
    void overwrite(unsigned cell) {
        CellLine& line = space_.cells[cell];
        const Said value = ledger().next();
        const Index block = take();
        Head standing = space_.head(cell);
        std::uint64_t version = space_.version_of(cell, standing) + 1;
        space_.write(block, cell, version, value);
        while (!replace_head(line, standing, Head::of(block, version))) {
            yield();
            standing = space_.head(cell);
            version = space_.version_of(cell, standing) + 1;
            renumber_block(space_.at(block), Space::first_cell + cell, version, sizeof(Said), 0);
        }
        ledger().committed(cell, version, value);
        published(block, cell);
    }

    /// Takes over the blocks of a process that is dead, as Arena::adopt_from.
    void adopt(const std::vector<Index>& blocks) {
        for (const Index block : blocks) {
            std::optional<unsigned> where;
            for (unsigned cell = 0; cell < space_.cells.size(); ++cell) {
                if (space_.head(cell).block() == block) where = cell;
            }
            owns(block, where);
        }
    }

  private:
    struct Owned {
        Index block;
        std::optional<unsigned> cell;
    };

    void published(Index block, unsigned cell) {
        for (std::size_t i = 0; i < count_; ++i) {
            if (blocks_[i].block == block) blocks_[i].cell = cell;
        }
    }

    Space& space_;
    std::array<Owned, 8> blocks_{};
    std::size_t count_ = 0;
};

}  // namespace model
