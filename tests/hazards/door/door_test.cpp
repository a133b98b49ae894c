/// \file
/// Built with ATOMOS_MODEL_ATOMICS: nothing of the library goes around the door. That it compiles shows it
/// for what counting.hpp poisons; the counts show that each thing is really used through it.
#include <gtest/gtest.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

// Last, since it poisons what the headers above are made of.
#include <atomos/atomos.hpp>

namespace {

using hazards::counted;
using hazards::Use;

/// Whether f uses a thing through the door.
template <class F>
testing::AssertionResult uses(Use use, F f) {
    const long before = counted(use);
    f();
    if (counted(use) > before) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "the count stays at " << before;
}

TEST(Door, looks_load_and_store_and_keep_order_through_it) {
    const atomos::AtomicReference<int> reference{1};
    static_cast<void>(reference.get());
    const auto look = [&] { EXPECT_EQ(reference.read([](int n) { return n; }), 1); };

    EXPECT_TRUE(uses(Use::load, look));
    EXPECT_TRUE(uses(Use::store, look));
    EXPECT_TRUE(uses(Use::light_barrier, look));
    EXPECT_TRUE(uses(Use::thread_local_object, look));
}

TEST(Door, numbers_use_each_operation_through_it) {
    atomos::AtomicLong number{6};

    EXPECT_TRUE(uses(Use::load, [&] { EXPECT_EQ(number.get(), 6); }));
    EXPECT_TRUE(uses(Use::store, [&] { number.set(7); }));
    EXPECT_TRUE(uses(Use::exchange, [&] { EXPECT_EQ(number.get_and_set(8), 7); }));
    EXPECT_TRUE(uses(Use::compare_exchange, [&] { EXPECT_TRUE(number.compare_and_set(8, 9)); }));
    EXPECT_TRUE(uses(Use::fetch_add, [&] { EXPECT_EQ(number.add_and_get(1), 10); }));
    EXPECT_TRUE(uses(Use::fetch_sub, [&] { EXPECT_EQ(number.subtract_and_get(1), 9); }));
    EXPECT_TRUE(uses(Use::fetch_and, [&] { EXPECT_EQ(number.bitwise_and_and_get(8), 8); }));
    EXPECT_TRUE(uses(Use::fetch_or, [&] { EXPECT_EQ(number.bitwise_or_and_get(1), 9); }));
    EXPECT_TRUE(uses(Use::fetch_xor, [&] { EXPECT_EQ(number.bitwise_xor_and_get(1), 8); }));
}

TEST(Door, changes_compare_and_allocate_through_it) {
    atomos::Atom<std::vector<int>> atom{{}};
    const auto change = [&] {
        std::vector<atomos::Snapshot<std::vector<int>>> kept;  // so that no node is used again
        for (int i = 0; i < 100; ++i) {
            kept.push_back(atom.deref());
            atom.swap([](std::vector<int> v) { return v; });
        }
    };

    EXPECT_TRUE(uses(Use::compare_exchange, change));
    EXPECT_TRUE(uses(Use::allocate, change));
    EXPECT_TRUE(uses(Use::fence, [&] { atomos::collect(); }));
    EXPECT_TRUE(uses(Use::deallocate, change));
}

TEST(Door, all_nodes_memory_comes_and_goes_through_it) {
    atomos::collect();
    const long allocated = counted(Use::allocate);
    const long deallocated = counted(Use::deallocate);

    std::thread([] {
        {
            atomos::Atom<std::vector<int>> atom{{}};
            atom.add_watch("k", [](const std::string&, auto&, const auto&, const auto&) {});
            atom.set_validator([](const std::vector<int>&) { return true; });
            for (int i = 0; i < 200; ++i) atom.swap([](std::vector<int> v) { return v; });
        }
        atomos::collect();
    }).join();

    const long gained = counted(Use::allocate) - allocated;
    EXPECT_GT(gained, 0);
    EXPECT_EQ(counted(Use::deallocate) - deallocated, gained);
}

TEST(Door, adders_have_their_words_through_it) {
    atomos::LongAdder adder;

    EXPECT_TRUE(uses(Use::map, [&] { std::thread([&] { adder.add(1); }).join(); }));
    EXPECT_TRUE(uses(Use::add_to_own, [&] { adder.add(1); }));
    EXPECT_EQ(adder.sum(), 2);
}

TEST(Door, views_look_through_it) {
    long owned = 1;
    const atomos::AtomicView view(owned);

    EXPECT_TRUE(uses(Use::view, [&] { EXPECT_EQ(view.increment_and_get(), 2); }));
}

TEST(Door, threads_come_and_go_through_it) {
    const auto thread = [] {
        std::thread([] { static_cast<void>(atomos::AtomicReference<int>(1).get()); }).join();
    };
    thread();

    EXPECT_GE(counted(Use::shared_object), 1);
    EXPECT_EQ(counted(Use::exit_create), 1);
    EXPECT_EQ(counted(Use::fork_handler), 1);
    EXPECT_EQ(counted(Use::register_barrier), 1);
    EXPECT_TRUE(uses(Use::exit_get, thread));
    EXPECT_TRUE(uses(Use::exit_set, thread));
    EXPECT_TRUE(uses(Use::identity, thread));
    EXPECT_TRUE(uses(Use::signals_held, thread));
}

TEST(Door, a_writer_beside_an_idle_thread_orders_through_it) {
    atomos::Atom<int> atom{1};
    std::latch attached{1};
    std::latch leave{1};
    std::thread idle([&] {
        atom.read([](int) {});
        attached.count_down();
        leave.wait();
    });
    attached.wait();
    const auto write = [&] {
        for (int i = 0; i < 1000; ++i) atom.reset(i);
    };

    EXPECT_TRUE(uses(Use::writers_barrier, write));
    EXPECT_TRUE(uses(Use::clock, write));
    EXPECT_TRUE(uses(Use::fence, write));
    leave.count_down();
    idle.join();
}

TEST(Door, waits_sleep_and_wake_through_it) {
    atomos::Atom<int> atom{1};
    const auto seen = atom.deref();

    EXPECT_TRUE(uses(Use::futex_wait, [&] {
        EXPECT_FALSE(atom.wait_for(seen, std::chrono::milliseconds(1)).has_value());
    }));
    EXPECT_TRUE(uses(Use::spin_hint, [&] {
        EXPECT_FALSE(atom.wait_for(seen, std::chrono::milliseconds(1)).has_value());
    }));
    EXPECT_TRUE(uses(Use::futex_wake, [&] {
        const long before = counted(Use::futex_wait);
        std::thread waiting([&] { EXPECT_EQ(*atom.wait(seen), 2); });
        while (counted(Use::futex_wait) == before) std::this_thread::yield();
        atom.reset(2);
        waiting.join();
    }));
}

}  // namespace
