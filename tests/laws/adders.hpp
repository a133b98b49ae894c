/// \file
/// Adders and accumulators in every scope, for their laws: how they are made, and with which operations.
#pragma once

#include <algorithm>
#include <atomic>
#include <atomos/accumulator.hpp>
#include <atomos/adder.hpp>
#include <atomos/process.hpp>
#include <atomos/thread.hpp>
#include <cstdint>
#include <limits>
#include <string>

#include "laws/scopes.hpp"

namespace laws {

inline constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

struct Max {
    std::int64_t operator()(std::int64_t a, std::int64_t b) const { return std::max(a, b); }
};
struct Product {
    double operator()(double a, double b) const { return a * b; }
};
/// Refuses what is negative.
struct PickyPlus {
    std::int64_t operator()(std::int64_t a, std::int64_t b) const {
        if (b < 0) throw b;
        return a + b;
    }
};

/// Makes them where they have no place, and where they have.
template <class Scope>
struct MadeAdders {
    static auto longs() { return atomos::BasicLongAdder<Scope>(); }
    static auto doubles() { return atomos::BasicDoubleAdder<Scope>(); }
    template <class T, class Op>
    static auto accumulator(Op op, T identity) {
        return atomos::Accumulator<T, Op, Scope>(op, identity);
    }
};

template <>
struct MadeAdders<atomos::Processes> {
    static auto longs() { return atomos::process::LongAdder(region(), name()); }
    static auto doubles() { return atomos::process::DoubleAdder(region(), name()); }
    template <class T, class Op>
    static auto accumulator(Op op, T identity) {
        return atomos::Accumulator<T, Op, atomos::Processes>(region(), name(), op, identity);
    }

  private:
    static atomos::process::Region& region() {
        static auto made = atomos::process::Region::anonymous();
        return made;
    }
    static std::string name() {
        static std::atomic<int> made{0};
        return "adder " + std::to_string(made.fetch_add(1));
    }
};

template <class Scope>
class AdderLaws : public ::testing::Test {
  protected:
    using Makes = MadeAdders<Scope>;
};

}  // namespace laws
