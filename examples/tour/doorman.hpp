#pragma once

#include <cstdint>
#include <string>

#include <atomos/atomos.hpp>

#include "report.hpp"
#include "state.hpp"

namespace tour {

/// A watch that counts and prints joins and leaves: on a terminal newest() is for the live line;
/// elsewhere the first few, every fiftieth and the last get a line.
class Doorman {
  public:
    Doorman(std::int64_t expected, Report& report) : expected_(expected), report_(report) {}

    /// Runs on the thread that made the change, once for each change; so on several at a time.
    void operator()(const State& old, const State& now);

    [[nodiscard]] std::int64_t joins() const { return joins_.get(); }
    [[nodiscard]] std::int64_t leaves() const { return leaves_.get(); }
    [[nodiscard]] std::string newest() const { return *newest_.get(); }

  private:
    void announce(std::int64_t nth, const char* what, const Client& who);

    const std::int64_t expected_;
    Report& report_;
    atomos::AtomicLong joins_{0};
    atomos::AtomicLong leaves_{0};
    atomos::AtomicReference<std::string> newest_{std::string("nobody yet")};
};

}  // namespace tour
