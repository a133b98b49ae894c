/// \file
/// A region as one process sees it: its mapping, and the blocks that this process may write.
///
/// What is shared stands in layout.hpp. Here is what is private: a few *lanes*, each with blocks that are
/// ready to be written. A thread takes a lane for the time of one commit, by trying; no user code runs
/// meanwhile. Which of its blocks are free a process knows by itself: those that no head names and no pin
/// holds. After a crash that knowledge is found again in the heads (src/process/adoption.cpp).
#pragma once

#include <array>
#include <atomos/process/layout.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace atomos::platform {
class File;
}

namespace atomos::process {

class Arena;

/// Which process this is, in its own pid namespace.
int process_identity() noexcept;

/// A queue that never allocates when something is put in: room is made beforehand.
template <class T>
class Ring {
  public:
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }

    /// Makes room for so many in all. Errors: std::bad_alloc; nothing has changed.
    void reserve(std::size_t room) {
        if (items_ && room <= mask_ + 1) return;
        const std::size_t wider = std::bit_ceil(room);
        auto items = std::make_unique<T[]>(wider);
        for (std::size_t i = 0; i < size_; ++i) items[i] = items_[(first_ + i) & mask_];
        items_ = std::move(items);
        mask_ = wider - 1;
        first_ = 0;
    }
    void push(T item) noexcept { items_[(first_ + size_++) & mask_] = item; }
    void push_front(T item) noexcept {
        first_ = (first_ - 1) & mask_;
        ++size_;
        items_[first_] = item;
    }
    T pop() noexcept {
        const T item = items_[first_];
        first_ = (first_ + 1) & mask_;
        --size_;
        return item;
    }

  private:
    std::unique_ptr<T[]> items_;
    std::size_t mask_ = 0;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

/// A block that was published, and where.
struct Used {
    Index block;
    const CellLine* cell;
};

/// The blocks of one size in a lane.
struct Shelf {
    Ring<Index> ready;
    Ring<Used> used;
};

/// What one thread at a time draws blocks from.
struct alignas(unit) Lane {
    Atomic<std::uint32_t> holders{0};  ///< odd: somebody holds it
    std::uint32_t losses = 0;
    std::array<std::unique_ptr<Shelf>, SizeClass::count> shelves;
};

inline constexpr unsigned lanes_each = 8;

/// What a fork's child finds wiped.
struct Own {
    Atomic<std::uint32_t> joined;  ///< this process is a participant
    Atomic<std::uint32_t> joining;
};

struct LaneHint {
    unsigned lane;
};
ATOMOS_THREAD_LOCAL(LaneHint, lane_hint)

/// One mapped region.
class Memory {
  public:
    /// Maps a file whose header was checked. Errors: Damaged, Unavailable.
    Memory(std::string name, platform::File file, bool read_only, const RegionFacts& checked);
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory();

    const std::string& name() const noexcept { return name_; }
    int descriptor() const noexcept { return descriptor_; }
    bool read_only() const noexcept { return read_only_; }
    /// The words of the header that change. What never does was copied when it was checked.
    Atomic<std::uint64_t>& turn() const noexcept { return at<RegionHeader>(0)->turn; }
    Atomic<std::uint32_t>& joined_bound() const noexcept { return at<RegionHeader>(0)->joined; }
    Index names() const noexcept { return names_; }
    Index spans() const noexcept { return spans_; }
    Index limit() const noexcept { return static_cast<Index>(mapped_ / unit); }
    /// What checks are mixed with, so that another region's words are not taken for this one's.
    std::uint64_t salt() const noexcept { return salt_; }
    /// Tells the cells of all regions apart, within what 32 bits can.
    std::uint64_t origin(Index cell) const noexcept { return salt_ << 32U | cell; }

    /// How far the region reaches now, in units.
    Index reach() const noexcept { return reach_.load(std::memory_order_relaxed); }
    /// Looks again how far it reaches, up to its limit. Errors: Damaged: it has been shrunk.
    Index look_for_growth();

    /// Whether so many bytes stand there.
    [[gnu::always_inline]] bool within(Index index, std::size_t bytes) {
        const std::size_t units = (bytes + unit - 1) / unit;
        if (index + units <= reach()) [[likely]]
            return true;
        return index + units <= look_for_growth();
    }
    template <class T>
    T* at(Index index) const noexcept {
        return reinterpret_cast<T*>(base_ + std::size_t{index} * unit);
    }

    ParticipantLine& participant(unsigned number) const noexcept {
        return at<ParticipantLine>(page / unit)[number];
    }
    unsigned participants() const noexcept { return participants_; }

    /// Whether this process may write already.
    [[gnu::always_inline]] bool joined() const noexcept {
        return own_->joined.load(std::memory_order_acquire) != 0;
    }
    /// Makes this process a participant, who adopts what the one before it left.
    ///
    /// Errors   PermissionDenied: opened for reading only. Full: all participants are taken. Unavailable.
    void join();

    Arena& arena() noexcept { return *arena_; }
    std::array<Lane, lanes_each>& lanes() noexcept { return *lanes_; }
    /// In a fork's child: forgets what the parent owned, which goes on owning it.
    void forked() noexcept;

    /// A pin of this participant that no other thread uses; nullptr: none is free, or this process may
    /// not write.
    Atomic<std::uint64_t>* claim_pin() noexcept;
    void return_pin(Atomic<std::uint64_t>* pin) noexcept;

    /// The size class for a value. Errors: Full: no region could hold it.
    [[gnu::always_inline]] unsigned size_class(std::size_t length) const {
        if (length > largest_value()) [[unlikely]]
            refuse_length(length);
        return SizeClass::of_value(length);
    }
    std::size_t largest_value() const noexcept { return mapped_ / 2; }

    /// After this, every commit that had begun before is over: every lane was seen free once, or in other
    /// hands. What was stored (seq_cst) before this call, later commits see. For fork's child: its own.
    void wait_for_commits() noexcept;

    /// Puts blocks of a size on a shelf that has none ready. Errors: Full, Unavailable, std::bad_alloc.
    void refill(Lane& lane, unsigned size_class);

    [[noreturn]] void refuse_write() const;

    /// Wakes who waits for the end of version `old`.
    void wake(CellLine& cell, Atomic<std::uint64_t>& futex, std::uint64_t old) noexcept;

    /// Sleeps while the low half of the word is that of `seen`. False: the deadline has passed.
    bool sleep(const Atomic<std::uint64_t>& word, std::uint64_t seen,
               const atomos::detail::Deadline* deadline) const;

    /// Whether a block is held by a reader's pin.
    bool pinned(Index block) const noexcept;

    /// Errors   Damaged, which names the field, the value met and the value allowed.
    [[noreturn]] void damaged(std::string_view field, std::string_view met,
                              std::string_view allowed) const;
    /// As above, for a variable.
    [[noreturn]] void damaged_variable(Index cell, std::string_view met,
                                       std::string_view allowed) const;
    /// The name of the variable whose entry stands there.
    std::string variable_name(Index cell) const;

  private:
    [[noreturn]] void refuse_length(std::size_t length) const;
    template <class Wanted>
    bool find_pin(Wanted wanted) const noexcept;
    bool any_pin() const noexcept;

    std::string name_;
    int descriptor_;
    bool read_only_;
    unsigned participants_;
    Index names_;
    Index spans_;
    std::uint64_t salt_;
    std::size_t mapped_;
    std::byte* base_ = nullptr;
    Atomic<Index> reach_{0};
    Own* own_ = nullptr;
    int process_ = 0;      ///< which one joined last, with these lanes
    unsigned number_ = 0;  ///< the participant's
    std::array<Atomic<std::uint32_t>, pins_each> pins_taken_{};
    std::unique_ptr<std::array<Lane, lanes_each>> lanes_;
    std::unique_ptr<Arena> arena_;
};

/// A lane, held for the time of one commit.
///
/// It is taken seq_cst, because of those who set a rule and then wait for commits: either the commit took
/// its lane first, and is waited for, or it sees the rule (guards.hpp). It is left with release, so that
/// who waited has the commit behind him, and who holds the lane next finds the shelves in order.
class HeldLane {
  public:
    /// Errors   as Memory::join.
    [[gnu::always_inline]] explicit HeldLane(Memory& memory) : memory_(memory) {
        if (!memory.joined()) [[unlikely]]
            memory.join();
        LaneHint& hint = lane_hint();
        for (;;) {
            Lane& lane = memory.lanes()[hint.lane % lanes_each];
            std::uint32_t holders = lane.holders.load(std::memory_order_relaxed);
            if ((holders & 1U) == 0 && lane.holders.compare_exchange_strong(
                                           holders, holders + 1, std::memory_order_seq_cst))
                [[likely]] {
                lane_ = &lane;
                return;
            }
            ++hint.lane;
            atomos::detail::pause();
        }
    }
    HeldLane(const HeldLane&) = delete;
    HeldLane& operator=(const HeldLane&) = delete;
    [[gnu::always_inline]] ~HeldLane() {
        lane_->holders.store(lane_->holders.load(std::memory_order_relaxed) + 1,
                             std::memory_order_release);
    }

    /// A block that no head names. Errors: as Memory::refill.
    [[gnu::always_inline]] Index take(unsigned size_class) {
        const auto& shelf = lane_->shelves[size_class];
        if (!shelf || shelf->ready.empty()) [[unlikely]]
            memory_.refill(*lane_, size_class);
        return lane_->shelves[size_class]->ready.pop();
    }
    void give_back(unsigned size_class, Index block) noexcept {
        lane_->shelves[size_class]->ready.push_front(block);
    }
    /// A block stands in a cell from now on.
    void published(unsigned size_class, Index block, const CellLine& cell) noexcept {
        lane_->shelves[size_class]->used.push({block, &cell});
    }

    /// After a lost race: a short pause, twice as long each time.
    [[gnu::cold, gnu::noinline]] void lose() noexcept {
        using atomos::detail::Tuning;
        for (int i = 0; i < Tuning::loss_pause << lane_->losses; ++i) atomos::detail::pause();
        if (lane_->losses < Tuning::loss_doublings) ++lane_->losses;
    }
    void win() noexcept {
        if (lane_->losses != 0) [[unlikely]]
            --lane_->losses;
    }

  private:
    Memory& memory_;
    Lane* lane_ = nullptr;
};

/// One block of a lane, given back unless it is published.
class TakenBlock {
  public:
    [[gnu::always_inline]] TakenBlock(HeldLane& lane, unsigned size_class)
        : lane_(lane), size_class_(size_class), index_(lane.take(size_class)) {}
    TakenBlock(const TakenBlock&) = delete;
    TakenBlock& operator=(const TakenBlock&) = delete;
    [[gnu::always_inline]] ~TakenBlock() {
        if (index_ != 0) [[unlikely]]
            lane_.give_back(size_class_, index_);
    }

    Index index() const noexcept { return index_; }
    /// It stands in a cell from now on.
    [[gnu::always_inline]] void published(const CellLine& cell) noexcept {
        lane_.published(size_class_, index_, cell);
        lane_.win();
        index_ = 0;
    }
    /// It stands for good.
    void kept() noexcept { index_ = 0; }

  private:
    HeldLane& lane_;
    unsigned size_class_;
    Index index_;
};

}  // namespace atomos::process
