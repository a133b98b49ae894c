/// \file
/// Live: a value that is counted while it lives, and that shows when it is used after its end.
#pragma once

#include <atomic>
#include <cstdint>

namespace hazards {

class Live {
  public:
    explicit Live(long number = 0) : number_(number) { ++count; }
    Live(const Live& other) : number_(other.number_) { ++count; }
    Live& operator=(const Live&) = default;
    ~Live() {
        mark_ = 0xDEAD;
        --count;
    }

    long number() const { return number_; }
    bool whole() const { return mark_ == intact; }

    friend bool operator==(const Live& a, const Live& b) { return a.number_ == b.number_; }

    /// How many there are.
    static long alive() { return count.load(); }

  private:
    static constexpr std::uint64_t intact = 0x600DCAFE;
    static inline std::atomic<long> count{0};

    long number_;
    volatile std::uint64_t mark_ = intact;
};

/// The next one, as a mutator.
inline Live next(const Live& value) { return Live(value.number() + 1); }

}  // namespace hazards
