/// \file
/// Validators in the thread scope: a candidate that one validator has checked cannot land under another.
///
/// The low bits of a cell's word say which of a few *generations* stands; each generation has its
/// validator, and 0 has none. A candidate is published by a CAS that expects the generation it was
/// checked by, so setting a validator (a CAS from one generation to another) makes every attempt fail
/// that is under way. An atom without a validator pays nothing for it.
///
/// What could go wrong is that a generation comes round again, with another validator, while an attempt
/// for the same node is still under way. So attempts under a validator announce {node, generation} in a
/// slot and look again, and set() picks a generation that nobody announces for the standing node:
///
///     attempt                                   set()
///     O1 announce        (seq_cst)              W1 another generation   (seq_cst)
///     R2 look again      (seq_cst)              W6 a fence, W5 look for announcements
///
/// One of the two sees the other. User code never runs under the lock, which only keeps apart two
/// threads that set validators of the same atom.
#pragma once

#include <array>
#include <atomos/detail/lifecycle.hpp>
#include <atomos/detail/validate.hpp>
#include <atomos/errors.hpp>
#include <atomos/thread.hpp>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace atomos::detail {

/// A slot that says which attempt is under way.
class Announced {
  public:
    Announced(Record& r, std::uintptr_t attempt) : slot_(r) { (*slot_).store(attempt, O1); }

  private:
    SpareSlot slot_;
};

/// A lock for a few instructions without user code. A fork's child finds it open.
class BriefLock {
  public:
    BriefLock(Atomic<std::uint32_t>& word, const Domain& d) noexcept : word_(word) {
        const std::uint32_t held = d.forks.load(std::memory_order_relaxed) + 1;
        for (std::uint32_t found = 0;
             !word_.compare_exchange_strong(found, held, std::memory_order_acquire);) {
            if (found == held) found = 0;
            pause();
        }
    }
    ~BriefLock() { word_.store(0, std::memory_order_release); }
    BriefLock(const BriefLock&) = delete;
    BriefLock& operator=(const BriefLock&) = delete;

  private:
    Atomic<std::uint32_t>& word_;
};

}  // namespace atomos::detail

namespace atomos::thread {

/// The validators of one atom.
template <class T>
class Guards {
  public:
    using Validator = std::function<bool(const T&)>;
    using Snapshot = atomos::Snapshot<T>;
    using Draft = detail::Draft<T>;

    /// Publishes `next` if `seen` stands and the standing validator agrees. `find()` gives the atom's
    /// Guards; it is called only where there is a validator. Losing with `now` the same as `seen` means
    /// that the validator changed.
    ///
    /// Errors   ValidationError, only while `seen` and the validator stand.
    template <class Find, class Keep>
    [[gnu::always_inline]] static Attempt<Snapshot> replace(Cell<T>& cell, Find find,
                                                            Snapshot& seen, Draft& next,
                                                            Keep keep) {
        const Generation generation = cell.generation();
        if (generation == unguarded) [[likely]]
            return cell.replace(seen, next, keep);
        // By way of other objects, whose addresses may be taken: the usual way keeps its in registers.
        Snapshot old(std::move(seen));
        Draft candidate(std::move(next));
        auto attempt = find().replace_guarded(cell, generation, old, candidate, keep);
        seen = std::move(old);
        if (!attempt.won) next = std::move(candidate);
        return {attempt.won, std::move(attempt.now)};
    }

    /// As above, for a snapshot that is somebody else's.
    template <class Find>
    static Attempt<Snapshot> replace(Cell<T>& cell, Find find, const Snapshot& seen, Draft& next) {
        const Generation generation = cell.generation();
        if (generation == unguarded) return cell.replace(seen, next);
        return find().replace_guarded(cell, generation, seen, next);
    }

    /// Runs the standing validator, if there is one. Errors: ValidationError.
    template <class Find>
    static void check(const Cell<T>& cell, Find find, const T& candidate) {
        if (const Validator standing = get(cell, find)) detail::validate(standing, candidate);
    }

    /// The validator that has checked a candidate which is not offered yet.
    struct Checked {
        Generation generation = unguarded;
        atomos::Snapshot<Validator> by{};
    };

    /// Runs the standing validator ahead of a change of several cells; nullopt: it or the value has changed
    /// meanwhile. Errors: ValidationError.
    template <class Find>
    static std::optional<Checked> check_ahead(const Cell<T>& cell, Find find, const Snapshot& seen,
                                              const T& candidate) {
        Checked checked{cell.generation()};
        if (checked.generation == unguarded) return checked;
        checked.by = find().of(checked.generation).get();
        if (!*checked.by) return std::nullopt;
        try {
            detail::validate(*checked.by, candidate);
        } catch (const ValidationError&) {
            if (cell.stands(seen) && cell.generation() == checked.generation) throw;
            return std::nullopt;
        }
        return checked;
    }

    /// Whether it is the one that stands, in a cell that is pending under its generation. set() fills a
    /// generation before it stands, and empties it afterwards; so the same function means the same time.
    template <class Find>
    static bool still_stands(Find find, const Checked& checked) {
        return checked.generation == unguarded || find().of(checked.generation).stands(checked.by);
    }

    /// The standing validator, or an empty function.
    template <class Find>
    static Validator get(const Cell<T>& cell, Find find) {
        for (;;) {
            const Generation generation = cell.generation();
            if (generation == unguarded) return {};
            if (Validator standing = *find().of(generation).get()) return standing;
        }
    }

    /// Lets a validator stand from now on; an empty one: none.
    ///
    /// Progress   Lock-free but for other calls of set() on the same atom.
    /// Errors     ValidationError if it refuses the standing value: then the old one stays.
    void set(Cell<T>& cell, const Validator& validator) {
        detail::Record& r = detail::record();
        for (;;) {
            cell.make_way();
            const Snapshot seen = cell.get();
            if (validator) detail::validate(validator, *seen);
            auto entering = validators_[0].draft([&] { return validator; });
            auto nothing = validators_[0].draft([] { return Validator(); });
            // Destructors, of what is replaced here and of whatever is found free, run when the lock is open.
            const detail::Later destructors;
            atomos::Snapshot<Validator> before;
            atomos::Snapshot<Validator> left;
            const detail::BriefLock lock(setting_, *r.domain);
            const Generation from = cell.generation();
            const std::optional<Generation> to =
                validator ? vacant(*r.domain, seen, from) : unguarded;
            if (!to) continue;
            if (*to != unguarded) exchange(of(*to), before, entering);
            if (!cell.regenerate(seen, from, *to)) continue;
            if (from != unguarded) exchange(of(from), left, nothing);
            return;
        }
    }

  private:
    static constexpr Generation generations = detail::generation_bits;

    Cell<Validator>& of(Generation generation) noexcept { return validators_[generation - 1]; }

    /// An attempt as a slot tells of it: marked, and even, since a borrowed slot is a peek slot.
    static std::uintptr_t announcement(const Snapshot& seen, Generation generation) noexcept {
        return Cell<T>::word_for(seen, 2 * generation);
    }

    template <class Seen, class... Keep>
    [[gnu::noinline]] Attempt<Snapshot> replace_guarded(Cell<T>& cell, Generation generation,
                                                        Seen& seen, Draft& next, Keep... keep) {
        const detail::Announced attempt(detail::record(), announcement(seen, generation));
        if (!cell.stands(seen) || cell.generation() != generation) return {false, cell.get()};
        const auto validator = of(generation).get();
        if (!*validator) return {false, cell.get()};
        try {
            detail::validate(*validator, *next);
        } catch (const ValidationError&) {
            if (cell.stands(seen) && cell.generation() == generation) throw;
            return {false, cell.get()};
        }
        if constexpr (detail::mutant("raced validator")) generation = cell.generation();
        return cell.replace(seen, next, keep..., generation);
    }

    /// A generation that is neither standing nor announced for this node.
    static std::optional<Generation> vacant(detail::Domain& d, const Snapshot& seen,
                                            Generation standing) noexcept {
        detail::fence(detail::W6);
        for (Generation g = 1; g <= generations; ++g) {
            bool announced = g == standing;
            const auto look = [&, attempt = announcement(seen, g)](const detail::Slot& slot) {
                announced |= slot.load(detail::W5) == attempt;
            };
            d.each([&](const detail::Record& r) {
                look(r.peek);
                for (const detail::Slot& slot : r.kept) look(slot);
            });
            if (!announced) return g;
        }
        return std::nullopt;
    }

    /// Replaces what a place holds; the caller holds the lock, so nobody else does. `old` keeps it.
    static void exchange(Cell<Validator>& place, atomos::Snapshot<Validator>& old,
                         detail::Draft<Validator>& next) {
        old = place.get();
        place.replace(old, next, [] { return true; });
    }

    static Cell<Validator> nobody() {
        return Cell<Validator>([] { return Validator(); });
    }

    std::array<Cell<Validator>, generations> validators_{nobody(), nobody(), nobody(), nobody(),
                                                         nobody(), nobody(), nobody()};
    detail::Atomic<std::uint32_t> setting_{0};
};

}  // namespace atomos::thread
