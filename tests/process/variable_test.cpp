/// \file
/// Variables by name: every kind of value, and what a variable is to who opens it as something else.
#include <array>
#include <atomos/process.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"
#include "process/values.hpp"

namespace {

using atomos::process::Atom;
using atomos::process::AtomicLong;
using atomos::process::AtomicNumber;
using atomos::process::AtomicReference;
using atomos::process::Region;
using regions::Account;
using regions::Point;
using regions::refused;

class VariableTest : public regions::WithPlace {
  protected:
    Region region = Region::create("r");
    Region again = Region::open("r");

    template <class T>
    void expect_shared(const std::string& name, const T& first, const std::vector<T>& more) {
        Atom<T> made{region, name, first};
        Atom<T> opened{again, name, T{}};
        AtomicReference<T> reference{again, name, T{}};
        EXPECT_EQ(*opened.deref(), first);
        for (const T& value : more) {
            const auto before = opened.deref();
            made.reset(value);
            EXPECT_EQ(*opened.deref(), value);
            EXPECT_TRUE(reference.read([&](const T& now) { return now == value; }));
            EXPECT_FALSE(opened.compare_and_set(before, first));
            EXPECT_EQ(opened.version(), made.version());
        }
    }
};

TEST_F(VariableTest, plain_values_strings_vectors_and_values_with_a_codec_are_shared) {
    expect_shared<int>("int", 1, {2, 3});
    expect_shared<Point>("point", {1, 2}, {{3, 4}, {}});
    expect_shared<std::array<short, 7>>("array", {1, 2}, {{3}, {4, 5, 6}});
    expect_shared<std::string>("string", "", {"a", std::string(1000, 'b'), "", "c"});
    expect_shared<std::vector<int>>("vector", {}, {{1}, std::vector<int>(5000, 7), {}});
    expect_shared<std::vector<Point>>("points", {{1, 2}}, {{{3, 4}, {5, 6}}});
    expect_shared<Account>("account", {"ann", 1}, {{"", -5}, {std::string(300, 'b'), 7}});
}

template <class T>
void read_beside_a_writer(Region& region) {
    AtomicReference<T> variable{region, "large", T::of(1)};
    variable.set(T::of(2));
    std::uint64_t last = 0;
    crash::Shared<std::atomic<bool>> over;
    const pid_t writer = fork();
    if (writer == 0) {
        alarm(120);
        for (std::uint64_t n = 3; !over->load(); ++n) variable.set(T::of(n));
        std::_Exit(0);
    }

    for (int i = 0; i < 300; ++i) {
        const std::uint64_t copied = variable.get()->number();
        const std::uint64_t seen = variable.read([&](const T& value) {
            EXPECT_TRUE(value.whole());
            const std::uint64_t number = value.number();
            // It is pinned, so it stays as it is while others replace it.
            while (i % 100 == 0 && variable.get()->number() < number + 5) std::this_thread::yield();
            EXPECT_TRUE(value.whole());
            EXPECT_EQ(value.number(), number);
            return number;
        });
        EXPECT_TRUE(variable.get()->whole());
        ASSERT_GE(copied, last);
        ASSERT_GE(seen, copied);
        last = seen;
    }
    *over = true;

    int status = -1;
    waitpid(writer, &status, 0);
    EXPECT_TRUE(hazards::ended_well(status));
}

TEST_F(VariableTest, a_value_of_5_kib_is_whole_beside_a_writer_and_stands_still_while_it_is_read) {
    read_beside_a_writer<regions::Large>(region);
}

TEST_F(VariableTest,
       a_value_of_100_kib_is_whole_beside_a_writer_and_stands_still_while_it_is_read) {
    read_beside_a_writer<regions::VeryLarge>(region);
}

TEST_F(VariableTest, opened_as_another_type_size_or_kind_it_is_refused_and_left_alone) {
    AtomicLong number{region, "number", 1};
    atomos::process::AtomicBoolean flag{region, "flag", true};
    Atom<Point> point{region, "point", Point{1, 2}};
    Atom<std::string> text{region, "text", "t"};
    using atomos::Mismatch;

    EXPECT_TRUE(refused<Mismatch>([&] { AtomicNumber<int>(again, "number", 0); },
                                  {"\"r\"", "\"number\"", "number int64 (8 bytes", "int32"}));
    EXPECT_TRUE(refused<Mismatch>([&] { atomos::process::AtomicULong(again, "number", 0); },
                                  {"int64", "uint64"}));
    EXPECT_TRUE(refused<Mismatch>([&] { atomos::process::AtomicFloat(again, "number", 0); },
                                  {"int64", "float64"}));
    EXPECT_TRUE(refused<Mismatch>([&] { atomos::process::AtomicBoolean(again, "number", false); },
                                  {"int64", "boolean bool"}));
    EXPECT_TRUE(refused<Mismatch>([&] { Atom<std::int64_t>(again, "number", 0); },
                                  {"a number int64", "a reference to int64"}));
    EXPECT_TRUE(refused<Mismatch>([&] { AtomicLong(again, "flag", 0); }, {"bool", "int64"}));
    EXPECT_TRUE(refused<Mismatch>([&] { AtomicLong(again, "text", 0); }, {"string", "int64"}));
    EXPECT_TRUE(refused<Mismatch>([&] { Atom<regions::Small>(again, "point", {}); },
                                  {"Point (8 bytes, aligned to 4)", "64 bytes"}));
    EXPECT_TRUE(refused<Mismatch>([&] { Atom<std::vector<char>>(again, "text", {}); },
                                  {"string", "vector<int8>"}));
    EXPECT_TRUE(refused<Mismatch>([&] { Atom<Account>(again, "text", {}); }, {"account/1"}));

    EXPECT_EQ(number.get(), 1);
    EXPECT_TRUE(flag.get());
    EXPECT_EQ(*point.deref(), (Point{1, 2}));
    EXPECT_EQ(*text.deref(), "t");
    EXPECT_EQ(region.variables().size(), 4U);
}

TEST_F(VariableTest, types_of_one_name_and_another_size_or_alignment_are_told_apart) {
    Atom<regions::First> record{region, "record", regions::First{7}};

    EXPECT_TRUE(refused<atomos::Mismatch>(
        [&] { Atom<regions::Longer>(again, "record", regions::Longer{1, 2}); },
        {"record (4 bytes, aligned to 4)", "record (8 bytes, aligned to 4)"}));
    EXPECT_TRUE(refused<atomos::Mismatch>(
        [&] { Atom<regions::Wider>(again, "record", regions::Wider{1}); },
        {"record (4 bytes, aligned to 4)", "record (16 bytes, aligned to 16)"}));

    EXPECT_EQ(Atom<regions::First>(again, "record", regions::First{0}).deref()->a, 7);
}

TEST_F(VariableTest, what_is_made_of_an_initial_value_that_throws_is_not_there) {
    EXPECT_THROW(Atom<regions::Moody>(region, "moody", regions::Moody{1}), std::domain_error);

    EXPECT_EQ(region.variables().size(), 0U);
    EXPECT_NO_THROW(Atom<regions::Moody>(region, "moody", regions::Moody{0}));
}

TEST_F(VariableTest, a_value_that_cannot_be_encoded_changes_nothing) {
    Atom<regions::Moody> atom{region, "moody", regions::Moody{7}};

    EXPECT_THROW(atom.reset(regions::Moody{1}), std::domain_error);
    EXPECT_THROW(atom.swap([](regions::Moody) { return regions::Moody{1}; }), std::domain_error);

    EXPECT_EQ(atom.deref()->mood, 7);
    EXPECT_EQ(atom.version(), 1U);
}

TEST_F(VariableTest, a_value_that_cannot_be_decoded_is_the_readers_error_and_stands) {
    Atom<regions::Moody> atom{region, "moody", regions::Moody{7}};
    AtomicReference<regions::Moody> other{again, "moody", regions::Moody{0}};
    atom.reset(regions::Moody{2});

    EXPECT_THROW(static_cast<void>(atom.deref()), std::domain_error);
    EXPECT_THROW(static_cast<void>(other.get()), std::domain_error);
    EXPECT_EQ(region.variables().at(0).version, 2U);
}

template <class T>
void outlive(const T& first, const T& second) {
    auto here = std::make_unique<Region>(Region::anonymous());
    auto atom = std::make_unique<Atom<T>>(*here, "v", first);
    const auto old = atom->deref();
    const auto now = atom->reset(second);
    const auto copy = now;

    atom.reset();
    here.reset();

    EXPECT_TRUE(*old == first);
    EXPECT_TRUE(*copy == second);
    EXPECT_EQ(old.version(), 1U);
    EXPECT_TRUE(copy.same_as(now));
    EXPECT_FALSE(copy.same_as(old));
}

TEST_F(VariableTest, snapshots_outlive_their_atom_and_their_region) {
    outlive<int>(1, 2);
    outlive<std::string>("one", std::string(100'000, '2'));
    outlive<std::vector<int>>({1}, std::vector<int>(9000, 2));
    outlive<std::array<long, 2000>>({1}, {2});
}

TEST_F(VariableTest, a_version_is_the_same_through_all_mappings_and_differs_between_variables) {
    Atom<int> one{region, "a", 5};
    Atom<int> same{again, "a", 0};
    Atom<int> other{region, "b", 5};

    const auto seen = one.deref();

    EXPECT_TRUE(seen.same_as(same.deref()));
    EXPECT_FALSE(seen.same_as(other.deref()));
    EXPECT_FALSE(other.compare_and_set(seen, 6));
    EXPECT_TRUE(same.compare_and_set(seen, 6));
    EXPECT_FALSE(one.compare_and_set(seen, 7));
    EXPECT_EQ(*one.deref(), 6);
}

}  // namespace
