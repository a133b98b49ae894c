/// \file
/// What format prints of each type: the same for std::format and {fmt}.
#pragma once

#include <atomos/array.hpp>
#include <atomos/atomos.hpp>
#include <atomos/cursor.hpp>
#include <atomos/format.hpp>
#include <atomos/view.hpp>
#include <functional>
#include <string>

namespace printing {

struct Point {
    int x = 1;
    double y = 2.5;
};

/// Calls check(expected, pattern, thing) with each case.
template <class Check>
void each_case(Check check) {
    using namespace atomos;
    AtomicInteger number{42};
    AtomicNumber<signed char> small{7};
    AtomicFloat half{0.5};
    AtomicBoolean truth{true};
    check("42", "{}", number);
    check("0x2a", "{:#x}", number);
    check("  42|", "{:4}|", number);
    check("7", "{}", small);
    check("0.500", "{:.3f}", half);
    check("true", "{}", truth);
    check("1", "{:d}", truth);

    Atom<std::string> name{"Ann"};
    AtomicReference<int> reference{255};
    Atom<Point> point{Point{}};
    check("Ann  |", "{:5}|", name);
    check("ff", "{:x}", reference);
    check("255", "{}", reference.get());
    check("(empty)", "{}", Snapshot<int>());
    check("2.50", "{:.2f}", cursor(point, &Point::y));
    check("2.50", "{:.2f}", cursor(point, &Point::y).deref());

    int owned = 5;
    check("05", "{:02}", AtomicView(owned));
    check("[01, 02]", "{:02}", AtomicLongArray{1, 2});
    check("[]", "{}", AtomicLongArray(0));
    check("[a, b]", "{}", AtomicReferenceArray<std::string>{"a", "b"});

    LongAdder hits;
    DoubleAdder weight;
    LongAccumulator<std::plus<>> total(std::plus<>(), 0);
    hits.add(-3);
    weight.add(0.25);
    total.accumulate(11);
    check("-003", "{:04}", hits);
    check("0.2500", "{:.4f}", weight);
    check("b", "{:x}", total);
    check("(0x6, 3)", "{:#x}", AtomicStampedReference<int>(6, 3));
    check("(a, false)", "{}", AtomicMarkableReference<std::string>("a", false));

    check("won 2b", "{:x}", number.compare_and_exchange(42, 43));
    check("lost 43", "{}", number.compare_and_exchange(42, 44));
    check("ff -> 100", "{:x}", Atom<int>(255).reset_vals(256));
}

}  // namespace printing
