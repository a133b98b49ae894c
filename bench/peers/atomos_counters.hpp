#pragma once

#include <atomos/atomos.hpp>

#include "../counter.hpp"

namespace bench {

class AtomosCounter {
  public:
    static constexpr std::string_view name = "atomos::AtomicLong";
    std::int64_t add(unsigned) { return value_.add_and_get(1); }
    std::int64_t total() const { return value_.get(); }

  private:
    atomos::AtomicLong value_{0};
};

class AtomosAdder {
  public:
    static constexpr std::string_view name = "atomos::LongAdder";
    std::int64_t add(unsigned) {
        adder_.increment();
        return 0;
    }
    [[gnu::always_inline]] std::int64_t total() const { return adder_.sum(); }

  private:
    atomos::LongAdder adder_;
};

inline const bool atomos_counters_added =
    add_counter<AtomosCounter>() && add_counter<AtomosAdder>() && add_sum<AtomosAdder>();

}  // namespace bench
