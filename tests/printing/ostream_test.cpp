/// \file
/// What operator<< prints of each type.

#include <array>
#include <atomos/array.hpp>
#include <atomos/atomos.hpp>
#include <atomos/cursor.hpp>
#include <atomos/ostream.hpp>
#include <atomos/process.hpp>
#include <atomos/view.hpp>
#include <cstdint>
#include <functional>
#include <iomanip>
#include <optional>
#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace {

using namespace atomos;

template <class... Printed>
std::string printed(const Printed&... things) {
    std::ostringstream out;
    (out << ... << things);
    return out.str();
}

struct Point {
    int x = 1;
    int y = 2;
};

template <class T>
concept Prints = requires(std::ostream& out, const T& t) { out << t; };

TEST(Ostream, a_number_prints_as_its_value_does) {
    const AtomicInteger number{-42};
    const AtomicFloat half{0.5};
    const AtomicNumber<char> letter{'a'};

    EXPECT_EQ(printed(number), "-42");
    EXPECT_EQ(printed(half), "0.5");
    EXPECT_EQ(printed(letter), "a");
    EXPECT_EQ(printed(std::hex, std::setw(6), AtomicLong{255}), "    ff");
}

TEST(Ostream, a_truth_value_prints_as_a_bool_does) {
    EXPECT_EQ(printed(AtomicBoolean{true}), "1");
    EXPECT_EQ(printed(std::boolalpha, AtomicBoolean{true}), "true");
}

TEST(Ostream, an_atom_and_a_reference_print_their_current_value) {
    Atom<std::string> name{"Ann"};
    AtomicReference<int> reference{1};
    name.reset("Bob");
    reference.set(2);

    EXPECT_EQ(printed(name, ' ', reference), "Bob 2");
}

TEST(Ostream, a_snapshot_prints_its_own_value) {
    Atom<int> atom{1};
    const auto before = atom.deref();
    atom.reset(2);

    EXPECT_EQ(printed(before), "1");
    EXPECT_EQ(printed(Snapshot<int>()), "(empty)");
}

TEST(Ostream, a_cursor_prints_its_part) {
    Atom<Point> point{Point{}};
    const auto y = cursor(point, &Point::y);

    EXPECT_EQ(printed(y, ' ', y.deref()), "2 2");
}

TEST(Ostream, a_view_prints_what_it_looks_at) {
    int owned = 5;
    const int fixed = 6;

    EXPECT_EQ(printed(AtomicView(owned), AtomicView(fixed)), "56");
}

TEST(Ostream, an_array_prints_its_elements_in_brackets) {
    EXPECT_EQ(printed(AtomicLongArray{1, 2, 3}), "[1, 2, 3]");
    EXPECT_EQ(printed(AtomicLongArray(0)), "[]");
    EXPECT_EQ(printed(AtomicReferenceArray<std::string>{"a", "b"}), "[a, b]");
    EXPECT_EQ(printed(PaddedAtomicArray<int>{7}), "[7]");
}

TEST(Ostream, adders_and_accumulators_print_what_they_hold) {
    LongAdder hits;
    DoubleAdder weight;
    LongAccumulator<std::plus<>> total(std::plus<>(), 0);
    hits.add(-3);
    weight.add(0.25);
    total.accumulate(11);

    EXPECT_EQ(printed(hits, ' ', weight, ' ', total), "-3 0.25 11");
}

TEST(Ostream, a_stamp_or_a_mark_is_printed_behind_its_value) {
    EXPECT_EQ(printed(AtomicStampedReference<int>(6, 3)), "(6, 3)");
    EXPECT_EQ(printed(AtomicMarkableReference<std::string>("a", true)), "(a, true)");
}

TEST(Ostream, an_attempt_prints_how_it_ended_and_what_stands) {
    AtomicInteger number{1};

    EXPECT_EQ(printed(number.compare_and_exchange(1, 2)), "won 2");
    EXPECT_EQ(printed(number.compare_and_exchange(1, 3)), "lost 2");
}

TEST(Ostream, a_change_prints_both_values) {
    Atom<int> atom{4};

    EXPECT_EQ(printed(atom.reset_vals(5)), "4 -> 5");
}

TEST(Ostream, the_process_scope_prints_alike) {
    auto region = process::Region::anonymous();
    process::AtomicLong number{region, "number", 3};
    process::AtomicBoolean truth{region, "truth", true};
    process::Atom<int> atom{region, "atom", 4};
    process::AtomicReference<std::string> text{region, "text", "five"};

    EXPECT_EQ(printed(number, truth, atom, text, atom.deref()), "314five4");
}

TEST(Ostream, what_cannot_be_printed_makes_nothing_printable) {
    EXPECT_TRUE(Prints<Atom<int>>);
    EXPECT_FALSE(Prints<Atom<Point>>);
    EXPECT_FALSE(Prints<Change<Snapshot<Point>>>);
    EXPECT_FALSE((Prints<AtomicReferenceArray<Point>>));
}

TEST(Ostream, other_libraries_types_over_ours_are_left_alone) {
    EXPECT_FALSE(Prints<std::optional<Snapshot<int>>>);
    EXPECT_FALSE(Prints<std::reference_wrapper<Atom<int>>>);
    EXPECT_FALSE((Prints<std::array<Snapshot<int>, 2>>));
}

}  // namespace
