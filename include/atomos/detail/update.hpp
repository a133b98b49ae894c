/// \file
/// The one retry loop, and the one way to wait: front types over any cell share them.
///
/// A loop compares versions, never values: there is no ABA, and no endless loop on NaN.
#pragma once

#include <algorithm>
#include <atomos/cell.hpp>
#include <atomos/detail/deadline.hpp>
#include <chrono>
#include <concepts>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

namespace atomos::detail {

/// Replaces the value by `compute(value)`. `replace(seen, draft)` makes one attempt.
///
/// Errors   What compute throws, std::bad_alloc, what replace throws: nothing has changed.
template <class C, class Compute, class Replace>
[[gnu::always_inline]] inline Change<typename C::Snapshot> update(C& cell, Compute&& compute,
                                                                  Replace&& replace) {
    using T = typename C::value_type;
    auto seen = cell.get();
    for (;;) {
        auto next = cell.draft([&]() -> T { return std::invoke(compute, std::as_const(*seen)); });
        for (;;) {
            auto attempt = replace(seen, next);
            if (attempt.won) return {std::move(seen), std::move(attempt.now)};
            if (!attempt.now.same_as(seen)) {
                seen = std::move(attempt.now);
                break;
            }
        }
    }
}

/// Replaces the value by the draft, whatever stands.
template <class C, class Replace>
[[gnu::always_inline]] inline Change<typename C::Snapshot> install(C& cell, typename C::Draft& next,
                                                                   Replace&& replace) {
    auto seen = cell.get();
    for (;;) {
        auto attempt = replace(seen, next);
        if (attempt.won) return {std::move(seen), std::move(attempt.now)};
        seen = std::move(attempt.now);
    }
}

/// Replaces the value by what `compute` returns, unless that is nullopt; then `now` is what stands.
template <class C, class Compute, class Replace>
Attempt<Change<typename C::Snapshot>> try_update(C& cell, Compute&& compute, Replace&& replace) {
    using T = typename C::value_type;
    auto seen = cell.get();
    for (;;) {
        std::optional<T> computed = std::invoke(compute, std::as_const(*seen));
        if (!computed) return {false, {{}, std::move(seen)}};
        auto next = cell.draft([&]() -> T { return *std::move(computed); });
        for (;;) {
            auto attempt = replace(seen, next);
            if (attempt.won) return {true, {std::move(seen), std::move(attempt.now)}};
            if (!attempt.now.same_as(seen)) {
                seen = std::move(attempt.now);
                break;
            }
        }
    }
}

/// One attempt against a version that the caller has seen.
template <class Snapshot, class Draft, class Replace>
Attempt<Snapshot> attempt(const Snapshot& seen, Draft& next, Replace&& replace) {
    for (;;) {
        auto attempt = replace(seen, next);
        if (attempt.won || !attempt.now.same_as(seen)) return attempt;
    }
}

/// Replaces a value that equals `expect`; nullopt: it does not. Losing to a rival is no answer, for its
/// value may be equal too.
template <class C, class Replace>
std::optional<Change<typename C::Snapshot>> replace_equal(C& cell,
                                                          const typename C::value_type& expect,
                                                          typename C::Draft& next,
                                                          Replace&& replace) {
    auto seen = cell.get();
    while (*seen == expect) {
        auto attempt = replace(seen, next);
        if (attempt.won) return {{std::move(seen), std::move(attempt.now)}};
        seen = std::move(attempt.now);
    }
    return std::nullopt;
}

/// Waits until another version than `seen` stands. False: the deadline has passed.
template <class C>
bool wait_for_change(const C& cell, const typename C::Snapshot& seen, const Deadline* deadline) {
    if constexpr (requires {
                      { cell.wait(seen, deadline) } -> std::same_as<bool>;
                  }) {
        return cell.wait(seen, deadline);
    } else {
        std::chrono::microseconds nap{50};
        for (;;) {
            if (!cell.get().same_as(seen)) return true;
            if (deadline != nullptr && std::chrono::steady_clock::now() >= *deadline) return false;
            std::this_thread::sleep_for(nap);
            nap = std::min(2 * nap, std::chrono::microseconds(20'000));
        }
    }
}

/// What wait, wait_for and wait_until of a front type do with its cell.
template <class Snapshot>
class Waits {
  protected:
    template <class C>
    static Snapshot wait_on(const C& cell, const Snapshot& seen) {
        wait_for_change(cell, seen, nullptr);
        return cell.get();
    }

    template <class C, class Clock, class Duration>
    static std::optional<Snapshot> wait_on(const C& cell, const Snapshot& seen,
                                           std::chrono::time_point<Clock, Duration> time) {
        const bool changed = park_until(
            time, [&](const Deadline& deadline) { return wait_for_change(cell, seen, &deadline); });
        if (!changed) return std::nullopt;
        return cell.get();
    }

    template <class C, class Rep, class Period>
    static std::optional<Snapshot> wait_on(const C& cell, const Snapshot& seen,
                                           std::chrono::duration<Rep, Period> span) {
        const Deadline deadline = deadline_after(span);
        if (!wait_for_change(cell, seen, &deadline)) return std::nullopt;
        return cell.get();
    }
};

}  // namespace atomos::detail
