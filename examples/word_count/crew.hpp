#pragma once

#include <sys/types.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <atomos/atomos.hpp>

namespace tour {

/// Worker processes, of which every one that is killed is replaced at once.
class Crew {
  public:
    /// `command` is what a worker executes: this executable, with these arguments.
    /// `killed` counts those that were killed.
    Crew(int workers, std::vector<std::string> command, std::uint64_t seed,
         atomos::AtomicLong& killed);
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;
    /// Kills those that are left.
    ~Crew();

    /// Kills one of those that work, after a moment, so that it hits any instruction, and replaces it.
    void kill_one();

    /// Replaces who was killed. False: all have ended by themselves, as there is nothing left to do.
    ///
    /// Errors   std::runtime_error: one ended with another status than 0.
    bool look_after();

    std::int64_t killed() const { return killed_.get(); }
    std::int64_t replaced() const { return replaced_; }

  private:
    pid_t start();
    void look_after(pid_t& worker, int options);

    const std::vector<std::string> command_;
    std::mt19937_64 random_;
    std::vector<pid_t> workers_;  // 0: has ended
    atomos::AtomicLong& killed_;
    std::int64_t replaced_ = 0;
};

}  // namespace tour
