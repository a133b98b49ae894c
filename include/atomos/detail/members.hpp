/// \file
/// Several variables that are looked at, or changed, as one: the loop behind transact.hpp.
#pragma once

#include <algorithm>
#include <atomos/detail/commit.hpp>
#include <atomos/errors.hpp>
#include <atomos/thread.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace atomos::detail {

/// A member that has no validator and no watches.
struct Unchecked {};

/// One variable among several: what was seen, what is to stand, what stands now.
template <class A>
class Member {
  public:
    using value_type = typename A::value_type;
    using Snapshot = typename A::Snapshot;

    explicit Member(const A& variable) noexcept : variable_(const_cast<A*>(&variable)) {}

    const void* place() const noexcept { return cell().place(); }
    const Snapshot& seen() const noexcept { return seen_; }
    const Snapshot& now() const noexcept { return now_; }

    void look() { seen_ = cell().get(); }
    bool stands() const { return cell().stands(seen_); }

    void propose(value_type value) {
        next_.emplace(cell().draft([&]() -> value_type { return std::move(value); }));
    }

    /// Runs the validator. False: it or the value has changed meanwhile. Errors: ValidationError.
    bool check_ahead() {
        if constexpr (is_atom) {
            auto checked = Guards::check_ahead(cell(), Inside::guards(*variable_), seen_,
                                               *std::as_const(*next_));
            if (!checked) return false;
            checked_ = *std::move(checked);
        }
        return true;
    }
    /// While the cell is pending: whether that validator still stands.
    bool still_checked() const {
        if constexpr (is_atom) {
            return Guards::still_stands(Inside::guards(*variable_), checked_);
        } else {
            return true;
        }
    }
    /// While the cell is held. Errors: ValidationError.
    void check() const {
        if constexpr (is_atom) {
            Guards::check(cell(), Inside::guards(*variable_), *std::as_const(*next_));
        }
    }

    void join_as_seen(Transaction& t) {
        if constexpr (is_atom) {
            cell().join(t, seen_, checked_.generation);
        } else {
            cell().join(t, seen_, thread::unguarded);
        }
    }
    void join(Transaction& t) const { cell().join(t); }
    void take(Transaction& t) { seen_ = cell().held_by(t); }
    void offer(Transaction& t) { cell().offer(t, *next_); }

    /// The old value is kept, by its count, if somebody watches.
    void commit(Transaction& t) {
        now_ = cell().committed_by(t, *next_);
        if constexpr (is_atom) {
            seen_ = Inside::watched(*variable_) ? cell().held_by(t) : Snapshot();
        } else {
            seen_ = Snapshot();
        }
    }

    /// Errors: WatchError.
    void tell() const {
        if constexpr (is_atom) {
            if (seen_) variable_->notify_watches(seen_, now_);
        }
    }

  private:
    static constexpr bool is_atom = requires(const A& a) { a.deref(); };

    template <class Variable, bool checked>
    struct Validated {
        using Guards = Inside::Guards<Variable>;
        using Checked = typename Guards::Checked;
    };
    template <class Variable>
    struct Validated<Variable, false> {
        using Guards = Unchecked;
        using Checked = Unchecked;
    };
    using Guards = typename Validated<A, is_atom>::Guards;

    auto& cell() const noexcept { return Inside::cell(*variable_); }

    A* variable_;
    Snapshot seen_{};
    Snapshot now_{};
    std::optional<Draft<value_type>> next_{};
    [[no_unique_address]] typename Validated<A, is_atom>::Checked checked_{};
};

/// Errors: std::invalid_argument if two members are the same variable.
template <class Group>
void refuse_doubles(const Group& all, const char* what) {
    const auto given = all.places();
    auto sorted = given;
    std::sort(sorted.begin(), sorted.end(), std::less<>());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice == sorted.end()) return;
    const auto first = std::find(given.begin(), given.end(), *twice);
    const auto second = std::find(std::next(first), given.end(), *twice);
    const auto number = [&](auto place) { return std::to_string(place - given.begin() + 1); };
    throw std::invalid_argument(std::string(what) + ": variables " + number(first) + " and " +
                                number(second) + " are the same; allowed: each once");
}

/// How often a look at several variables is repeated before it holds their writers off.
inline constexpr int looks_before_hold = 8;

/// Looks until all that was seen has stood at one moment.
///
/// A value that still stands when it is looked at again has stood all the time between: a node that was
/// replaced never comes back, and this one is held.
template <class Group>
void look_together(Group& all) {
    all.each([](auto& m) { m.look(); });
    for (int looks = 0;; ++looks) {
        bool together = true;
        all.each([&](auto& m) {
            if (m.stands()) return;
            m.look();
            together = false;
        });
        if (together || mutant("look at each once")) return;
        // A function that is held itself may look at what it holds, and must not wait for it.
        if (looks < looks_before_hold || record().holds != 0) continue;
        Transaction look(all.size(), Transaction::held);
        all.each([&](auto& m) { m.join(look); });
        if (!look.hold()) continue;
        all.each([&](auto& m) { m.take(look); });
        return;
    }
}

template <class Group>
bool commit_together(Group& all, Transaction& t) {
    all.each([&](auto& m) { m.offer(t); });
    if (!t.commit()) return false;
    all.each([&](auto& m) { m.commit(t); });
    return true;
}

/// Changes all members at once to what `compute()` proposes; after `tries` lost races the writers of all of
/// them are held off while it runs once more. False: it has refused, and nothing has changed.
template <class Group, class Compute>
bool change_together(Group& all, int tries, Compute&& compute) {
    const auto every = [&](auto holds) {
        bool every_one = true;
        all.each([&](auto& m) { every_one = every_one && holds(m); });
        return every_one;
    };
    for (int lost = 0; lost < tries; ++lost) {
        look_together(all);
        if (!compute()) return false;
        if (every([](auto& m) { return m.check_ahead(); })) {
            Transaction t(all.size(), Transaction::contested);
            all.each([&](auto& m) { m.join_as_seen(t); });
            if (t.install() && (mutant("checked by another") || every([](auto& m) {
                                    return m.still_checked();
                                })) &&
                commit_together(all, t)) {
                return true;
            }
        }
        const int doublings = std::min(lost, Tuning::loss_doublings);
        for (int i = 0; i < Tuning::loss_pause << doublings; ++i) pause();
    }
    for (;;) {
        Transaction t(all.size(), Transaction::held);
        all.each([&](auto& m) { m.join(t); });
        if (!t.hold()) continue;
        all.each([&](auto& m) { m.take(t); });
        if (!compute()) return false;
        all.each([](auto& m) { m.check(); });
        if (commit_together(all, t)) return true;
    }
}

/// Tells the watches of all members, in the order of the members.
///
/// Errors   WatchError with what all of them threw, and the version of the first that failed.
template <class Group>
void tell_all(Group& all) {
    std::vector<WatchError::Failure> failures;
    std::uint64_t version = 0;
    bool unsaid = false;
    all.each([&](auto& m) {
        try {
            try {
                m.tell();
            } catch (const WatchError& error) {
                if (failures.empty()) version = error.version();
                failures.insert(failures.end(), error.failures().begin(), error.failures().end());
            }
        } catch (const std::bad_alloc&) {
            unsaid = true;
        }
    });
    if (unsaid) throw std::bad_alloc();
    if (!failures.empty()) throw WatchError(version, std::move(failures));
}

}  // namespace atomos::detail
