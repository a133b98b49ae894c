/// \file
/// Where a value stands in a region, and the ways to look at it and to replace it, as bytes.
#pragma once

#include <atomos/detail/count.hpp>
#include <atomos/process/memory.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace atomos::process {

/// Which validator a candidate was checked by, within this process (guards.hpp). Its low bits say whether
/// there is one, or one is being set; the others count.
using Rule = std::uint64_t;
inline constexpr Rule pending_rule = 1;
inline constexpr Rule guarded_rule = 2;

/// Bytes to be published.
struct Bytes {
    const void* data;
    std::size_t length;
    std::uint64_t checksum;  ///< 0 for plain values
    unsigned size_class;
};

/// The place of one value. slots.hpp has the algorithm, and why a kill is harmless.
class Place {
  public:
    Place(std::shared_ptr<Memory> memory, Index index)
        : memory_(std::move(memory)),
          index_(index),
          line_(&memory_->at<Entry>(index)->cell),
          base_(memory_->at<const std::byte>(0)),
          origin_(memory_->origin(index)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    const std::shared_ptr<Memory>& memory() const noexcept { return memory_; }
    Index index() const noexcept { return index_; }
    CellLine& line() const noexcept { return *line_; }
    /// Tells the values of one place from those of all others.
    std::uint64_t origin() const noexcept { return origin_; }
    Head head() const noexcept { return Head{line_->word.load(G0)}; }
    /// The validator that candidates have to be checked by.
    Atomic<Rule>& rule() noexcept { return rule_; }
    const Atomic<Rule>& rule() const noexcept { return rule_; }

    /// Copies what a head names, by `copy(block)`, of which at least so many bytes are in the region.
    /// nullopt: it was written meanwhile, or is damaged.
    template <std::size_t least, class Copy>
    [[gnu::always_inline]] std::optional<std::uint64_t> look(Head head, Copy copy) const {
        const Block* const block = block_of<least>(head);
        if (block == nullptr) [[unlikely]]
            return std::nullopt;
        return read_block(*block, head, index_, copy);
    }

    /// Looks until it succeeds, by `attempt(head) -> bool`: after bad luck with a pin.
    ///
    /// Errors   Damaged: the head has not moved on, and what it names is not this value.
    template <class Attempt>
    [[gnu::noinline]] void look_again(Attempt attempt) const {
        for (int tries = 0;; ++tries) {
            const Head seen = head();
            const Pin pin(*this, tries < atomos::detail::Tuning::looks_before_pin
                                     ? nullptr
                                     : memory_->claim_pin());
            pin.name(seen);
            if (attempt(seen)) return;
            if (!look_was_over(*line_, seen)) refuse(seen);
        }
    }

    /// A block that stays as it is while this lives; none, if this process may not pin one.
    template <std::size_t least>
    class PinnedBlock;

    /// Whether somebody wants to know more of changes than that they are made.
    [[gnu::always_inline]] bool attended() const noexcept {
        const Rule guarded = rule_.load(std::memory_order_seq_cst) & (pending_rule | guarded_rule);
        return (guarded | static_cast<Rule>(watched_.load(std::memory_order_seq_cst))) != 0;
    }

    /// From the next commit on, changes are told with their old value.
    void expect_watches() {
        if (watched_.load(std::memory_order_seq_cst)) return;
        watched_.store(true, std::memory_order_seq_cst);
        memory_->wait_for_commits();
    }

    /// Publishes bytes if `seen` stands and `allowed()` agrees, at the moment of the commit.
    ///
    /// Errors   As Memory::join and Memory::refill; nothing has changed.
    template <class Allowed>
    [[gnu::always_inline]] std::optional<Standing> replace(const Standing& seen, const Bytes& bytes,
                                                           Allowed allowed) {
        const std::uint64_t version = seen.version + 1;
        atomos::detail::count(atomos::detail::Event::attempt);
        Head expected = seen.head;
        Head next{};
        {
            HeldLane lane(*memory_);
            TakenBlock b(lane, bytes.size_class);
            const bool stood = atomos::detail::mutant("write before look") || head() == expected;
            if (!stood || !allowed()) [[unlikely]] {
                atomos::detail::count(atomos::detail::Event::loss);
                lane.lose();
                return std::nullopt;
            }
            write(*memory_->at<Block>(b.index()), version, bytes);
            next = Head::of(b.index(), version);
            if (!replace_head(*line_, expected, next)) [[unlikely]] {
                atomos::detail::count(atomos::detail::Event::loss);
                lane.lose();
                return std::nullopt;
            }
            b.published(*line_);
        }
        told(seen.version);
        return Standing{next, version};
    }

    /// Publishes bytes, whatever stands. nullopt, and nothing has changed: somebody attends.
    [[gnu::always_inline]] std::optional<Standing> overwrite(const Bytes& bytes) {
        atomos::detail::count(atomos::detail::Event::attempt);
        std::uint64_t old = 0;
        Head next{};
        {
            HeldLane lane(*memory_);
            if (attended()) [[unlikely]]
                return std::nullopt;
            TakenBlock b(lane, bytes.size_class);
            Block& block = *memory_->at<Block>(b.index());
            Head seen = head();
            old = version_of(seen);
            write(block, old + 1, bytes);
            next = Head::of(b.index(), old + 1);
            while (!replace_head(*line_, seen, next)) [[unlikely]] {
                atomos::detail::count(atomos::detail::Event::loss);
                lane.lose();
                seen = head();
                old = version_of(seen);
                renumber_block(block, index_, old + 1, bytes.length, bytes.checksum);
                next = Head::of(b.index(), old + 1);
            }
            b.published(*line_);
        }
        told(old);
        return Standing{next, old + 1};
    }

    /// Waits until `seen` is replaced; nullptr: for ever. False: the time is over.
    bool wait(const Standing& seen, const atomos::detail::Deadline* deadline) const {
        for (int spins = 0; spins < atomos::detail::Tuning::spins; ++spins) {
            if (head() != seen.head) return true;
            atomos::detail::pause();
        }
        for (;;) {
            if (head() != seen.head) return true;
            if (!memory_->read_only()) announce_wait(line_->waiting, seen.version);
            if (!still_stands(*line_, seen.head)) return true;
            if (!memory_->sleep(line_->word, seen.head.word, deadline)) return head() != seen.head;
        }
    }

  private:
    /// One of this participant's pins, for a while.
    class Pin {
      public:
        Pin(const Place& place, Atomic<std::uint64_t>* pin) noexcept : place_(place), pin_(pin) {}
        Pin(const Pin&) = delete;
        Pin& operator=(const Pin&) = delete;
        ~Pin() {
            if (pin_ == nullptr) return;
            let_go(*pin_);
            place_.memory_->return_pin(pin_);
        }
        /// True: the block stays as it is.
        bool name(Head head) const noexcept {
            return pin_ != nullptr && pin_block(*pin_, *place_.line_, head);
        }
        explicit operator bool() const noexcept { return pin_ != nullptr; }

      private:
        const Place& place_;
        Atomic<std::uint64_t>* pin_;
    };

    template <std::size_t least>
    [[gnu::always_inline]] const Block* block_of(Head head) const {
        if (!memory_->within(head.block(), least)) [[unlikely]]
            return nullptr;
        return reinterpret_cast<const Block*>(base_ + std::size_t{head.block()} * unit);
    }

    [[gnu::always_inline]] void write(Block& block, std::uint64_t version, const Bytes& bytes) {
        write_block(block, index_, version, bytes.length, bytes.checksum, [&](Block& into) {
            atomos::detail::store_words(into.words, bytes.data, bytes.length);
        });
    }

    /// The full version of what a head names, looked up in its block.
    [[gnu::always_inline]] std::uint64_t version_of(Head& head) const {
        for (;;) {
            const auto version = look<sizeof(Block)>(head, [](const Block&) { return true; });
            if (version && head.names(*version)) [[likely]]
                return *version;
            if (!look_was_over(*line_, head)) refuse(head);
            head = this->head();
        }
    }

    /// Wakes who waits for the end of a version.
    [[gnu::always_inline]] void told(std::uint64_t old) const noexcept {
        if (is_awaited(line_->waiting)) [[unlikely]]
            memory_->wake(*line_, line_->word, old);
    }

    [[noreturn, gnu::cold, gnu::noinline]] void refuse(Head head) const {
        memory_->damaged_variable(
            index_, "a head that names block " + std::to_string(head.block()),
            "a block of the region that holds a value of this variable, of the head's version");
    }

    std::shared_ptr<Memory> memory_;
    Index index_;
    CellLine* line_;
    const std::byte* base_;
    std::uint64_t origin_;
    Atomic<Rule> rule_{0};
    Atomic<bool> watched_{false};
};

template <std::size_t least>
class Place::PinnedBlock {
  public:
    /// Errors   Damaged.
    explicit PinnedBlock(const Place& place) : pin_(place, place.memory_->claim_pin()) {
        if (!pin_) return;
        for (int tries = 0; tries < atomos::detail::Tuning::looks_before_pin; ++tries) {
            const Head head = place.head();
            if (!pin_.name(head)) continue;
            if (!place.look<least>(head, [](const Block&) { return true; })) place.refuse(head);
            block_ = place.block_of<least>(head);
            return;
        }
    }

    explicit operator bool() const noexcept { return block_ != nullptr; }
    const void* value() const noexcept { return block_->words; }

  private:
    Pin pin_;
    const Block* block_ = nullptr;
};

}  // namespace atomos::process
