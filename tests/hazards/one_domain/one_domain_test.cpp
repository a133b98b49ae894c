/// \file
/// One domain a process: an atom that is made in one library, read in a second and swapped in the program,
/// however the libraries were built and loaded.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <atomic>
#include <atomos/atomos.hpp>
#include <filesystem>
#include <latch>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "hazards/child.hpp"
#include "hazards/one_domain/room.hpp"
#include "hazards/sanitizers.hpp"
#include "hazards/threads.hpp"

namespace {

using hazards::BusyThreads;
using hazards::Counters;
using hazards::number_of;
using hazards::Room;
using hazards::Shared;
using hazards::SharedAtom;

/// A library that stays loaded.
class Library {
  public:
    explicit Library(const std::string& name, int scope = RTLD_LOCAL)
        : handle_(dlopen(path(name).c_str(), RTLD_NOW | scope)) {
        if (handle_ == nullptr) return;
        const auto room = reinterpret_cast<const Room* (*)()>(dlsym(handle_, "atomos_test_room"));
        if (room != nullptr) room_ = room();
    }
    const Room* operator->() const { return room_; }
    explicit operator bool() const { return room_ != nullptr; }
    void close() { dlclose(handle_); }

    static std::string path(const std::string& name) {
        return std::string(ATOMOS_TEST_ROOMS) + "/libroom_" + name + ".so";
    }
    static bool built(const std::string& name) { return std::filesystem::exists(path(name)); }
    static bool loaded(const std::string& name) {
        void* const handle = dlopen(path(name).c_str(), RTLD_NOW | RTLD_NOLOAD);
        if (handle != nullptr) dlclose(handle);
        return handle != nullptr;
    }

  private:
    void* handle_;
    const Room* room_ = nullptr;
};

void swap_here(SharedAtom& atom) {
    atom.swap([](const Shared& value) { return Shared(value.number + 1); });
}

struct Two {
    std::string first;
    std::string second;
};
void PrintTo(const Two& two, std::ostream* out) { *out << two.first << " and " << two.second; }

/// The first is loaded with RTLD_LOCAL, the second with RTLD_GLOBAL.
class TwoLibraries : public testing::TestWithParam<Two> {
  protected:
    void SetUp() override {
        for (const std::string& name : {GetParam().first, GetParam().second}) {
            if (!Library::built(name)) GTEST_SKIP() << "this build has no library " << name;
        }
        ASSERT_TRUE(first = Library(GetParam().first)) << dlerror();
        ASSERT_TRUE(second = Library(GetParam().second, RTLD_GLOBAL)) << dlerror();
    }
    Library first{"none"};
    Library second{"none"};
};

TEST_P(TwoLibraries, and_the_program_share_one_domain_whoever_comes_first) {
    const auto agree = [&](int turn) {
        const void* seen[3];
        for (int i = 0; i < 3; ++i) {
            const int who = (turn + i) % 3;
            seen[who] = who == 0   ? first->domain()
                        : who == 1 ? second->domain()
                                   : static_cast<const void*>(&atomos::detail::domain());
        }
        return seen[0] != nullptr && seen[0] == seen[1] && seen[1] == seen[2];
    };

    for (int turn = 0; turn < 3; ++turn) {
        EXPECT_TRUE(
            hazards::ended_well(hazards::status_of_child([&] { return agree(turn) ? 0 : 1; })));
    }
}

TEST_P(TwoLibraries, settle_on_one_domain_when_all_start_at_once) {
    if (hazards::thread_sanitizer) GTEST_SKIP() << "threads in a fork's child";
    for (int round = 0; round < 20; ++round) {
        EXPECT_TRUE(hazards::ended_well(hazards::status_of_child([&] {
            const void* seen[3] = {};
            std::latch all{3};
            std::vector<std::thread> threads;
            for (int who = 0; who < 3; ++who) {
                threads.emplace_back([&, who] {
                    all.arrive_and_wait();
                    seen[who] = who == 0   ? first->domain()
                                : who == 1 ? second->domain()
                                           : static_cast<const void*>(&atomos::detail::domain());
                });
            }
            for (auto& thread : threads) thread.join();
            return seen[0] != nullptr && seen[0] == seen[1] && seen[1] == seen[2] ? 0 : 1;
        })));
    }
}

TEST_P(TwoLibraries, keep_alive_while_reading_what_the_program_replaces) {
    SharedAtom* const atom = first->make(7);

    for (const Library& reader : {first, second}) {
        const long before = reader->read(atom);
        const long seen = reader->read_during(
            atom,
            [](void* data) {
                for (int i = 0; i < 1000; ++i) swap_here(*static_cast<SharedAtom*>(data));
                atomos::collect();
            },
            atom);
        EXPECT_EQ(seen, before);
    }

    second->unmake(atom);
}

TEST_P(TwoLibraries, keep_alive_on_other_threads_what_the_program_replaces) {
    SharedAtom* const atom = first->make(0);
    std::atomic<long> torn{0};
    long swaps = 0;

    {
        const BusyThreads reading(3, [&](int i) {
            const Library& library = i == 0 ? first : second;
            auto* const held = library->hold(atom);
            torn += library->read(atom) < 0;
            torn += library->look(held) < 0;
            (i == 0 ? second : first)->drop(held);
        });
        std::thread also_swapping([&] {
            for (int i = 0; i < 5000; ++i) second->swap(atom);
        });
        for (; swaps < 5000; ++swaps) swap_here(*atom);
        also_swapping.join();
    }

    EXPECT_EQ(torn.load(), 0);
    EXPECT_EQ(atom->read(number_of), 10'000);
    first->unmake(atom);
    EXPECT_EQ(atomos::collect(), 0U);
}

TEST_P(TwoLibraries, and_the_program_add_to_the_same_counters_whoever_made_them) {
    constexpr long adds = 2000;
    Counters here;
    Counters* const by_first = first->make_counters();
    Counters* const by_second = second->make_counters();
    for (Counters* const counters : {&here, by_first, by_second}) {
        std::vector<std::thread> threads;
        const auto add = [&](void (*to)(Counters*, long)) {
            threads.emplace_back([=] {
                for (long i = 0; i < adds; ++i) to(counters, 1);
            });
        };

        add(first->add);
        add(second->add);
        add([](Counters* to, long n) { to->add(n); });
        // One thread adds by all three copies of the code.
        threads.emplace_back([&] {
            for (long i = 0; i < adds; ++i) {
                first->add(counters, 1);
                counters->add(1);
                second->add(counters, 1);
            }
        });
        for (auto& thread : threads) thread.join();

        EXPECT_EQ(second->drain(counters), 6 * adds);
        EXPECT_EQ(first->drain(counters), 0);
        first->add(counters, 4);
        EXPECT_EQ(counters->drain(), 4);
    }
    second->unmake_counters(by_first);
    first->unmake_counters(by_second);
}

TEST_P(TwoLibraries, may_use_atoms_in_destructors_of_validators) {
    SharedAtom* const atom = first->make(0);

    EXPECT_EQ(first->replace_validators(atom), 10);
    EXPECT_EQ(second->replace_validators(atom), 10);

    first->unmake(atom);
}

INSTANTIATE_TEST_SUITE_P(
    Built, TwoLibraries,
    testing::Values(Two{"hidden", "other_compiler"}, Two{"other_compiler", "hidden"},
                    Two{"version_script", "default"}, Two{"symbolic", "default"},
                    Two{"default", "other_compiler"}, Two{"no_rtti", "hidden"},
                    Two{"stripped_of_symbols", "sections_collected"}),
    [](const auto& two) { return two.param.first + "_and_" + two.param.second; });

TEST(ClosedLibrary, whose_code_values_still_need_stays) {
    SharedAtom* atom = nullptr;
    SharedAtom::Snapshot kept;
    {
        Library library("hidden");
        ASSERT_TRUE(library);
        atom = library->make(1);
        for (int i = 0; i < 5; ++i) library->swap(atom);
        kept = atom->deref();
        std::thread([&] { library->swap(atom); }).join();

        library.close();
    }

    swap_here(*atom);
    EXPECT_EQ(kept->number, 6);
    kept = {};
    delete atom;
    EXPECT_EQ(atomos::collect(), 0U);
    EXPECT_TRUE(Library::loaded("hidden"));
}

TEST(ClosedLibrary, that_used_no_atom_goes) {
    Library library("hidden");
    ASSERT_TRUE(library);

    library.close();

    EXPECT_FALSE(Library::loaded("hidden"));
}

TEST(Library, whose_note_was_stripped_is_refused_with_Unavailable) {
    if (!Library::built("without_note")) GTEST_SKIP() << "this build has no library without_note";
    const Library library("without_note");
    ASSERT_TRUE(library);

    EXPECT_EQ(library->domain(), nullptr);
    EXPECT_EQ(library->make(1), nullptr);
    EXPECT_EQ(library->make_counters(), nullptr);
    SharedAtom here{Shared(1)};
    swap_here(here);
    EXPECT_EQ(library->domain(), nullptr);
}

TEST(Library, that_is_loaded_again_after_it_went_finds_the_same_domain) {
    const void* const here = &atomos::detail::domain();

    for (int i = 0; i < 3; ++i) {
        Library library("default");
        ASSERT_TRUE(library);
        EXPECT_EQ(library->domain(), here);
        library.close();
    }
}

}  // namespace
