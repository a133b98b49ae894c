/// \file
/// A child process that is moved on instruction by instruction, from outside.
///
/// For x86-64: elsewhere a single step inside a load-linked, store-conditional pair makes it fail for
/// ever. A system call is one instruction. Threads that the child starts run freely.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

namespace crash {

/// Where a stepped child waits for its parent.
void stop_here();

class Stepper {
  public:
    /// Starts f in a child; when this returns, it has come to its first stop_here().
    explicit Stepper(const std::function<void()>& f);
    ~Stepper();
    Stepper(const Stepper&) = delete;
    Stepper& operator=(const Stepper&) = delete;

    /// Why there can be no steps here; empty: there can.
    static std::string refused();

    pid_t pid() const noexcept { return child_; }

    /// The address of the next instruction.
    std::uint64_t at() const;

    /// Whether the next instruction is a system call.
    bool is_at_system_call() const;

    /// Whether it has one thread only. Another one would be ended by what run_to() does.
    bool is_alone() const;

    /// One instruction. False: the child has ended.
    bool step();

    /// Whether it stands in a stop_here().
    bool has_stopped_itself() const noexcept;

    /// On to the next stop_here(). False: the child has ended.
    bool resume();

    /// On to the instruction at this address. False: it has ended, or has come to stop_here() before.
    bool run_to(std::uint64_t address);

    /// Ends it as it stands, and returns when it has ended.
    void kill();

  private:
    bool go(int request);

    pid_t child_ = -1;
    int status_ = 0;
};

/// The addresses that a run went through. The way to the n-th instruction of another run is short: all
/// but the last loop is run at full speed, by a child that has one thread.
class Trail {
  public:
    void add(std::uint64_t address);
    std::size_t size() const noexcept { return addresses_.size(); }

    /// Moves one that has just come to stop_here() on by n instructions. False: it went another way,
    /// and stands somewhere else.
    bool lead(Stepper& stepper, std::size_t n) const;

  private:
    std::vector<std::uint64_t> addresses_;
    std::vector<std::size_t> last_new_;
    std::unordered_set<std::uint64_t> seen_;
};

/// Keeps this process, and what it forks, on one core while it lives: a step is four times as fast.
class OneCore {
  public:
    OneCore();
    ~OneCore();
    OneCore(const OneCore&) = delete;
    OneCore& operator=(const OneCore&) = delete;

  private:
    std::vector<std::byte> before_;
};

}  // namespace crash
