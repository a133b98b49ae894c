/// \file
/// Sums in the thread scope: what LongAdder and DoubleAdder are made of.
///
/// LongSum. A thread adds to its own word, which nobody ever sets back: words wrap, and their total is
/// only compared with the total at the last drain, the *base*. A drain reads the base, then the words,
/// and replaces the base if it still stands, by identity. So it knows each word to be at least as new as
/// the drain before it did, and what it returns is what was added in between: every add is in exactly
/// one drain, also when drains race. A base of 64 bits that is compared by value would not do: it may
/// come back, after adds that cancel out.
///
/// DoubleSum. Differences of doubles are not exact, so here a drain takes the cells' contents away. A
/// cell is a line of the thread's slab: a head, and two places for a {sum, rest}. Its owner writes the
/// place that the head does not name, and publishes it by a CAS on the head, which also counts up; a
/// drain reads the place that the head names, and takes it by a CAS to "empty". Whoever loses starts
/// again. A handler that interrupts an owner finds the cell busy, and uses the shared word.
///
///     owner   H1 see the head; write the other place (H4); H2 publish
///     drain   H1 see the head; read its place (H3);        H2 empty
///     sum     H1 see the head; read its place (H3);        look at the head again
#pragma once

#include <atomos/detail/compensated.hpp>
#include <atomos/detail/slab.hpp>
#include <atomos/thread.hpp>
#include <bit>
#include <cstdint>
#include <memory>

namespace atomos::detail {

// clang-format off
// label                                                              operation           pairs with  what breaks if weaker
inline constexpr Order H1 = order("H1", std::memory_order_acquire);  // see the head        H2          a place is read before it was written
inline constexpr Order H2 = order("H2", std::memory_order_acq_rel);  // publish, or empty   H1          as H1; a place is written while a drain reads it
inline constexpr Order H3 = order("H3", std::memory_order_acquire);  // read a place        H4          a sum takes half of one add and half of another
inline constexpr Order H4 = order("H4", std::memory_order_release);  // write a place       H3          as H3
// clang-format on

}  // namespace atomos::detail

namespace atomos::thread {

/// A sum of integers that many threads add to.
///
/// Bound   8 bytes a thread, and 32 bytes; once drained, 56 bytes on the heap.
class LongSum {
  public:
    LongSum() = default;
    LongSum(const LongSum&) = delete;
    LongSum& operator=(const LongSum&) = delete;
    ~LongSum() { delete base_.load(std::memory_order_relaxed); }

    [[gnu::always_inline]] void add(std::int64_t x) noexcept {
        detail::Atomic<detail::Bits>* const slab = detail::this_thread().slab;
        if (slab == nullptr || words_.none()) [[unlikely]] {
            add_slowly(static_cast<detail::Bits>(x));
        } else {
            detail::add_to_own(*words_.in(slab), static_cast<detail::Bits>(x));
        }
    }

    [[gnu::always_inline]] std::int64_t get() const {
        // The base first, so that the words are at least as new.
        detail::Bits before = 0;
        if (const Base* const base = base_.load(detail::H1)) [[unlikely]]
            before = base->read([](detail::Bits bits) { return bits; });
        return static_cast<std::int64_t>(total() - before);
    }

    std::int64_t take() {
        Base& base = made_base();
        for (;;) {
            const detail::Bits early = detail::mutant("total before base") ? total() : 0;
            auto seen = base.get();
            const detail::Bits before = *seen;
            const detail::Bits now = detail::mutant("total before base") ? early : total();
            if (now == before) return 0;
            auto next = Base::draft([&] { return now; });
            if (base.replace(seen, next, [] { return false; }).won) {
                return static_cast<std::int64_t>(now - before);
            }
        }
    }

  private:
    using Base = Cell<detail::Bits>;

    /// Of every add since the beginning: of those that happened before, at least.
    [[gnu::always_inline]] detail::Bits total() const noexcept {
        detail::Bits sum = shared_.load(std::memory_order_relaxed);
        words_.each([&](const detail::Atomic<detail::Bits>* word) {
            sum += word->load(std::memory_order_relaxed);
        });
        return sum;
    }

    [[gnu::noinline, gnu::cold]] void add_slowly(detail::Bits x) noexcept {
        if (detail::Atomic<detail::Bits>* const own = words_.own()) {
            detail::add_to_own(*own, x);
        } else {
            shared_.fetch_add(x, std::memory_order_relaxed);
        }
    }

    Base& made_base() {
        Base* standing = base_.load(detail::H1);
        if (standing != nullptr) return *standing;
        auto made = std::make_unique<Base>([] { return detail::Bits{0}; });
        if (base_.compare_exchange_strong(standing, made.get(), detail::H2, detail::H1)) {
            return *made.release();
        }
        return *standing;
    }

    detail::OwnWords<1> words_;
    /// What has been drained; nullptr: nothing.
    detail::Atomic<Base*> base_{nullptr};
    detail::Atomic<detail::Bits> shared_{0};
};

/// A sum of doubles that many threads add to.
///
/// Bound   64 bytes a thread, and 24 bytes.
class DoubleSum {
  public:
    void add(double x) noexcept {
        if (detail::Atomic<detail::Bits>* const own = words_.own()) [[likely]] {
            Cell cell{own};
            if (cell.enter()) {
                cell.add(x);
                return;
            }
        }
        detail::Bits seen = shared_.load(std::memory_order_relaxed);
        while (!shared_.compare_exchange_strong(
            seen, std::bit_cast<detail::Bits>(std::bit_cast<double>(seen) + x),
            std::memory_order_relaxed)) {
        }
    }

    double get() const noexcept {
        detail::Compensated sum{std::bit_cast<double>(shared_.load(std::memory_order_relaxed))};
        words_.each([&](detail::Atomic<detail::Bits>* own) { sum.add(Cell{own}.get()); });
        return sum.value();
    }

    double take() noexcept {
        detail::Compensated sum{
            std::bit_cast<double>(shared_.exchange(0, std::memory_order_relaxed))};
        words_.each([&](detail::Atomic<detail::Bits>* own) { sum.add(Cell{own}.take()); });
        return sum.value();
    }

  private:
    /// One thread's line.
    class Cell {
        using Atomic = detail::Atomic<detail::Bits>;
        using Bits = detail::Bits;

      public:
        explicit Cell(Atomic* line) noexcept : line_(line) {}

        /// False: the owner was interrupted in the middle of an add.
        bool enter() noexcept {
            if (line_[busy].load(std::memory_order_relaxed) != 0) return false;
            line_[busy].store(1, std::memory_order_relaxed);
            detail::light_barrier();
            return true;
        }

        void add(double x) noexcept {
            Bits head = line_[0].load(detail::H1);
            Bits next = 0;
            do {
                detail::Compensated sum = (head & full) != 0 ? look(head) : detail::Compensated{};
                sum.add(x);
                next = ((head | full) ^ other) + turn;
                Atomic* const place = place_of(next);
                place[0].store(std::bit_cast<Bits>(sum.sum), detail::H4);
                place[1].store(std::bit_cast<Bits>(sum.rest), detail::H4);
            } while (!line_[0].compare_exchange_strong(head, next, detail::H2, detail::H1));
            detail::light_barrier();
            line_[busy].store(0, std::memory_order_relaxed);
        }

        detail::Compensated get() const noexcept {
            Bits head = line_[0].load(detail::H1);
            while ((head & full) != 0) {
                const detail::Compensated sum = look(head);
                const Bits again = line_[0].load(detail::H1);
                if (again == head || detail::mutant("read once")) return sum;
                head = again;
            }
            return {};
        }

        detail::Compensated take() noexcept {
            Bits head = line_[0].load(detail::H1);
            while ((head & full) != 0) {
                const detail::Compensated sum = look(head);
                if (line_[0].compare_exchange_strong(head, (head & ~full) + turn, detail::H2,
                                                     detail::H1)) {
                    return sum;
                }
            }
            return {};
        }

      private:
        // The head: whether there is anything, which place it is in, and a count.
        static constexpr Bits full = 1;
        static constexpr Bits other = 2;
        static constexpr Bits turn = 4;
        static constexpr int busy = 1;

        Atomic* place_of(Bits head) const noexcept { return line_ + ((head & other) != 0 ? 4 : 2); }
        detail::Compensated look(Bits head) const noexcept {
            const Atomic* const place = place_of(head);
            const auto sum = std::bit_cast<double>(place[0].load(detail::H3));
            return {sum, std::bit_cast<double>(place[1].load(detail::H3))};
        }

        Atomic* line_;
    };

    detail::OwnWords<detail::Slabs::line> words_;
    detail::Atomic<detail::Bits> shared_{0};
};

}  // namespace atomos::thread
