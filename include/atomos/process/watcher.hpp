/// \file
/// The thread that hears of all processes' changes: one a process, while anybody listens.
#pragma once

#include <atomos/process/memory.hpp>
#include <cstdint>
#include <functional>
#include <memory>

namespace atomos::process {

/// A function that is called on the watcher thread after changes of a cell, by whomever they were made,
/// while somebody retains this. It looks at the cell, and returns the version that it found.
///
/// The thread starts with the first that is retained and ends with the last; a fork's child starts one of
/// its own.
class Hearing {
  public:
    using Look = std::function<std::uint64_t()>;

    Hearing(std::shared_ptr<Memory> memory, CellLine& line, Look look);
    Hearing(const Hearing&) = delete;
    Hearing& operator=(const Hearing&) = delete;
    /// When it returns, the function is not running, unless this is called from it.
    ~Hearing();

    /// Errors   Unavailable: no thread can be started. std::bad_alloc.
    void retain();
    void release() noexcept;
    /// The function is called soon, whether there was a change or not.
    void look_again() noexcept;

  private:
    void* listener_;
};

}  // namespace atomos::process
