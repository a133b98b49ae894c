/// \file
/// Finding names, and adding them. A name is published by one CAS, with its initial value in place.

#include "process/names.hpp"

#include <algorithm>
#include <atomos/errors.hpp>
#include <atomos/process/region.hpp>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include "process/failure.hpp"

namespace atomos::process {
namespace {

constexpr std::size_t entry_units = sizeof(Entry) / unit;
constexpr unsigned entry_class = SizeClass::of_units(entry_units);
constexpr unsigned page_class = SizeClass::of_value(sizeof(NamePage));

/// What never changes of an entry.
std::uint64_t describe(const Entry& entry) noexcept {
    const auto* begin = reinterpret_cast<const std::byte*>(&entry.size);
    const auto* end = reinterpret_cast<const std::byte*>(&entry + 1);
    return checksum({begin, end});
}

NamePage& page_in(const Memory& memory, Index block) noexcept {
    return *reinterpret_cast<NamePage*>(memory.at<Block>(block)->words);
}

/// The index in a checked word. Errors: Damaged.
Index index_in(Memory& memory, std::uint64_t word, const char* what, std::size_t bytes) {
    const Index index = unchecked(word);
    if (checked(index, memory.salt()) != word || index >= index_limit ||
        !memory.within(index, bytes)) {
        memory.damaged(what, std::to_string(word), "0, or a checked place in the region");
    }
    return index;
}

Entry& entry_in(Memory& memory, std::uint64_t word) {
    const Index index = index_in(memory, word, "a name's place", sizeof(Entry));
    Entry& entry = *memory.at<Entry>(index);
    if (entry.block.checksum.load(std::memory_order_relaxed) != describe(entry) ||
        entry.name_length > Entry::longest_name || entry.type_length > Entry::longest_type) {
        memory.damaged("the variable at " + std::to_string(index),
                       "what its checksum does not match",
                       "a name, a type and a size as they were written");
    }
    return entry;
}

/// Name pages, one after another.
class Pages {
  public:
    explicit Pages(Memory& memory) : memory_(memory), at_(memory.at<NamePage>(memory.names())) {}

    NamePage& operator*() const noexcept { return *at_; }
    NamePage* operator->() const noexcept { return at_; }

    /// The block of the next page; 0: there is none. Errors: Damaged.
    Index next() const {
        const std::uint64_t word = at_->next.load(std::memory_order_acquire);
        return word == 0 ? 0 : index_in(memory_, word, "a page of names", size);
    }
    /// Goes on to the next page. Errors: Damaged: there are more pages than fit, so they go in a circle.
    void go_to(Index next) {
        if (++gone_ > memory_.reach() / (size / unit)) {
            memory_.damaged("the pages of names", "a circle", "a list that ends");
        }
        at_ = &page_in(memory_, next);
    }

  private:
    static constexpr std::size_t size = Block::header + sizeof(NamePage);
    Memory& memory_;
    NamePage* at_;
    std::size_t gone_ = 0;
};

/// Blocks that are prepared and not published yet; given back if they never are.
class Prepared {
  public:
    explicit Prepared(Memory& memory) : memory_(memory), lane_(memory) {}

    Index entry() const noexcept { return entry_->index(); }

    void make_entry(std::string_view name, const Type& type, std::uint64_t word,
                    const std::vector<std::byte>& bytes) {
        entry_.emplace(lane_, entry_class);
        Entry& entry = *memory_.at<Entry>(entry_->index());
        entry.cell.word.store(word, std::memory_order_relaxed);
        entry.cell.waiting.store(0, std::memory_order_relaxed);
        entry.cell.turn.store(0, std::memory_order_relaxed);
        if (has_block(type.kind)) make_value(entry, type, bytes);
        entry.size = type.size;
        entry.align = type.align;
        entry.kind = type.kind;
        entry.name_length = static_cast<std::uint8_t>(name.size());
        entry.type_length = static_cast<std::uint8_t>(type.name.size());
        entry.reserved = 0;
        entry.name.fill('\0');
        entry.type.fill('\0');
        std::copy(name.begin(), name.end(), entry.name.begin());
        std::copy(type.name.begin(), type.name.end(), entry.type.begin());
        entry.block.stamp.store(0, std::memory_order_relaxed);
        entry.block.place.store(Block::place_of(no_cell, 0), std::memory_order_relaxed);
        entry.block.checksum.store(describe(entry), std::memory_order_relaxed);
    }

    /// The entry stands from now on, and its value in it.
    void entry_stands() noexcept {
        if (value_) value_->published(memory_.at<Entry>(entry_->index())->cell);
        entry_->kept();
    }

    /// Lets a page follow, unless there is one already.
    void add_page(NamePage& last) {
        TakenBlock block(lane_, page_class);
        NamePage& added = page_in(memory_, block.index());
        write_block(*memory_.at<Block>(block.index()), no_cell, 1, sizeof(NamePage), 0,
                    [&](Block&) {
                        for (auto& place : added.entries) place.store(0, std::memory_order_relaxed);
                        added.next.store(0, std::memory_order_relaxed);
                    });
        std::uint64_t nothing = 0;
        if (last.next.compare_exchange_strong(nothing, checked(block.index(), memory_.salt()),
                                              std::memory_order_seq_cst)) {
            block.kept();
        }
    }

  private:
    void make_value(Entry& entry, const Type& type, const std::vector<std::byte>& bytes) {
        value_.emplace(lane_, memory_.size_class(bytes.size()));
        write_block(*memory_.at<Block>(value_->index()), entry_->index(), 1, bytes.size(),
                    type.size == 0 ? checksum(bytes) : 0, [&](Block& block) {
                        atomos::detail::store_words(block.words, bytes.data(), bytes.size());
                    });
        entry.cell.word.store(Head::of(value_->index(), 1).word, std::memory_order_relaxed);
    }

    Memory& memory_;
    HeldLane lane_;
    std::optional<TakenBlock> entry_;
    std::optional<TakenBlock> value_;
};

std::string variable(std::string_view name) { return "variable " + quoted(name); }

void check_name(const Memory& memory, std::string_view name, const Type& type) {
    const auto printable = [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
    };
    if (name.empty() || name.size() > Entry::longest_name ||
        !std::all_of(name.begin(), name.end(), printable)) {
        throw std::invalid_argument(about(memory.name()) + variable(name) + " has a name of " +
                                    std::to_string(name.size()) + " bytes; 1 to " +
                                    std::to_string(Entry::longest_name) +
                                    " printable ones are allowed; nothing was changed");
    }
    if (type.name.size() > Entry::longest_type) {
        throw std::invalid_argument(
            about(memory.name()) + variable(name) + " is of a type with a name of " +
            std::to_string(type.name.size()) + " bytes; at most " +
            std::to_string(Entry::longest_type) + " are allowed (Codec<T>::name gives it another)");
    }
}

std::string describe(std::string_view name, std::uint64_t size, std::uint32_t align) {
    std::string text(name);
    if (size != 0)
        text += " (" + std::to_string(size) + " bytes, aligned to " + std::to_string(align) + ")";
    return text;
}

void check_type(const Memory& memory, const Entry& entry, const Type& type) {
    if (entry.kind == type.kind && entry.size == type.size && entry.align == type.align &&
        type_of(entry) == type.name) {
        return;
    }
    const auto kind = [](Kind k) {
        return k == Kind::number        ? "a number "
               : k == Kind::boolean     ? "a boolean "
               : k == Kind::array       ? "an array "
               : k == Kind::adder       ? "an adder "
               : k == Kind::accumulator ? "an accumulator "
                                        : "a reference to ";
    };
    throw Mismatch(about(memory.name()) + variable(name_of(entry)) + " is " + kind(entry.kind) +
                   describe(type_of(entry), entry.size, entry.align) + "; " + kind(type.kind) +
                   describe(type.name, type.size, type.align) + " was asked for");
}

}  // namespace

std::string_view name_of(const Entry& entry) noexcept {
    return {entry.name.data(), std::min<std::size_t>(entry.name_length, Entry::longest_name)};
}

std::string_view type_of(const Entry& entry) noexcept {
    return {entry.type.data(), std::min<std::size_t>(entry.type_length, Entry::longest_type)};
}

void each_entry(Memory& memory, const std::function<bool(Index, Entry&)>& f) {
    Pages names(memory);
    for (;;) {
        for (const auto& place : names->entries) {
            const std::uint64_t word = place.load(std::memory_order_acquire);
            if (word == 0) return;
            if (!f(unchecked(word), entry_in(memory, word))) return;
        }
        const Index next = names.next();
        if (next == 0) return;
        names.go_to(next);
    }
}

void each_name_page(Memory& memory, const std::function<void(Index)>& f) {
    Pages names(memory);
    while (const Index next = names.next()) {
        f(next);
        names.go_to(next);
    }
}

Index find_or_make(Memory& memory, std::string_view name, const Type& type,
                   const std::function<std::uint64_t()>& word,
                   const std::function<std::vector<std::byte>()>& bytes, Name kind) {
    check_name(memory, name, type);
    std::optional<Prepared> prepared;
    Pages names(memory);
    for (;;) {
        for (auto& place : names->entries) {
            std::uint64_t found = place.load(std::memory_order_acquire);
            if (found == 0 && memory.read_only()) {
                throw NotFound(about(memory.name()) + variable(name) +
                               " is not there, and the region is open for reading only");
            }
            if (found == 0) {
                if (!prepared) {
                    const std::uint64_t number = word ? word() : 0;
                    const std::vector<std::byte> value = bytes ? bytes() : std::vector<std::byte>();
                    prepared.emplace(memory);
                    prepared->make_entry(name, type, number, value);
                }
                const Index entry = prepared->entry();
                if (place.compare_exchange_strong(found, checked(entry, memory.salt()),
                                                  std::memory_order_seq_cst)) {
                    prepared->entry_stands();
                    return entry;
                }
            }
            if (kind == Name::unused) continue;
            const Entry& entry = entry_in(memory, found);
            if (name_of(entry) == name) {
                check_type(memory, entry, type);
                if (entry.kind == Kind::reference) value_of(memory, unchecked(found));
                return unchecked(found);
            }
        }
        if (names.next() == 0) {
            if (memory.read_only()) {
                throw NotFound(about(memory.name()) + variable(name) +
                               " is not there, and the region is open for reading only");
            }
            if (prepared) {
                prepared->add_page(*names);
            } else {
                Prepared(memory).add_page(*names);
            }
        }
        names.go_to(names.next());
    }
}

std::uint64_t checksum(std::span<const std::byte> bytes) noexcept {
    std::uint64_t sum = 0x9E3779B97F4A7C15U ^ bytes.size();
    for (std::size_t at = 0; at < bytes.size(); at += sizeof sum) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
        sum = (sum ^ word) * 0xD6E8FEB86659FD93U;
        sum ^= sum >> 32U;
    }
    return sum;
}

}  // namespace atomos::process
