/// \file
/// What watches throw where nobody can catch it: it is told to a handler, or printed, and ends there.
#include <gtest/gtest.h>

#include <atomos/atomos.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>

namespace {

using atomos::Atom;
using atomos::set_watch_error_handler;
using atomos::WatchErrorHandler;
using atomos::WatchFailure;

class WatchErrors : public testing::Test {
  protected:
    WatchErrors() {
        atom.add_watch(
            "loud", [](const std::string&, auto&, int, int) { throw std::domain_error("no good"); },
            {.delivery = atomos::Delivery::latest});
    }
    ~WatchErrors() override { set_watch_error_handler({}); }

    std::string said_by_a_change() {
        testing::internal::CaptureStderr();
        atom.reset(1);
        return testing::internal::GetCapturedStderr();
    }

    Atom<int> atom{0};
};

TEST_F(WatchErrors, without_a_handler_are_printed_with_the_key_the_version_and_what_was_thrown) {
    const std::string said = said_by_a_change();

    EXPECT_NE(said.find("\"loud\""), std::string::npos) << said;
    EXPECT_NE(said.find("version 2"), std::string::npos) << said;
    EXPECT_NE(said.find("no good"), std::string::npos) << said;
}

TEST_F(WatchErrors, are_told_to_the_handler_and_not_printed) {
    const void* of = nullptr;
    std::string key;
    std::uint64_t version = 0;
    set_watch_error_handler([&](const WatchFailure& failure) {
        of = failure.atom;
        key = failure.key;
        version = failure.version;
        EXPECT_THROW(std::rethrow_exception(failure.error), std::domain_error);
    });

    const std::string said = said_by_a_change();

    EXPECT_EQ(of, &atom);
    EXPECT_EQ(key, "loud");
    EXPECT_EQ(version, 2U);
    EXPECT_EQ(said, "");
}

TEST_F(WatchErrors, that_a_handler_throws_on_are_printed_and_the_change_returns) {
    set_watch_error_handler([](const WatchFailure&) { throw 7; });

    const std::string said = said_by_a_change();

    EXPECT_NE(said.find("no good"), std::string::npos) << said;
    EXPECT_NE(said.find("handler"), std::string::npos) << said;
    EXPECT_EQ(*atom.deref(), 1);
}

TEST_F(WatchErrors, handlers_are_replaced_and_the_one_before_is_returned) {
    int first = 0;
    int second = 0;
    const WatchErrorHandler none = set_watch_error_handler([&](const WatchFailure&) { ++first; });
    const WatchErrorHandler before =
        set_watch_error_handler([&](const WatchFailure&) { ++second; });

    atom.reset(1);
    set_watch_error_handler(before);
    atom.reset(2);

    EXPECT_FALSE(none);
    EXPECT_EQ(first, 1);
    EXPECT_EQ(second, 1);
}

}  // namespace
