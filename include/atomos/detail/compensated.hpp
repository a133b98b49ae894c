/// \file
/// A sum of doubles that keeps what rounding takes away.
///
/// Source   A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, ZAMM 54
///          (1974).
#pragma once

#include <cmath>

namespace atomos::detail {

/// The error of a sum of n numbers is half a digit of the sum, and at most about n² 10⁻³² of the sum of
/// their absolute values. Not with -ffast-math, which takes the corrections for zero.
struct Compensated {
    double sum = 0;
    double rest = 0;

    void add(double x) noexcept {
        const double next = sum + x;
        // A sum that is infinite or no number has no rest.
        if (std::isfinite(next)) {
            rest += std::fabs(sum) >= std::fabs(x) ? (sum - next) + x : (x - next) + sum;
        }
        sum = next;
    }
    void add(const Compensated& other) noexcept {
        add(other.sum);
        rest += other.rest;
    }

    double value() const noexcept { return std::isfinite(sum) ? sum + rest : sum; }
};

}  // namespace atomos::detail
