#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <atomos/atomos.hpp>

#include "report.hpp"
#include "state.hpp"

namespace tour {

/// A watch that keeps the snapshot from the middle of the chat, and writes down what it looks like.
class Keepsake {
  public:
    /// `middle` in messages.
    explicit Keepsake(std::int64_t middle) : middle_(middle) {}

    /// A change adds at most one message, so that of all changes exactly one crosses the middle,
    /// and no two threads meet in here.
    void operator()(const atomos::Snapshot<State>& old, const atomos::Snapshot<State>& now);

    [[nodiscard]] bool taken() const { return kept_.has_value(); }

    /// Says what it was then and is now, when the state has become `end`; true if that is the same.
    /// One that was never taken is not.
    bool unchanged(const State& end, Report& report) const;

  private:
    struct Kept {
        atomos::Snapshot<State> snapshot;
        std::uint64_t fingerprint;
        std::string description;
    };

    const std::int64_t middle_;
    std::optional<Kept> kept_;
};

}  // namespace tour
