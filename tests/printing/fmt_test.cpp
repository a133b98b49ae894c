/// \file
/// {fmt} prints everything, also beside its own formatter of ranges.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomos/process.hpp>

#include "gtest/gtest.h"
#include "printing/format_cases.hpp"

namespace {

TEST(Fmt, prints_what_each_type_holds_and_hands_the_specification_to_the_value) {
    printing::each_case([](const char* expected, const char* pattern, const auto& thing) {
        EXPECT_EQ(fmt::format(fmt::runtime(pattern), thing), expected);
    });
}

TEST(Fmt, the_process_scope_prints_alike) {
    auto region = atomos::process::Region::anonymous();
    atomos::process::AtomicLong number{region, "number", 255};
    atomos::process::Atom<int> atom{region, "atom", 4};

    EXPECT_EQ(fmt::format("{:x} {} {}", number, atom, atom.deref()), "ff 4 4");
}

TEST(Fmt, a_specification_that_the_value_refuses_is_refused) {
    EXPECT_THROW(static_cast<void>(fmt::format(fmt::runtime("{:.3f}"), atomos::Atom<int>(1))),
                 fmt::format_error);
}

}  // namespace
