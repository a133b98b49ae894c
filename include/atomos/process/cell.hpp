/// \file
/// Cells of the process scope: a value in a region that any process may replace.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/process/draft.hpp>
#include <atomos/process/memory.hpp>
#include <atomos/process/region.hpp>
#include <atomos/process/watcher.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace atomos::process {

/// Which validator a candidate was checked by, within this process (guards.hpp).
using Rule = std::uint64_t;

/// One value in a region, by name. slots.hpp has the algorithm, and why a kill is harmless.
template <class T>
class Cell {
    static_assert(
        Plain<T> || Encoded<T>,
        "a value in shared memory is trivially copyable, or has a Codec<T> with name, encode "
        "and decode (atomos/process/codec.hpp)");
    static_assert(!std::is_pointer_v<T>, "a pointer means nothing in another process");

  public:
    using value_type = T;
    using Snapshot = process::Snapshot<T>;
    using Draft = process::Draft<T>;

    /// Opens the variable, or makes it with what make() returns.
    ///
    /// Errors   As find_or_make(); what make and the codec throw. Nothing has changed.
    template <class Make>
        requires std::is_invocable_r_v<T, Make>
    Cell(const Region& region, std::string_view name, Make&& make)
        : memory_(region.memory()),
          index_(find_or_make(*memory_, name,
                              {Kind::reference, type_name<T>(), Plain<T> ? sizeof(T) : 0,
                               Plain<T> ? alignof(T) : 1},
                              {}, [&] { return bytes_of(Draft(std::forward<Make>(make))); })),
          line_(&memory_->template at<Entry>(index_)->cell),
          base_(memory_->template at<const std::byte>(0)),
          origin_(memory_->origin(index_)) {}
    Cell(const Cell&) = delete;
    Cell& operator=(const Cell&) = delete;

    /// The current value: a copy of it.
    ///
    /// Progress   Lock-free, and wait-free unless the value's block is written anew during the copy.
    /// Cost       One copy, and for values with a codec one allocation and the decoding. Nothing is
    ///            stored in the region.
    [[gnu::always_inline]] Snapshot get() const {
        Snapshot now{Unset()};
        if (!copy(Head{line_->word.load(G0)}, now)) [[unlikely]]
            get_again(now);
        return now;
    }

    /// Calls f with the current value. A big plain value is not copied, if this process has written in the
    /// region before: it is pinned there meanwhile.
    template <class F>
    [[gnu::always_inline]] decltype(auto) read(F&& f) const {
        if constexpr (Plain<T> && sizeof(T) >= smallest_pinned && alignof(T) <= alignof(Block)) {
            if (const Pinned pinned(*this); pinned) {
                return std::invoke(std::forward<F>(f), pinned.value());
            }
        }
        const Snapshot now = get();
        return std::invoke(std::forward<F>(f), *now);
    }

    /// Whether `seen` is the version that stands.
    bool stands(const Snapshot& seen) const noexcept {
        return seen.origin_ == origin_ && line_->word.load(G0) == seen.head_.word;
    }

    /// A value to be published, built in place from what make() returns.
    template <class Make>
    static Draft draft(Make&& make) {
        return Draft(std::forward<Make>(make));
    }

    /// Publishes `next` if `seen` stands, and the validator that has checked it does.
    ///
    /// Progress   Lock-free.
    /// Errors     PermissionDenied: opened for reading only. Full, Unavailable, std::bad_alloc, what the
    ///            codec throws. Nothing has changed.
    template <class Keep>
    Attempt<Snapshot> replace(Snapshot& seen, Draft& next, Keep keep, Rule checked_by = 0) {
        auto attempt = publish(seen, next, checked_by);
        if (attempt.won && !keep()) seen = Snapshot();
        return attempt;
    }
    Attempt<Snapshot> replace(const Snapshot& seen, Draft& next, Rule checked_by = 0) {
        return publish(seen, next, checked_by);
    }

    /// Publishes a plain value, whatever stands. False, and nothing has changed: the cell has watches or
    /// a validator, so that the old value is wanted too.
    ///
    /// Cost   One copy, and one for `now`, if anybody looks at it. Nothing is read but the head.
    [[gnu::always_inline]] bool overwrite(const T& value, Snapshot& now)
        requires stands_inline<T>
    {
        constexpr unsigned size_class = SizeClass::of_value(sizeof(T));
        std::uint64_t old = 0;
        Index b = 0;
        {
            HeldLane lane(*memory_);
            if (attended()) [[unlikely]]
                return false;
            b = lane.take(size_class);
            Block& block = *memory_->template at<Block>(b);
            Head seen{line_->word.load(G0)};
            old = version_of(seen);
            write_block(block, index_, old + 1, sizeof(T), 0, [&](Block& into) {
                atomos::detail::store_words(into.words, &value, sizeof(T));
            });
            while (!replace_head(*line_, seen, Head::of(b, old + 1))) [[unlikely]] {
                lose(lane);
                seen.word = line_->word.load(G0);
                old = version_of(seen);
                renumber_block(block, index_, old + 1, sizeof(T));
            }
            lane.published(size_class, b, *line_);
        }
        if (is_awaited(line_->waiting)) [[unlikely]]
            memory_->wake(*line_, line_->word, old);
        now.head_ = Head::of(b, old + 1);
        now.version_ = old + 1;
        now.origin_ = origin_;
        now.value_.set(value);
        return true;
    }

    /// Replaces a plain value by compute(value), which runs again after a lost race. False, and nothing
    /// has changed: as overwrite().
    ///
    /// Cost   Two copies beside those that compute makes.
    template <class Compute>
    [[gnu::always_inline]] bool change(Compute&& compute, Snapshot& now)
        requires stands_inline<T>
    {
        Snapshot seen{Unset()};
        for (;;) {
            if (attended()) [[unlikely]]
                return false;
            if (!copy(Head{line_->word.load(G0)}, seen)) [[unlikely]]
                get_again(seen);
            now.value_.emplace([&]() -> T { return compute(*seen.value_.get()); });
            if (publish_inline(seen, now)) [[likely]]
                return true;
        }
    }

    /// From the next commit on, watches are told of changes.
    void expect_watches() {
        if (watched_.load(std::memory_order_seq_cst)) return;
        watched_.store(true, std::memory_order_seq_cst);
        memory_->wait_for_commits();
    }

    /// Waits until another version than `seen` stands; nullptr: for ever. False: the time is over.
    bool wait(const Snapshot& seen, const atomos::detail::Deadline* deadline) const {
        for (int spins = 0; spins < atomos::detail::Tuning::spins; ++spins) {
            if (!stands(seen)) return true;
            atomos::detail::pause();
        }
        for (;;) {
            if (!memory_->read_only()) announce_wait(line_->waiting, seen.version());
            if (!still_stands(*line_, seen.head_)) return true;
            if (!memory_->sleep(line_->word, seen.head_.word, deadline)) return !stands(seen);
        }
    }

    /// What calls tell(now) on the watcher thread after changes, by whomever they were made.
    template <class Tell>
    std::unique_ptr<Hearing> hearing(Tell tell) const {
        return std::make_unique<Hearing>(memory_, *line_, [this, tell] {
            const Snapshot now = get();
            tell(now);
            return now.version();
        });
    }

    /// The validator that a candidate has to be checked by; changes by set_rule.
    Atomic<Rule>& rule() noexcept { return rule_; }
    const Atomic<Rule>& rule() const noexcept { return rule_; }
    Memory& memory() const noexcept { return *memory_; }

  private:
    /// From this size on a pin is cheaper than a copy.
    static constexpr std::size_t smallest_pinned = 512;

    /// A block that stays as it is while this lives.
    class Pinned {
      public:
        explicit Pinned(const Cell& cell) : cell_(cell), pin_(cell.memory_->claim_pin()) {
            if (pin_ == nullptr) return;
            for (int tries = 0; tries < 64 && block_ == nullptr; ++tries) {
                const Head head{cell.line_->word.load(G0)};
                if (!pin_block(*pin_, *cell.line_, head)) continue;
                block_ = cell.block_of(head);
                const bool whole =
                    block_ != nullptr &&
                    read_block(*block_, head, cell.index_, [](const Block&) { return true; });
                if (!whole) {
                    let_go(*pin_);
                    cell.memory_->return_pin(pin_);
                    cell.refuse(head);
                }
            }
        }
        Pinned(const Pinned&) = delete;
        Pinned& operator=(const Pinned&) = delete;
        ~Pinned() {
            if (pin_ == nullptr) return;
            let_go(*pin_);
            cell_.memory_->return_pin(pin_);
        }
        explicit operator bool() const noexcept { return block_ != nullptr; }
        const T& value() const noexcept {
            return *std::launder(
                reinterpret_cast<const T*>(static_cast<const void*>(block_->words)));
        }

      private:
        const Cell& cell_;
        Atomic<std::uint64_t>* pin_;
        const Block* block_ = nullptr;
    };

    static std::vector<std::byte> bytes_of(Draft draft) {
        const auto* bytes = static_cast<const std::byte*>(draft.bytes());
        return {bytes, bytes + draft.length()};
    }

    /// The block that a head names; nullptr: it is not in the region.
    [[gnu::always_inline]] const Block* block_of(Head head) const {
        constexpr std::size_t least = Plain<T> ? Block::header + sizeof(T) : sizeof(Block);
        if (!memory_->within(head.block(), least)) [[unlikely]]
            return nullptr;
        return reinterpret_cast<const Block*>(base_ + std::size_t{head.block()} * unit);
    }

    /// Copies what the head names. False: it was written meanwhile, or is damaged.
    [[gnu::always_inline]] bool copy(Head head, Snapshot& into) const {
        const Block* const block = block_of(head);
        if (block == nullptr) [[unlikely]]
            return false;
        std::optional<std::uint64_t> version;
        if constexpr (Plain<T>) {
            version = read_block(*block, head, index_, [&](const Block& from) {
                atomos::detail::load_words(into.value_.room(), from.words, sizeof(T));
                return true;
            });
        } else {
            std::vector<std::byte> bytes;
            std::uint64_t sum = 0;
            version = read_block(*block, head, index_, [&](const Block& from) {
                const std::size_t length =
                    Block::length_in(from.place.load(std::memory_order_relaxed));
                if (!memory_->within(head.block(), Block::header + length)) return false;
                bytes.resize(length);
                sum = from.checksum.load(std::memory_order_relaxed);
                atomos::detail::load_words(bytes.data(), from.words, length);
                return true;
            });
            if (version) {
                if (sum != Block::sum(*version, Block::place_of(index_, bytes.size()),
                                      checksum(bytes))) [[unlikely]]
                    memory_->damaged_variable(index_, "a value that is not what was written",
                                              "bytes that match their checksum");
                into.value_ = Value<T>(
                    [&]() -> T { return Codec<T>::decode(std::span(std::as_const(bytes))); });
            }
        }
        if (!version) [[unlikely]]
            return false;
        into.head_ = head;
        into.version_ = *version;
        into.origin_ = origin_;
        return true;
    }

    /// A look that had bad luck: more of them, and then one with a pin. A block that stands before and
    /// after a look and is not what the head says is damaged.
    [[gnu::noinline]] void get_again(Snapshot& now) const {
        for (int tries = 0;; ++tries) {
            const Head head{line_->word.load(G0)};
            Atomic<std::uint64_t>* const pin = tries < 64 ? nullptr : memory_->claim_pin();
            const bool pinned = pin != nullptr && pin_block(*pin, *line_, head);
            const bool copied = copy(head, now);
            const bool over = copied || look_was_over(*line_, head);
            if (pinned) let_go(*pin);
            if (pin != nullptr) memory_->return_pin(pin);
            if (copied) return;
            if (!over) refuse(head);
        }
    }

    [[noreturn]] void refuse(Head head) const {
        memory_->damaged_variable(
            index_, "a head that names block " + std::to_string(head.block()),
            "a block of the region that holds a value of this variable, of the head's version");
    }

    /// The full version of what a head names, looked up in its block.
    [[gnu::always_inline]] std::uint64_t version_of(Head& head) const {
        for (;;) {
            if (const Block* const block = block_of(head)) {
                const auto version =
                    read_block(*block, head, index_, [](const Block&) { return true; });
                if (version && head.names(*version)) [[likely]]
                    return *version;
            }
            if (!look_was_over(*line_, head)) refuse(head);
            head.word = line_->word.load(G0);
        }
    }

    /// Whether somebody wants to know more of changes than that they are made.
    [[gnu::always_inline]] bool attended() const noexcept {
        return ((rule_.load(std::memory_order_seq_cst) & 3U) |
                static_cast<Rule>(watched_.load(std::memory_order_seq_cst))) != 0;
    }

    /// Publishes the value of `now` if `seen` stands, and completes `now`.
    [[gnu::always_inline]] bool publish_inline(const Snapshot& seen, Snapshot& now) {
        constexpr unsigned size_class = SizeClass::of_value(sizeof(T));
        const std::uint64_t version = seen.version_ + 1;
        Head head = seen.head_;
        {
            HeldLane lane(*memory_);
            const Index b = lane.take(size_class);
            if (line_->word.load(G0) != head.word || attended()) [[unlikely]] {
                lane.give_back(size_class, b);
                lose(lane);
                return false;
            }
            write_block(*memory_->template at<Block>(b), index_, version, sizeof(T), 0,
                        [&](Block& into) {
                            atomos::detail::store_words(into.words, now.value_.get(), sizeof(T));
                        });
            now.head_ = Head::of(b, version);
            if (!replace_head(*line_, head, now.head_)) [[unlikely]] {
                lane.give_back(size_class, b);
                lose(lane);
                return false;
            }
            lane.published(size_class, b, *line_);
            if (lane.losses() != 0) [[unlikely]]
                --lane.losses();
        }
        now.version_ = version;
        now.origin_ = origin_;
        if (is_awaited(line_->waiting)) [[unlikely]]
            memory_->wake(*line_, line_->word, seen.version_);
        return true;
    }

    /// After a lost race: a short pause, twice as long each time.
    [[gnu::noinline]] static void lose(HeldLane& lane) noexcept {
        using atomos::detail::Tuning;
        for (int i = 0; i < Tuning::loss_pause << lane.losses(); ++i) atomos::detail::pause();
        if (lane.losses() < Tuning::loss_doublings) ++lane.losses();
    }

    Attempt<Snapshot> publish(const Snapshot& seen, Draft& next, Rule checked_by) {
        const void* const bytes = next.bytes();
        const std::size_t length = next.length();
        if (seen.origin_ == origin_) {
            const std::uint64_t version = seen.version() + 1;
            Head head{seen.head_};
            bool won = false;
            {
                HeldLane lane(*memory_);
                const unsigned size_class = memory_->size_class(length);
                const Index b = lane.take(size_class);
                Block& block = *memory_->template at<Block>(b);
                if ((atomos::detail::mutant("write before look") ||
                     line_->word.load(G0) == head.word) &&
                    rule_.load(std::memory_order_seq_cst) == checked_by) {
                    write_block(block, index_, version, length, next.checksum(), [&](Block& into) {
                        atomos::detail::store_words(into.words, bytes, length);
                    });
                    won = line_->word.compare_exchange_strong(head.word, Head::of(b, version).word,
                                                              D3, G0);
                }
                if (won) [[likely]] {
                    head = Head::of(b, version);
                    lane.published(size_class, b, *line_);
                    if (lane.losses() != 0) --lane.losses();
                } else {
                    lane.give_back(size_class, b);
                    lose(lane);
                }
            }
            if (won) [[likely]] {
                if (is_awaited(line_->waiting)) [[unlikely]]
                    memory_->wake(*line_, line_->word, seen.version());
                return {true, Snapshot(head, version, origin_, std::move(next.value_))};
            }
        }
        return {false, get()};
    }

    std::shared_ptr<Memory> memory_;
    Index index_;
    CellLine* line_;
    const std::byte* base_;
    std::uint64_t origin_;
    Atomic<Rule> rule_{0};
    Atomic<bool> watched_{false};
};

}  // namespace atomos::process
