/// \file
/// The sequential specification of one variable that holds an int: what atoms, references and
/// numbers are to a single thread.
#pragma once

#include <compare>
#include <cstdint>
#include <ostream>
#include <random>

#include "support/linearizability.hpp"
#include "support/seed.hpp"

namespace atomos::testing {

struct Register {
    using State = int;

    enum class Verb { get, set, get_and_set, add_and_get, swap_vals, compare_and_set };

    struct Operation {
        Verb verb = Verb::get;
        int x = 0;
        int expect = 0;
    };

    /// The values that the operation gave, 0 where it gives none.
    struct Result {
        int before = 0;
        int after = 0;
        bool operator==(const Result&) const = default;
    };

    static Result apply(int& state, const Operation& op) {
        const int before = state;
        switch (op.verb) {
            case Verb::get:
                return {before, 0};
            case Verb::set:
                state = op.x;
                return {};
            case Verb::get_and_set:
                state = op.x;
                return {before, 0};
            case Verb::add_and_get:
                state += op.x;
                return {0, state};
            case Verb::swap_vals:
                state += op.x;
                return {before, state};
            case Verb::compare_and_set:
                if (before == op.expect) state = op.x;
                return {before == op.expect ? 1 : 0, 0};
        }
        return {};
    }

    /// Few values, so that they come back.
    static Operation random(std::mt19937_64& generator) {
        return {static_cast<Verb>(below(generator, 6)), static_cast<int>(below(generator, 3)),
                static_cast<int>(below(generator, 3))};
    }
};

inline std::ostream& operator<<(std::ostream& out, const History<Register>& history) {
    static const char* const verbs[] = {"get",         "set",       "get_and_set",
                                        "add_and_get", "swap_vals", "compare_and_set"};
    for (const auto& one : history) {
        out << "\n  thread " << one.thread << " [" << one.invoked << ", " << one.responded << "] "
            << verbs[static_cast<int>(one.operation.verb)] << " x=" << one.operation.x
            << " expect=" << one.operation.expect;
        if (one.result) out << " -> " << one.result->before << ", " << one.result->after;
    }
    return out;
}

}  // namespace atomos::testing
