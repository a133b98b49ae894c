/// \file
/// What becomes of a process that takes part in a region: it becomes another program, starts one, is
/// stopped for a while, or lives in a pid namespace of its own.
#include <gtest/gtest.h>
#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <atomos/process.hpp>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

#include "crash/directory.hpp"
#include "crash/fresh.hpp"
#include "crash/wide.hpp"
#include "hazards/threads.hpp"

namespace {

namespace process = atomos::process;
using crash::Fresh;
using crash::Gate;
using crash::in_a_fresh_process;
using crash::Shared;
using crash::Wide;
using crash::Wrong;
using process::Region;

constexpr const char* other_program = "--other-program";

Wide next(const Wide& value) { return Wide::of(value.number() + 1); }

struct Room {
    Region region;
    process::Atom<Wide> state{region, "state", Wide::of(0)};
    process::AtomicULong count{region, "count", 0};

    explicit Room(Region opened = Region::open("life")) : region(std::move(opened)) {}

    void work(int times) {
        for (int i = 0; i < times; ++i) {
            state.swap(next);
            count.increment_and_get();
        }
    }

    std::ptrdiff_t alive() const {
        const auto all = region.participants();
        return std::count_if(all.begin(), all.end(),
                             [](const process::Participant& one) { return one.alive; });
    }
};

/// How many of this process's descriptors lead to a region.
int region_descriptors() {
    int found = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
        found += target.find("atomos-") != std::string::npos ? 1 : 0;
    }
    return found;
}

/// The other program: works in a region by name, or by descriptor. Its exit status is 0 if all was well.
int run_other_program(std::string_view descriptor) {
    alarm(100);
    if (descriptor.empty() && region_descriptors() != 0) return 1;
    Room room(descriptor.empty() ? Region::open("life")
                                 : Region::from_descriptor(std::stoi(std::string(descriptor))));
    room.work(10);
    return room.state.deref()->whole() ? 0 : 2;
}

std::array<char*, 4> arguments(std::string& descriptor) {
    static std::string program = "/proc/self/exe";
    static std::string option = other_program;
    return {program.data(), option.data(), descriptor.data(), nullptr};
}

int spawn(std::string descriptor) {
    pid_t child = -1;
    const auto all = arguments(descriptor);
    if (posix_spawn(&child, all[0], nullptr, nullptr, all.data(), environ) != 0) return -1;
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class ParticipantLife : public testing::Test {
  protected:
    void SetUp() override { directory_.enter(); }

    static Region make() { return Region::create("life", {.bytes = 64 << 10U}); }

  private:
    crash::Directory directory_;
};

TEST_F(ParticipantLife, a_process_that_becomes_another_program_takes_part_no_more) {
    Room room(make());
    room.work(1);
    const Shared<Gate> joined;
    const Shared<Gate> go;
    Fresh becoming([&]() -> Wrong {
        Room its;
        its.work(5);
        joined->open();
        go->pass();
        std::string none;
        execv("/proc/self/exe", arguments(none).data());
        return "it did not become another program";
    });
    becoming.await(*joined);
    EXPECT_EQ(room.alive(), 2);

    go->open();

    EXPECT_EQ(becoming.verdict(), "");
    EXPECT_EQ(room.count.get(), 16U);
    EXPECT_EQ(room.alive(), 1);
    room.region.recover();
    EXPECT_EQ(room.region.space().left, 0U);
}

TEST_F(ParticipantLife, another_program_is_spawned_beside_working_threads) {
    Room room(make());
    std::atomic<std::uint64_t> swaps{0};
    {
        const hazards::BusyThreads working(2, [&](int) {
            room.state.swap(next);
            swaps.fetch_add(1);
        });

        for (int i = 0; i < 10; ++i) ASSERT_EQ(spawn(""), 0);
    }

    EXPECT_EQ(room.count.get(), 100U);
    EXPECT_EQ(room.state.deref()->number(), swaps.load() + 100U);
}

TEST_F(ParticipantLife, a_descriptor_that_another_program_inherits_is_its_region) {
    Room room(Region::anonymous({.bytes = 64 << 10U}));
    room.work(1);
    const int inherited = dup(room.region.descriptor());

    EXPECT_EQ(spawn(std::to_string(inherited)), 0);

    close(inherited);
    EXPECT_EQ(room.count.get(), 11U);
    room.work(1);
    EXPECT_EQ(room.state.deref()->number(), 12U);
}

TEST_F(ParticipantLife, a_process_that_was_stopped_goes_on_where_it_was) {
    struct Board {
        Gate begun;
        std::atomic<std::uint64_t> acknowledged{0};
        std::atomic<bool> stop{false};
    };
    Room room(make());
    const Shared<Board> board;
    Fresh worker([&]() -> Wrong {
        Room its;
        its.work(1);
        board->begun.open();
        while (!board->stop.load()) {
            its.work(1);
            board->acknowledged.fetch_add(1);
        }
        return its.state.deref()->whole() ? "" : "the state is torn";
    });
    worker.await(board->begun);

    for (int round = 0; round < 30; ++round) {
        const auto before = board->acknowledged.load();
        while (board->acknowledged.load() == before) std::this_thread::yield();
        kill(worker.pid(), SIGSTOP);
        waitpid(worker.pid(), nullptr, WUNTRACED);
        room.work(100);
        EXPECT_EQ(room.region.recover().participants, 0U);
        EXPECT_EQ(room.alive(), 2);
        kill(worker.pid(), SIGCONT);
    }
    board->stop.store(true);

    EXPECT_EQ(worker.verdict(), "");
    EXPECT_EQ(room.count.get(), 3000U + 1U + board->acknowledged.load());
    EXPECT_EQ(room.state.deref()->number(), 3000U + 1U + board->acknowledged.load());
}

TEST_F(ParticipantLife, processes_of_the_same_pid_in_two_namespaces_are_two) {
    const bool permitted = in_a_fresh_process([] {
                               return unshare(CLONE_NEWPID) == 0 ? Wrong() : Wrong("refused");
                           }).empty();
    if (!permitted) GTEST_SKIP() << "another pid namespace is refused here";
    Room room(make());
    room.work(1);
    struct Board {
        std::array<Gate, 2> joined;
        std::array<Gate, 2> leave;
    };
    const Shared<Board> board;
    const auto first_of_a_namespace = [&](std::size_t which) {
        return [&, which]() -> Wrong {
            if (unshare(CLONE_NEWPID) != 0) return "refused";
            return in_a_fresh_process([&]() -> Wrong {
                if (getpid() != 1) return "it is not the first";
                Room its;
                its.work(10);
                board->joined[which].open();
                board->leave[which].pass();
                its.work(10);
                return {};
            });
        };
    };
    Fresh killed(first_of_a_namespace(0));
    Fresh living(first_of_a_namespace(1));
    killed.await(board->joined[0]);
    living.await(board->joined[1]);
    EXPECT_EQ(room.alive(), 3);

    EXPECT_EQ(killed.kill(), "");
    while (room.alive() != 2) std::this_thread::yield();

    room.region.recover();
    EXPECT_EQ(room.region.space().left, 0U);
    board->leave[1].open();
    EXPECT_EQ(living.verdict(), "");
    EXPECT_EQ(room.count.get(), 31U);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == other_program) return run_other_program(argv[2]);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
