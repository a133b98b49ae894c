/// \file
/// Validators in the process scope: they belong to a process, and guard what it commits.
///
/// A cell's rule says which validator stands: a number that never comes again. A commit looks at it while
/// it holds its lane, before the CAS. So a new validator is set in three steps, none of which runs user
/// code: the rule says "pending", which no commit agrees with; every lane is seen free once; and if the
/// value that the new validator has checked still stands, the rule says the new number.
#pragma once

#include <atomos/detail/validate.hpp>
#include <atomos/errors.hpp>
#include <atomos/process/cell.hpp>
#include <atomos/reference.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace atomos::process {

/// The validators of one atom. `Local` is the scope in which they live.
template <class T, class Local>
class Guards {
  public:
    using Validator = std::function<bool(const T&)>;
    using Snapshot = process::Snapshot<T>;
    using Draft = process::Draft<T>;

    /// Publishes `next` if `seen` stands and the standing validator agrees. Losing with `now` the same as
    /// `seen` means that the validator changed.
    ///
    /// Errors   ValidationError, only while `seen` and the validator stand.
    template <class Find, class Keep>
    static Attempt<Snapshot> replace(Cell<T>& cell, Find find, Snapshot& seen, Draft& next,
                                     Keep keep) {
        const Rule rule = cell.rule().load(std::memory_order_seq_cst);
        if (is_open(rule)) [[likely]]
            return cell.replace(seen, next, keep, rule);
        return find().guarded(cell, rule, seen, next, keep);
    }
    template <class Find>
    static Attempt<Snapshot> replace(Cell<T>& cell, Find find, const Snapshot& seen, Draft& next) {
        const Rule rule = cell.rule().load(std::memory_order_seq_cst);
        if (is_open(rule)) return cell.replace(seen, next, rule);
        return find().guarded(cell, rule, seen, next);
    }

    /// Runs the standing validator, if there is one. Errors: ValidationError.
    template <class Find>
    static void check(const Cell<T>& cell, Find find, const T& candidate) {
        if (const Validator standing = get(cell, find))
            atomos::detail::validate(standing, candidate);
    }

    /// The standing validator, or an empty function.
    template <class Find>
    static Validator get(const Cell<T>& cell, Find find) {
        if (cell.rule().load(std::memory_order_seq_cst) == 0) return {};
        const auto stands = find().standing_.get();
        return *stands == nullptr ? Validator() : (*stands)->validator;
    }

    /// Lets a validator stand from now on; an empty one: none.
    ///
    /// Progress   Blocks while another thread of this process sets one, for a few instructions.
    /// Errors     ValidationError if it refuses the standing value: then the old one stays.
    void set(Cell<T>& cell, const Validator& validator) {
        for (;;) {
            const Snapshot seen = cell.get();
            if (validator) atomos::detail::validate(validator, *seen);
            const Rule from = settled(cell);
            const Rule to = (from | 3U) + 1 + (validator ? guarded_rule : 0);
            const auto next = std::make_shared<const Setting>(Setting{validator, to});
            setter_.store(process_identity(), std::memory_order_seq_cst);
            Rule expected = from;
            if (!cell.rule().compare_exchange_strong(expected, from | pending_rule,
                                                     std::memory_order_seq_cst)) {
                continue;
            }
            cell.memory().wait_for_commits();
            const bool agreed = cell.stands(seen);
            if (agreed) standing_.set(next);
            cell.rule().store(agreed ? to : from, std::memory_order_seq_cst);
            if (agreed) return;
        }
    }

  private:
    struct Setting {
        Validator validator;
        Rule rule;
    };

    static bool is_open(Rule rule) noexcept { return (rule & (pending_rule | guarded_rule)) == 0; }

    /// The rule, when no other thread is setting one. A fork may have taken the setter away.
    Rule settled(Cell<T>& cell) noexcept {
        for (;;) {
            Rule rule = cell.rule().load(std::memory_order_seq_cst);
            if ((rule & pending_rule) == 0) return rule;
            if (setter_.load(std::memory_order_seq_cst) != process_identity()) {
                const auto stands = standing_.get();
                const Rule before = *stands == nullptr ? 0 : (*stands)->rule;
                cell.rule().compare_exchange_strong(rule, before, std::memory_order_seq_cst);
            }
            atomos::detail::pause();
        }
    }

    template <class Seen, class... Keep>
    Attempt<Snapshot> guarded(Cell<T>& cell, Rule rule, Seen& seen, Draft& next, Keep... keep) {
        if ((rule & pending_rule) != 0) {
            settled(cell);
            return {false, cell.get()};
        }
        const auto held = standing_.get();
        const std::shared_ptr<const Setting>& standing = *held;
        const auto stand = [&] {
            return cell.stands(seen) && cell.rule().load(std::memory_order_seq_cst) == rule;
        };
        if (standing == nullptr || standing->rule != rule || !stand()) return {false, cell.get()};
        try {
            atomos::detail::validate(standing->validator, *next);
        } catch (const ValidationError&) {
            if (stand()) throw;
            return {false, cell.get()};
        }
        return cell.replace(seen, next, keep..., rule);
    }

    AtomicReference<std::shared_ptr<const Setting>, Local> standing_;
    Atomic<int> setter_{0};
};

}  // namespace atomos::process
