/// \file
/// The errors: one root, and each says whether the write happened.

#include <atomos/errors.hpp>
#include <exception>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "gtest/gtest.h"

namespace {

using atomos::Error;
using atomos::Written;

template <class E>
Written written_as_a_catcher_of_errors_sees_it(const E& thrown) {
    try {
        throw thrown;
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), thrown.what());
        return error.written();
    }
}

TEST(Errors, derive_from_runtime_error) {
    EXPECT_TRUE((std::is_base_of_v<std::runtime_error, Error>));
    EXPECT_TRUE((std::is_base_of_v<Error, atomos::WatchError>));
}

TEST(Errors, of_what_was_refused_say_that_nothing_was_written) {
    const std::string what = "the thing";

    EXPECT_EQ(written_as_a_catcher_of_errors_sees_it(atomos::Unavailable(what)), Written::no);
    EXPECT_EQ(written_as_a_catcher_of_errors_sees_it(atomos::NotFound(what)), Written::no);
    EXPECT_EQ(written_as_a_catcher_of_errors_sees_it(atomos::AlreadyExists(what)), Written::no);
    EXPECT_EQ(written_as_a_catcher_of_errors_sees_it(atomos::PermissionDenied(what)), Written::no);
    EXPECT_EQ(written_as_a_catcher_of_errors_sees_it(atomos::Full(what)), Written::no);
    EXPECT_EQ(written_as_a_catcher_of_errors_sees_it(atomos::Mismatch(what)), Written::no);
    EXPECT_EQ(written_as_a_catcher_of_errors_sees_it(atomos::Damaged(what)), Written::no);
    EXPECT_EQ(written_as_a_catcher_of_errors_sees_it(atomos::ValidationError(what)), Written::no);
}

TEST(Errors, of_a_lost_answer_say_that_nobody_knows) {
    EXPECT_EQ(written_as_a_catcher_of_errors_sees_it(atomos::OutcomeUnknown("sent")),
              Written::unknown);
}

TEST(Errors, of_watches_say_that_it_was_written_and_name_every_watch) {
    const std::vector<atomos::WatchError::Failure> failures{
        {"first", std::make_exception_ptr(std::domain_error("its reason"))},
        {"second", std::make_exception_ptr(42)}};

    const atomos::WatchError error(7, failures);

    EXPECT_EQ(written_as_a_catcher_of_errors_sees_it(error), Written::yes);
    EXPECT_EQ(error.version(), 7U);
    EXPECT_EQ(error.failures().size(), 2U);
    const std::string text = error.what();
    for (const char* part :
         {"version 7 is committed", "2 watches", "[first] its reason", "[second]"}) {
        EXPECT_NE(text.find(part), std::string::npos) << text;
    }
}

}  // namespace
