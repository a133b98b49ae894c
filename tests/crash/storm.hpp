/// \file
/// Workers that change shared variables and write down what was acknowledged to them; and somebody who
/// kills them.
#pragma once

#include <array>
#include <atomic>
#include <atomos/process.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "crash/directory.hpp"
#include "crash/fresh.hpp"
#include "crash/shared.hpp"

namespace crash {

/// Who has changed it how often, and a sum that shows when it is torn.
struct Ledger {
    static constexpr std::size_t workers = 6;

    std::array<std::uint64_t, workers> of{};
    std::uint64_t total = 0;
    std::array<std::uint64_t, 25> copies{};

    bool whole() const;
    Ledger plus_one(std::size_t worker) const;
};

class Storm {
  public:
    Storm();

    /// Kills one worker after another, at random moments, and puts another one in its place.
    Wrong kill_one_by_one(long kills);

    /// Kills all at once, over and over.
    Wrong kill_all(long kills);

    /// Lets the workers come to their ends, and compares what stands with what was acknowledged.
    Wrong settle();

    std::string report() const;

  private:
    struct alignas(64) Acknowledged {
        std::atomic<std::uint64_t> adds{0};
        std::atomic<std::uint64_t> swaps{0};
    };
    struct Board {
        std::array<Acknowledged, Ledger::workers> acknowledged;
        std::atomic<bool> stop{false};
    };
    class Worker;

    void start(std::size_t worker);
    Wrong kill(std::size_t worker);
    Wrong compare() const;
    void pause();

    Directory directory_;
    Shared<Board> board_;
    std::array<std::unique_ptr<Fresh>, Ledger::workers> workers_;
    std::array<std::uint64_t, Ledger::workers> kills_{};
    std::mt19937_64 random_;
    std::uint64_t started_ = 0;
};

}  // namespace crash
