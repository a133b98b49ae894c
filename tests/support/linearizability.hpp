/// \file
/// Is a recorded history linearizable? A search for an order of its operations that one thread
/// could have made, and in which no operation comes before one that had ended when it began.
///
/// Source   J. Wing and C. Gong, Testing and verifying concurrent objects, 1993; the memoisation of
///          states is G. Lowe's (Testing for linearizability, 2017).
/// Cost     Exponential at worst in the number of operations that overlap: keep rounds short.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace atomos::testing {

/// What an object does when nobody else uses it.
template <class S>
concept SequentialSpecification =
    std::totally_ordered<typename S::State> && std::equality_comparable<typename S::Result> &&
    requires(typename S::State& state, const typename S::Operation& operation) {
        { S::apply(state, operation) } -> std::same_as<typename S::Result>;
    };

/// One operation as it was seen. Times are of one clock that never gives the same time twice.
template <class Operation, class Result>
struct Recorded {
    int thread = 0;
    Operation operation{};
    /// Nothing: it never returned, so it may have taken effect or not.
    std::optional<Result> result{};
    std::uint64_t invoked = 0;
    std::uint64_t responded = 0;
};

template <class Spec>
using History = std::vector<Recorded<typename Spec::Operation, typename Spec::Result>>;

template <SequentialSpecification Spec>
class Linearization {
    using State = typename Spec::State;

  public:
    Linearization(History<Spec> history, State initial) : history_(std::move(history)) {
        std::sort(history_.begin(), history_.end(),
                  [](const auto& a, const auto& b) { return a.invoked < b.invoked; });
        taken_.assign(history_.size(), false);
        found_ = search(initial, 0);
    }

    bool found() const { return found_; }

  private:
    /// `begun`: all operations before it have been taken.
    bool search(const State& state, std::size_t begun) {
        while (begun < history_.size() && taken_[begun]) ++begun;
        const std::uint64_t end = earliest_end(begun);
        if (end == never) return true;
        if (!tried_.emplace(taken_, state).second) return false;
        for (std::size_t i = begun; i < history_.size() && history_[i].invoked < end; ++i) {
            if (taken_[i]) continue;
            State next = state;
            const auto result = Spec::apply(next, history_[i].operation);
            if (history_[i].result && !(*history_[i].result == result)) continue;
            taken_[i] = true;
            if (search(next, begun)) return true;
            taken_[i] = false;
        }
        return false;
    }

    /// When the first of those that are not taken yet had ended: what begins later comes later.
    std::uint64_t earliest_end(std::size_t begun) const {
        std::uint64_t end = never;
        for (std::size_t i = begun; i < history_.size() && history_[i].invoked < end; ++i) {
            if (!taken_[i] && history_[i].result) end = std::min(end, history_[i].responded);
        }
        return end;
    }

    static constexpr std::uint64_t never = UINT64_MAX;

    History<Spec> history_;
    std::vector<bool> taken_;
    std::set<std::pair<std::vector<bool>, State>> tried_;
    bool found_ = false;
};

template <SequentialSpecification Spec>
bool is_linearizable(const History<Spec>& history, const typename Spec::State& initial) {
    return Linearization<Spec>(history, initial).found();
}

}  // namespace atomos::testing
