/// \file
/// Adders and accumulators: every add is in exactly one drain; slabs and words change hands.

#include <atomos/accumulator.hpp>
#include <atomos/adder.hpp>
#include <cstdint>
#include <memory>

#include "model/scenario.hpp"

namespace model {

namespace {

/// Threads' drains add up here.
struct Drained {
    Shared<std::int64_t> sum{0};
    void note(std::int64_t taken) { sum.fetch_add(taken, std::memory_order_relaxed); }
};

struct Adder : Drained {
    atomos::LongAdder adder;
};
void add_one_twice(Adder& s) {
    s.adder.increment();
    s.adder.increment();
}
void add_and_take_back(Adder& s) {
    s.adder.increment();
    s.adder.decrement();
}
void drain_once(Adder& s) { s.note(s.adder.sum_then_reset()); }
void drain_twice(Adder& s) {
    for (int i = 0; i < 2; ++i) {
        const std::int64_t taken = s.adder.sum_then_reset();
        expect(taken >= 0, "a drain takes no add that another has taken");
        s.note(taken);
    }
}
void sum_up(Adder& s) { expect(s.adder.sum() >= 0, "a sum counts no less than was added"); }
template <std::int64_t all>
void adds_up(Adder& s) {
    expect(s.sum.load() + s.adder.sum() == all, "every add is in one drain");
}

struct Doubles {
    atomos::DoubleAdder adder;
    Shared<double> sum{0};
    void note(double taken) {
        double seen = sum.load();
        while (!sum.compare_exchange_strong(seen, seen + taken)) {
        }
    }
};
// 2^60 and 1: their sum needs both of a cell's words.
constexpr double big = 0x1p60;
void add_big_and_small(Doubles& s) {
    s.adder.add(1);
    s.adder.add(big);
    s.adder.add(-big);
}
void check_sum(double sum) { expect(sum == 0 || sum == 1 || sum == big, "a sum is of whole adds"); }
void sum_doubles(Doubles& s) {
    check_sum(s.adder.sum());
    check_sum(s.adder.sum());
}
void drain_doubles(Doubles& s) { s.note(s.adder.sum_then_reset()); }
void doubles_add_up(Doubles& s) {
    // What was drained with 2^60 has lost the small part to its rounding.
    const double all = s.sum.load() + s.adder.sum();
    expect(all == 0 || all == 1, "every add is in one drain");
}
void sum_is_one(Doubles& s) { expect(s.adder.sum() == 1, "nothing is lost to rounding"); }

struct Plus {
    std::int64_t operator()(std::int64_t a, std::int64_t b) const { return a + b; }
};
struct Gathered : Drained {
    atomos::LongAccumulator<Plus> plus{Plus{}, 0};
};
void give_two(Gathered& s) {
    s.plus.accumulate(1);
    s.plus.accumulate(2);
}
void take_twice(Gathered& s) {
    s.note(s.plus.get_then_reset());
    s.note(s.plus.get_then_reset());
}
void gathered(Gathered& s) {
    expect(s.sum.load() + s.plus.get() == 3, "every value is in one drain");
}

struct Words {
    Words() : adder(std::make_unique<atomos::LongAdder>()) {}
    std::unique_ptr<atomos::LongAdder> adder;
};
void use_and_end(Words& s) {
    s.adder->add(5);
    s.adder.reset();
}
void begin_another(Words&) {
    atomos::LongAdder other;
    expect(other.sum() == 0, "a new adder begins at 0");
    other.add(1);
    expect(other.sum() == 1, "a new adder has its own adds");
}

}  // namespace

std::vector<Program> programs() {
    return {
        program<Adder>("a sum beside first adds", {add_one_twice, add_one_twice, sum_up},
                       adds_up<4>),
        program<Adder>("two drain", {add_one_twice, drain_twice, drain_twice}, adds_up<2>),
        program<Adder>("adds that cancel out, and three drain",
                       {add_and_take_back, drain_once, drain_once, drain_once}, adds_up<0>),
        program<Adder>("threads come and go", {add_one_twice, add_one_twice, add_one_twice},
                       adds_up<6>),
        program<Gathered>("an accumulator is drained", {give_two, take_twice}, gathered),
        program<Doubles>("a sum of doubles", {add_big_and_small, sum_doubles}, sum_is_one),
        program<Doubles>("doubles are drained", {add_big_and_small, drain_doubles, drain_doubles},
                         doubles_add_up),
        program<Words>("words are used again", {use_and_end, begin_another}),
    };
}

}  // namespace model
