/// \file
/// The checked program's heap, and who has touched which byte of it: data races, use after free, leaks.
///
/// Nothing is handed out twice within an execution. The compiler's thread-sanitizer instrumentation
/// reports every plain access of the checked code (tests/model/plain_accesses.cpp); the sanitizer's own
/// run-time library is not linked.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/clock.hpp"

namespace model {

enum class Access : std::uint8_t { read, write, atomic };

class Heap {
  public:
    static constexpr std::size_t bytes = 1U << 18U;

    Heap();
    void reset();

    void* take(std::size_t size, std::size_t align);
    void give_back(void* p, int thread, const Clock& now);
    bool owns(const void* p) const {
        return reinterpret_cast<std::uintptr_t>(p) - reinterpret_cast<std::uintptr_t>(memory_) <
               bytes;
    }
    std::size_t offset(const void* p) const {
        return static_cast<std::size_t>(static_cast<const std::byte*>(p) - memory_);
    }

    /// Notes an access, and fails the execution if an earlier one that does not go with it is not
    /// ordered before it. Plain writes go with nothing else, atomic accesses with one another and reads.
    void touch(const void* p, std::size_t size, Access access, int thread, const Clock& now);

  private:
    struct Byte {
        std::uint32_t written;
        std::uint8_t writer;
        bool freed;
        std::uint32_t read[max_threads];
    };

    [[noreturn]] void race(std::size_t at, std::size_t size, Access access, int other, bool wrote);

    std::byte* memory_;
    Byte* shadow_;
    std::size_t used_ = 0;
};

}  // namespace model
