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

inline const bool atomos_counters_added = add_counter<AtomosCounter>();

}  // namespace bench
