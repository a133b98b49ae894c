/// \file
/// A door that supplies only what every door has to: the rest is made of that.
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

// Last, since it poisons what the headers above are made of.
#include <atomos/atomos.hpp>

namespace {

using hazards::counted;
using hazards::Use;

TEST(LeastDoor, adders_have_their_words_from_its_memory) {
    const long allocated = counted(Use::allocate);
    const long added = counted(Use::fetch_add);
    atomos::LongAdder adder;

    std::thread([&] { adder.add(3); }).join();
    adder.add(4);

    EXPECT_EQ(adder.sum(), 7);
    EXPECT_GT(counted(Use::allocate), allocated);
    EXPECT_GE(counted(Use::fetch_add), added + 2);
}

TEST(LeastDoor, adders_beyond_its_few_words_count_as_well) {
    std::vector<std::unique_ptr<atomos::LongAdder>> adders;
    for (int i = 0; i < 100; ++i) adders.push_back(std::make_unique<atomos::LongAdder>());

    for (int i = 0; i < 100; ++i) adders[static_cast<std::size_t>(i)]->add(i);

    for (int i = 0; i < 100; ++i) EXPECT_EQ(adders[static_cast<std::size_t>(i)]->sum(), i);
}

TEST(LeastDoor, views_work_behind_it) {
    long owned = 1;
    const atomos::AtomicView view(owned);

    EXPECT_EQ(view.increment_and_get(), 2);
    EXPECT_EQ(owned, 2);
}

}  // namespace
