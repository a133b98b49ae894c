/// \file
/// The tests of this folder once more, in a process whose kernel refuses membarrier from the start:
/// readers order their own stores.
#include <gtest/gtest.h>

#include <atomos/atomos.hpp>
#include <cerrno>
#include <iostream>

#include "hazards/refuse_membarrier.hpp"

namespace {

TEST(WithoutMembarrier, the_fallback_is_taken) {
    atomos::Atom<int> atom{1};

    EXPECT_EQ(*atom.swap([](int n) { return n + 1; }), 2);

    EXPECT_TRUE(atomos::detail::domain().ordered);
    const auto& here = atomos::detail::this_thread();
    EXPECT_EQ(here.fast, here.idle);
}

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (!testing::GTEST_FLAG(list_tests) && !hazards::refuse_membarrier(EPERM)) {
        std::cout << "[  SKIPPED ] this system allows no seccomp filter\n";
        return 0;
    }
    return RUN_ALL_TESTS();
}
