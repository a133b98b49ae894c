/// \file
/// The one retry loop, and the one way to wait: front types over any cell share them.
///
/// A loop compares versions, never values: there is no ABA, and no endless loop on NaN.
#pragma once

#include <algorithm>
#include <atomos/cell.hpp>
#include <atomos/detail/deadline.hpp>
#include <atomos/options.hpp>
#include <chrono>
#include <concepts>
#include <functional>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace atomos::detail {

/// What has an order, by `<` alone.
template <class T>
concept Ordered = requires(const T& a, const T& b) {
    { a < b } -> std::convertible_to<bool>;
};

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

/// One attempt against a version that the caller has seen.
template <class Seen, class Draft, class Replace>
std::invoke_result_t<Replace&, Seen&, Draft&> attempt(Seen& seen, Draft& next, Replace&& replace) {
    for (;;) {
        auto attempt = replace(seen, next);
        if (attempt.won || !attempt.now.same_as(seen)) return attempt;
    }
}

/// As update, but after so many lost races the other writers are held off while compute runs once more.
/// `check(value)` may then refuse the result, by throwing.
template <class C, class Compute, class Replace, class Check>
Change<typename C::Snapshot> update_within(int tries, C& cell, Compute&& compute, Replace&& replace,
                                           Check&& check) {
    static_assert(
        requires { cell.update_alone(compute, check); },
        "SwapOptions need a scope in which one writer can hold off the others. Processes cannot: "
        "one "
        "that is killed would block the others for ever.");
    using T = typename C::value_type;
    {
        auto seen = cell.get();
        for (; tries > 0; --tries) {
            auto next =
                cell.draft([&]() -> T { return std::invoke(compute, std::as_const(*seen)); });
            auto tried = attempt(seen, next, replace);
            if (tried.won) return {std::move(seen), std::move(tried.now)};
            seen = std::move(tried.now);
        }
    }
    return cell.update_alone(compute, check);
}

/// Replaces the value by what `compute` returns, unless that is nullopt; then `now` is what stands. With a
/// limit it may also give up after a lost race.
template <class C, class Compute, class Replace>
Attempt<Change<typename C::Snapshot>> try_update(C& cell, Compute&& compute, Replace&& replace,
                                                 Persistence* limit = nullptr) {
    using T = typename C::value_type;
    auto seen = cell.get();
    for (;;) {
        std::optional<T> computed = std::invoke(compute, std::as_const(*seen));
        if (!computed) return {false, {{}, std::move(seen)}};
        auto next = cell.draft([&]() -> T { return *std::move(computed); });
        auto tried = attempt(seen, next, replace);
        if (tried.won) return {true, {std::move(seen), std::move(tried.now)}};
        seen = std::move(tried.now);
        if (limit != nullptr && !limit->goes_on()) return {false, {{}, std::move(seen)}};
    }
}

/// Replaces the value by the draft while `fits(value)` holds of the standing one; nullopt: it does not.
/// Losing to a rival is no answer, for its value may fit too.
template <class C, class Fits, class Replace>
std::optional<Change<typename C::Snapshot>> replace_while(C& cell, Fits&& fits,
                                                          typename C::Draft& next,
                                                          Replace&& replace) {
    auto seen = cell.get();
    while (std::invoke(fits, std::as_const(*seen))) {
        auto attempt = replace(seen, next);
        if (attempt.won) return {{std::move(seen), std::move(attempt.now)}};
        seen = std::move(attempt.now);
    }
    return std::nullopt;
}

/// Replaces a value that equals `expect`; nullopt: it does not.
template <class C, class Replace>
std::optional<Change<typename C::Snapshot>> replace_equal(C& cell,
                                                          const typename C::value_type& expect,
                                                          typename C::Draft& next,
                                                          Replace&& replace) {
    using T = typename C::value_type;
    return replace_while(
        cell, [&](const T& value) -> bool { return value == expect; }, next, replace);
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
