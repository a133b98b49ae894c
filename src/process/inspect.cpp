/// \file
/// What a region tells about itself, to programs that do not know its types.

#include <algorithm>
#include <atomos/errors.hpp>
#include <atomos/process/memory.hpp>
#include <atomos/process/region.hpp>
#include <optional>
#include <unordered_set>

#include "platform/system.hpp"
#include "process/arena.hpp"
#include "process/names.hpp"

namespace atomos::process {
RawValue value_of(Memory& memory, Index cell) {
    const CellLine& line = memory.at<const Entry>(cell)->cell;
    for (;;) {
        const Head head{line.word.load(G0)};
        RawValue value{};
        std::uint64_t sum = 0;
        std::optional<std::uint64_t> version;
        if (memory.within(head.block(), sizeof(Block))) {
            const Block& standing = *memory.at<const Block>(head.block());
            version = read_block(standing, head, cell, [&](const Block& block) {
                const std::size_t length =
                    Block::length_in(block.place.load(std::memory_order_relaxed));
                if (!memory.within(head.block(), Block::header + length)) return false;
                value.bytes.resize(length);
                sum = block.checksum.load(std::memory_order_relaxed);
                atomos::detail::load_words(value.bytes.data(), block.words, length);
                return true;
            });
        }
        if (version) {
            value.version = *version;
            const bool encoded = memory.at<const Entry>(cell)->size == 0;
            if (sum != Block::sum(*version, Block::place_of(cell, value.bytes.size()),
                                  encoded ? checksum(value.bytes) : 0)) {
                memory.damaged_variable(cell, "a value that is not what was written",
                                        "bytes that match their checksum");
            }
            return value;
        }
        if (!look_was_over(line, head)) {
            memory.damaged_variable(
                cell, "a head that names block " + std::to_string(head.block()),
                "a block of the region that holds a value of this variable, of the head's version");
        }
    }
}

void* array_words(Memory& memory, Index cell, std::size_t bytes) {
    const CellLine& line = memory.at<const Entry>(cell)->cell;
    const Head head{line.word.load(G0)};
    bool fits = false;
    if (memory.within(head.block(), Block::header + bytes)) {
        const std::uint64_t place = Block::place_of(cell, bytes);
        const std::uint64_t of_value = bytes == 0 ? checksum({}) : 0;
        Block& block = *memory.at<Block>(head.block());
        const auto version = read_block(block, head, cell, [&](const Block& found) {
            return found.place.load(std::memory_order_relaxed) == place;
        });
        fits = version && block.checksum.load(std::memory_order_relaxed) ==
                              Block::sum(*version, place, of_value);
        if (fits) return block.words;
    }
    memory.damaged_variable(
        cell, "a head that names block " + std::to_string(head.block()),
        "a block of the region that holds this array's " + std::to_string(bytes) + " bytes");
}

namespace {

Variable describe(Memory& memory, Index at, const Entry& entry) {
    Variable variable{std::string(name_of(entry)),
                      std::string(type_of(entry)),
                      entry.kind,
                      entry.size,
                      0,
                      at,
                      {}};
    if (!has_block(entry.kind)) return variable;
    try {
        const RawValue value = value_of(memory, at);
        variable.size = value.bytes.size();
        variable.version = value.version;
    } catch (const Damaged& damaged) {
        variable.damage = damaged.what();
    }
    return variable;
}

}  // namespace

std::vector<Variable> Region::variables() const {
    std::vector<Variable> found;
    each_entry(*memory_, [&](Index at, Entry& entry) {
        found.push_back(describe(*memory_, at, entry));
        return true;
    });
    return found;
}

std::optional<Variable> Region::find(std::string_view name) const {
    std::optional<Variable> found;
    each_entry(*memory_, [&](Index at, Entry& entry) {
        if (name_of(entry) == name) found = describe(*memory_, at, entry);
        return !found;
    });
    return found;
}

RawValue Region::raw(const Variable& variable) const {
    if (has_block(variable.kind)) return value_of(*memory_, variable.cell);
    RawValue value{};
    const std::uint64_t word =
        memory_->at<const Entry>(variable.cell)->cell.word.load(std::memory_order_seq_cst);
    const auto* bytes = reinterpret_cast<const std::byte*>(&word);
    value.bytes.assign(bytes, bytes + std::min(variable.size, sizeof word));
    return value;
}

std::vector<Participant> Region::participants() const {
    std::vector<Participant> found;
    for (unsigned number = 0; number < memory_->participants(); ++number) {
        const ParticipantLine& line = memory_->participant(number);
        const std::uint32_t joined = line.joined.load(std::memory_order_relaxed);
        if (joined == 0) continue;
        found.push_back({number, static_cast<int>(line.pid.load(std::memory_order_relaxed)),
                         platform::is_locked(memory_->descriptor(), number), joined, 0});
    }
    each_span(*memory_, memory_->spans(), [&](Index, const SpanWord& span) {
        for (Participant& one : found) {
            if (one.number + 1 == span.owner) one.bytes += std::size_t{span.units} * unit;
        }
    });
    return found;
}

Space Region::space() const {
    std::unordered_set<Index> standing;
    each_name_page(*memory_, [&](Index block) { standing.insert(block); });
    each_entry(*memory_, [&](Index at, Entry& entry) {
        standing.insert(at);
        if (has_block(entry.kind)) {
            standing.insert(Head{entry.cell.word.load(G0)}.block());
        }
        return true;
    });
    Space space{};
    space.bytes = bytes();
    space.fixed = std::size_t{memory_->spans()} * unit;
    const Index end = each_span(*memory_, memory_->spans(), [&](Index at, const SpanWord& span) {
        const std::size_t block = SizeClass::units(span.size_class);
        std::size_t live = 0;
        for (Index i = 0; i < span.blocks(); ++i) {
            live += standing.count(static_cast<Index>(at + 1 + i * block)) * block * unit;
        }
        space.live += live;
        const std::size_t rest = std::size_t{span.units} * unit - live;
        if (span.owner == 0) {
            space.unowned += rest;
        } else if (platform::is_locked(memory_->descriptor(), span.owner - 1)) {
            space.owned += rest;
        } else {
            space.left += rest;
        }
    });
    space.untouched = space.bytes - std::size_t{end} * unit;
    return space;
}

}  // namespace atomos::process
