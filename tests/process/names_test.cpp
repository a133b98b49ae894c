/// \file
/// Names of variables: which ones are allowed, many of them, and several processes that make the same.
#include <array>
#include <atomos/process.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "crash/gate.hpp"
#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"

namespace {

using atomos::process::Atom;
using atomos::process::AtomicLong;
using atomos::process::Region;
using regions::refused;

class NamesTest : public regions::WithPlace {
  protected:
    Region region = Region::create("r");
    Region again = Region::open("r");
};

TEST_F(NamesTest, names_may_be_paths_and_any_printable_text_of_127_bytes) {
    for (const std::string& name : {std::string("jobs/done"), std::string("../x"), std::string(" "),
                                    std::string("z\xc3\xa4"), std::string(127, 'n')}) {
        AtomicLong(region, name, 7).increment_and_get();
        EXPECT_EQ(AtomicLong(again, name, 0).get(), 8);
    }
    EXPECT_EQ(region.variables().size(), 5U);
}

TEST_F(NamesTest, other_names_are_refused_with_their_length_and_the_one_allowed) {
    for (const std::string& name : {std::string(), std::string("a\nb"), std::string("a\0b", 3),
                                    std::string("\x7f"), std::string(128, 'n')}) {
        EXPECT_TRUE(refused<std::invalid_argument>([&] { AtomicLong(region, name, 0); },
                                                   {"\"r\"", "variable"}));
    }
    EXPECT_TRUE(
        refused<std::invalid_argument>([&] { AtomicLong(region, std::string(128, 'n'), 0); },
                                       {"128 bytes", "1 to 127", "nothing was changed"}));
    EXPECT_EQ(region.variables().size(), 0U);
}

TEST_F(NamesTest, hundreds_of_names_fill_several_pages_and_each_is_found) {
    constexpr int all = 1100;
    for (int i = 0; i < all; ++i) AtomicLong(region, "n" + std::to_string(i), i);

    const auto variables = again.variables();
    ASSERT_EQ(variables.size(), std::size_t{all});
    for (int i = 0; i < all; i += 9) {
        EXPECT_EQ(variables[static_cast<std::size_t>(i)].name, "n" + std::to_string(i));
        EXPECT_EQ(AtomicLong(again, "n" + std::to_string(i), -1).get(), i);
    }
    EXPECT_EQ(again.variables().size(), std::size_t{all});
}

TEST_F(NamesTest, processes_that_make_the_same_names_at_once_agree_on_each) {
    constexpr int rivals = 3;
    constexpr int names = 600;
    crash::Shared<std::array<std::array<long, names>, rivals>> found;
    crash::Shared<crash::Gate> gate;
    std::vector<pid_t> children;
    for (int rival = 0; rival < rivals; ++rival) {
        children.push_back(fork());
        if (children.back() != 0) continue;
        alarm(120);
        gate->pass();
        auto& mine = (*found)[static_cast<std::size_t>(rival)];
        for (int i = 0; i < names; ++i) {
            const auto n = static_cast<std::size_t>(i);
            const std::string name = "n" + std::to_string(i);
            if (i % 2 == 0) {
                mine[n] = AtomicLong(region, name, 1000 * rival + i).get();
            } else {
                const Atom<std::string> atom(region, name, std::to_string(1000 * rival + i));
                mine[n] = std::stol(*atom.deref());
            }
        }
        std::_Exit(0);
    }
    for (int i = 0; i < rivals; ++i) gate->open();
    for (const pid_t child : children) {
        int status = -1;
        waitpid(child, &status, 0);
        ASSERT_TRUE(hazards::ended_well(status));
    }

    for (std::size_t i = 0; i < names; ++i) {
        EXPECT_EQ((*found)[0][i], (*found)[1][i]) << i;
        EXPECT_EQ((*found)[0][i], (*found)[2][i]) << i;
        EXPECT_EQ((*found)[0][i] % 1000, static_cast<long>(i) % 1000);
    }
    EXPECT_EQ(region.variables().size(), std::size_t{names});
}

}  // namespace
