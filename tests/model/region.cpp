/// \file
/// The arena and the system that stand behind src/process/memory.cpp in the model: one mapping for all
/// processes, and a handful of blocks for each, handed out one by one.

#include "model/region.hpp"

#include <atomos/errors.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <string>

#include "platform/system.hpp"
#include "process/arena.hpp"
#include "process/names.hpp"

namespace model {

namespace {

constexpr unsigned participants = 3;
constexpr process::Index first_entry =
    (process::page + participants * sizeof(process::ParticipantLine)) / process::unit;
constexpr process::Index first_block = first_entry + 2 * sizeof(process::Entry) / process::unit;

/// Each execution's region, as the checker knows it.
struct Made {
    std::byte* base;
    std::size_t bytes;
    unsigned blocks_each;
    unsigned joined;
};
Made made;

template <class T>
T& make_at(process::Index index) {
    return *new (made.base + std::size_t{index} * process::unit) T{};
}

}  // namespace

process::Index entry_of(unsigned cell) {
    return first_entry + cell * static_cast<process::Index>(sizeof(process::Entry) / process::unit);
}

void make_region(unsigned blocks_each) {
    const process::Index blocks = 2 + participants * blocks_each;
    made.bytes = (first_block + blocks) * process::unit;
    made.base =
        static_cast<std::byte*>(::operator new(made.bytes, std::align_val_t{process::unit}));
    made.blocks_each = blocks_each;
    made.joined = 0;
    ledger().clear();
    make_at<process::RegionHeader>(0);
    constexpr process::Index line = sizeof(process::ParticipantLine) / process::unit;
    for (process::Index i = 0; i < participants; ++i) {
        make_at<process::ParticipantLine>(process::page / process::unit + i * line);
    }
    for (process::Index i = 0; i < blocks; ++i) make_at<process::Block>(first_block + i);
    for (unsigned cell = 0; cell < 2; ++cell) {
        const process::Index block = first_block + cell;
        const Said value = ledger().next();
        write_block(
            *reinterpret_cast<process::Block*>(made.base + std::size_t{block} * process::unit),
            entry_of(cell), 1, sizeof value, 0, [&](process::Block& into) {
                atomos::detail::store_words(into.words, &value, sizeof value);
            });
        make_at<process::Entry>(entry_of(cell))
            .cell.word.store(process::Head::of(block, 1).word, std::memory_order_relaxed);
        ledger().committed(cell, 1, value);
    }
}

std::shared_ptr<process::Memory> map_region() {
    process::RegionFacts facts{};
    facts.uuid = {1, 2};
    facts.participants = participants;
    facts.limit = static_cast<process::Index>(made.bytes / process::unit);
    return std::make_shared<process::Memory>("model", atomos::platform::File(3), false, facts);
}

/// The list of mappings outlives executions, and so must its memory.
void prepare_region() {
    make_region(1);
    std::vector<std::shared_ptr<process::Memory>> many;
    for (int i = 0; i < 64; ++i) many.push_back(map_region());
}

Three::Three() {
    make_region(6);
    watch_allocations(false);  // what each process has for itself is much, and no place for races
    for (auto& process : all) {
        process = std::make_unique<Process>();
        process->memory().join();
    }
    all[0]->overwrite(0);
    all[0]->overwrite(1);
    watch_allocations(true);
}

}  // namespace model

namespace atomos::process {

void Arena::join() {
    own_->number = model::made.joined++;
    raise_bound(memory_.joined_bound(), own_->number + 1);
    auto& blocks = own_->with_free[SizeClass::of_value(sizeof(model::Said))];
    for (Index i = model::made.blocks_each; i-- > 0;) {
        blocks.push_back(model::first_block + 2 + own_->number * model::made.blocks_each + i);
    }
}

void bury(const void*) noexcept {}
void Arena::forget() noexcept {}

void Arena::draw(unsigned size_class, std::size_t, Lane&, std::vector<Index>& into) {
    auto& blocks = own_->with_free[size_class];
    model::expect(!blocks.empty(), "a process needs no more blocks than it has");
    into.push_back(blocks.back());
    blocks.pop_back();
}

Index each_span(Memory&, Index from, const std::function<void(Index, const SpanWord&)>&) {
    return from;
}
void each_entry(Memory&, const std::function<bool(Index, Entry&)>&) {}
std::string_view name_of(const Entry&) noexcept { return "it"; }

}  // namespace atomos::process

namespace atomos::platform {

File::~File() = default;

int look_at(int, Facts& facts) {
    facts = {true, model::made.bytes, 0, 1};
    return 0;
}
int map(int, std::size_t, bool, std::byte*& base) {
    base = model::made.base;
    return 0;
}
void unmap(std::byte*, std::size_t) noexcept {}
int make_wiped(std::size_t, void*& page) {
    page = ::operator new(sizeof(process::Own));
    return 0;
}
void free_wiped(void* page, std::size_t) noexcept { ::operator delete(page); }
bool shared_wait(const detail::Atomic<std::uint64_t>& word, std::uint32_t seen,
                 const detail::Deadline&) noexcept {
    model::futex_wait(word.place(), seen, model::Where::current());
    return true;
}
void shared_wake(const detail::Atomic<std::uint64_t>& word) noexcept {
    model::futex_wake_all(word.place(), model::Where::current());
}
int process_id() noexcept { return 1; }
void at_fork(void (*)(), void (*)(), void (*)()) {}

}  // namespace atomos::platform
