/// \file
/// A mapped region: joining, refilling lanes, waiting.

#include <algorithm>
#include <atomos/errors.hpp>
#include <atomos/process/memory.hpp>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <utility>

#include "platform/system.hpp"
#include "process/arena.hpp"
#include "process/failure.hpp"
#include "process/names.hpp"

namespace atomos::process {
namespace {

/// All regions that this process has mapped, for the moment of a fork.
struct Mapped {
    std::mutex mutex;
    std::vector<Memory*> memories;
};

Mapped& mapped() {
    static Mapped* const all = [] {
        auto* const made = new Mapped;
        platform::at_fork([] { mapped().mutex.lock(); }, [] { mapped().mutex.unlock(); },
                          [] {
                              for (Memory* memory : mapped().memories) memory->forked();
                              mapped().mutex.unlock();
                          });
        return made;
    }();
    return *all;
}

/// How long a waiter sleeps before it looks again by itself: it covers a writer that was killed between
/// its commit and its wake.
constexpr std::chrono::milliseconds slice{100};
/// A reader cannot say that it waits.
constexpr std::chrono::milliseconds reader_slice{10};

}  // namespace

int process_identity() noexcept { return platform::process_id(); }

Memory::Memory(std::string name, platform::File file, bool read_only, const RegionFacts& checked)
    : name_(std::move(name)),
      descriptor_(file.descriptor()),
      read_only_(read_only),
      participants_(checked.participants),
      names_(checked.names),
      spans_(checked.spans),
      salt_(checked.uuid[0]),
      mapped_(std::size_t{checked.limit} * unit) {
    if (const int e = platform::map(descriptor_, mapped_, read_only, base_)) {
        fail(name_, "mapping " + std::to_string(mapped_) + " bytes (its limit)", e);
    }
    try {
        void* wiped = nullptr;
        if (const int e = platform::make_wiped(page, wiped)) fail(name_, "mapping a page", e);
        own_ = new (wiped) Own{};
        lanes_ = std::make_unique<std::array<Lane, lanes_each>>();
        arena_ = std::make_unique<Arena>(*this);
        look_for_growth();
        each_span(*this, spans_, [](Index, const SpanWord&) {});
        each_entry(*this, [](Index, Entry&) { return true; });
        const std::lock_guard lock(mapped().mutex);
        mapped().memories.push_back(this);
    } catch (...) {
        if (own_ != nullptr) platform::free_wiped(own_, page);
        platform::unmap(base_, mapped_);
        throw;
    }
    file.release();
}

Memory::~Memory() {
    {
        const std::lock_guard lock(mapped().mutex);
        std::erase(mapped().memories, this);
    }
    arena_.reset();
    platform::free_wiped(own_, page);
    platform::unmap(base_, mapped_);
    const platform::File closed(descriptor_);
}

Index Memory::look_for_growth() {
    Index before = reach();
    platform::Facts facts{};
    if (const int e = platform::look_at(descriptor_, facts)) fail(name_, "looking at its file", e);
    const auto now = static_cast<Index>(std::min<std::uint64_t>(facts.size, mapped_) / unit);
    if (now < before) {
        damaged("size", std::to_string(facts.size) + " bytes: somebody has shrunk it",
                "at least " + std::to_string(std::size_t{before} * unit) + " bytes");
    }
    while (before < now &&
           !reach_.compare_exchange_strong(before, now, std::memory_order_relaxed)) {
    }
    return reach();
}

void Memory::forked() noexcept {
    own_->joined.store(0, std::memory_order_relaxed);
    own_->joining.store(0, std::memory_order_relaxed);
    arena_->forget();
    for (Lane& lane : *lanes_) {
        lane.holders.store(0, std::memory_order_relaxed);
        lane.losses = 0;
        // The parent's threads may have been in the middle of a change to a shelf: it is left as it is.
        for (auto& shelf : lane.shelves) {
            if (shelf) bury(shelf.release());
        }
    }
    for (auto& taken : pins_taken_) taken.store(0, std::memory_order_relaxed);
}

void Memory::join() {
    if (read_only_) refuse_write();
    std::uint32_t nobody = 0;
    while (!own_->joining.compare_exchange_strong(nobody, 1, std::memory_order_acquire)) {
        nobody = 0;
        atomos::detail::pause();
    }
    struct Done {
        Own& own;
        ~Done() { own.joining.store(0, std::memory_order_release); }
    } const done{*own_};
    if (joined()) return;
    if (process_ != 0 && process_ != platform::process_id()) {
        forked();
        own_->joining.store(1, std::memory_order_relaxed);
    }
    arena_->join();
    number_ = arena_->number();
    process_ = platform::process_id();
    own_->joined.store(1, std::memory_order_seq_cst);
}

template <class Wanted>
bool Memory::find_pin(Wanted wanted) const noexcept {
    const std::uint32_t joined = std::min(bound_of(joined_bound()), participants_);
    for (unsigned number = 0; number < joined; ++number) {
        for (const auto& pin : participant(number).pins) {
            if (wanted(pin.load(Y3))) return true;
        }
    }
    return false;
}

bool Memory::any_pin() const noexcept {
    return find_pin([](std::uint64_t pin) { return pin != 0; });
}

bool Memory::pinned(Index block) const noexcept {
    return find_pin([block](std::uint64_t pin) { return pin == block; });
}

void Memory::refill(Lane& lane, unsigned size_class) {
    auto& place = lane.shelves[size_class];
    if (!place) place = std::make_unique<Shelf>();
    Shelf& shelf = *place;
    const std::size_t block = SizeClass::units(size_class) * unit;
    const std::size_t batch = std::clamp<std::size_t>((std::size_t{8} << 10U) / block, 1, 32);

    const std::size_t looks = std::min(shelf.used.size(), 2 * batch);
    for (std::size_t i = 0; i < looks; ++i) {
        const Used used = shelf.used.pop();
        if (used.cell != nullptr && stands(*used.cell, used.block)) {
            shelf.used.push(used);
        } else {
            shelf.ready.push(used.block);
        }
    }
    if (!atomos::detail::mutant("reuse pinned") && !shelf.ready.empty() && any_pin()) {
        for (std::size_t left = shelf.ready.size(); left != 0; --left) {
            const Index index = shelf.ready.pop();
            if (pinned(index)) {
                shelf.used.push({index, nullptr});
            } else {
                shelf.ready.push(index);
            }
        }
    }
    if (!shelf.ready.empty()) return;

    std::vector<Index> drawn;
    drawn.reserve(batch);
    const std::size_t room = shelf.used.size() + batch + 1;
    shelf.used.reserve(room);
    shelf.ready.reserve(room);
    arena_->draw(size_class, batch, lane, drawn);
    for (const Index index : drawn) shelf.ready.push(index);
}

Atomic<std::uint64_t>* Memory::claim_pin() noexcept {
    if (read_only_ || !joined()) return nullptr;
    for (unsigned i = 0; i < pins_each; ++i) {
        auto& taken = pins_taken_[(lane_hint().lane + i) % pins_each];
        if (taken.load(std::memory_order_relaxed) == 0 &&
            taken.exchange(1, std::memory_order_acquire) == 0) {
            return &participant(number_).pins[(lane_hint().lane + i) % pins_each];
        }
    }
    return nullptr;
}

void Memory::return_pin(Atomic<std::uint64_t>* pin) noexcept {
    const auto which = static_cast<std::size_t>(pin - participant(number_).pins.data());
    if (which < pins_each) pins_taken_[which].store(0, std::memory_order_release);
}

void Memory::wait_for_commits() noexcept {
    if (own_->joined.load(std::memory_order_seq_cst) == 0) return;
    for (Lane& lane : *lanes_) {
        const std::uint32_t holders = lane.holders.load(std::memory_order_seq_cst);
        if ((holders & 1U) == 0) continue;
        while (lane.holders.load(std::memory_order_acquire) == holders) atomos::detail::pause();
    }
}

void Memory::wake(CellLine& cell, Atomic<std::uint64_t>& futex, std::uint64_t old) noexcept {
    withdraw_wait(cell.waiting, old);
    platform::shared_wake(futex);
    turn().fetch_add(1, std::memory_order_seq_cst);
    platform::shared_wake(turn());
}

bool Memory::sleep(const Atomic<std::uint64_t>& word, std::uint64_t seen,
                   const atomos::detail::Deadline* deadline) const {
    const auto now = std::chrono::steady_clock::now();
    if (deadline != nullptr && now >= *deadline) return false;
    atomos::detail::Deadline until = now + (read_only_ ? reader_slice : slice);
    if (deadline != nullptr) until = std::min(until, *deadline);
    platform::shared_wait(word, static_cast<std::uint32_t>(seen), until);
    return true;
}

void Memory::refuse_write() const {
    throw PermissionDenied(about(name_) + "it is open for reading only; nothing was changed");
}

void Memory::refuse_length(std::size_t length) const {
    throw Full(about(name_) + "a value of " + std::to_string(length) + " bytes; at most " +
               std::to_string(largest_value()) +
               " are allowed, half of its limit; nothing was changed");
}

void Memory::damaged(std::string_view field, std::string_view met, std::string_view allowed) const {
    throw Damaged(about(name_) + std::string(field) + " is " + std::string(met) + "; " +
                  std::string(allowed) + " is allowed");
}

void Memory::damaged_variable(Index cell, std::string_view met, std::string_view allowed) const {
    damaged("variable " + quoted(variable_name(cell)), met, allowed);
}

std::string Memory::variable_name(Index cell) const {
    return std::string(name_of(*at<const Entry>(cell)));
}

}  // namespace atomos::process
