/// \file
/// How long a change goes on trying: SwapOptions, TryOptions.
#pragma once

#include <atomos/detail/deadline.hpp>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <string>

namespace atomos {

/// How often a change may lose before it holds the other writers off.
///
///     atom.swap(SwapOptions{.tries = 3}, expensive);      // runs at most four times
///
/// After so many lost races the function runs once more, while the value cannot be replaced by others:
/// they wait, readers never do. With 0 it runs exactly once. In that last run it must not write to what is
/// held (WouldDeadlock); it may read it.
struct SwapOptions {
    int tries;
};

/// When a change gives up: after so many attempts, or when the time is over, whichever comes first. The
/// first attempt is always made.
///
///     auto [won, now] = reference.try_update(TryOptions{.tries = 3, .within = 1ms}, f);
struct TryOptions {
    int tries = std::numeric_limits<int>::max();
    std::chrono::nanoseconds within = std::chrono::nanoseconds::max();
};

namespace detail {

/// SwapOptions that make sense. Errors: std::invalid_argument.
inline int checked_tries(const SwapOptions& options) {
    if (options.tries < 0) {
        throw std::invalid_argument("SwapOptions::tries is " + std::to_string(options.tries) +
                                    "; allowed: 0 and more");
    }
    return options.tries;
}

/// Counts the attempts of one call, and looks at the clock where there is a limit of time.
///
/// Errors   std::invalid_argument.
class Persistence {
  public:
    explicit Persistence(const TryOptions& options) : left_(options.tries), timed_(false) {
        if (options.tries < 1) {
            throw std::invalid_argument("TryOptions::tries is " + std::to_string(options.tries) +
                                        "; allowed: 1 and more");
        }
        if (options.within < std::chrono::nanoseconds::zero()) {
            throw std::invalid_argument("TryOptions::within is " +
                                        std::to_string(options.within.count()) +
                                        " ns; allowed: 0 and more");
        }
        timed_ = options.within != std::chrono::nanoseconds::max();
        if (timed_) deadline_ = deadline_after(options.within);
    }

    /// After a lost race: whether there may be another attempt.
    bool goes_on() {
        if (left_ != std::numeric_limits<int>::max()) --left_;
        if (left_ == 0) return false;
        return !timed_ || std::chrono::steady_clock::now() < deadline_;
    }

  private:
    int left_;
    bool timed_;
    Deadline deadline_{};
};

}  // namespace detail

}  // namespace atomos
