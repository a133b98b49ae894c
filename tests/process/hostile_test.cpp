/// \file
/// A participant who writes anything anywhere into a region, with its checks made right, while others
/// use it: they see spoilt values or typed errors, and nothing outside the region.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <atomos/process.hpp>
#include <chrono>
#include <new>
#include <string>
#include <thread>

#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "hazards/sanitizers.hpp"
#include "process/header.hpp"
#include "process/place.hpp"
#include "process/values.hpp"
#include "support/seed.hpp"

namespace {

using atomos::process::Atom;
using atomos::process::AtomicBoolean;
using atomos::process::AtomicLong;
using atomos::process::Head;
using atomos::process::Index;
using atomos::process::Region;
using atomos::process::SpanWord;
using regions::Large;
using regions::Small;

constexpr std::size_t size = 1 << 17;

class HostileTest : public regions::WithPlace {};

struct Tally {
    std::atomic<bool> over;
    std::atomic<int> rounds[2];
    std::atomic<int> refusals;
    std::atomic<int> done;
};

/// Uses everything that a region has, until it is told to stop.
class User {
  public:
    User(Tally& tally, int which) : tally_(tally), which_(which) {}

    int run() {
        while (!tally_.over) {
            tolerate([this] { use(Region::open("r", {.read_only = which_ == 1 && odd()})); });
            ++tally_.rounds[which_];
        }
        return 0;
    }

  private:
    /// Whatever is no typed error ends the process.
    template <class F>
    void tolerate(F f) {
        try {
            f();
            ++tally_.done;
        } catch (const atomos::Error&) {
            ++tally_.refusals;
        } catch (const std::bad_alloc&) {
            ++tally_.refusals;
        }
    }
    bool odd() const { return tally_.rounds[which_] % 2 != 0; }

    void use(Region region) {
        tolerate([&] {
            AtomicLong number{region, "number", 0};
            const AtomicBoolean flag{region, "flag", false};
            number.add_and_get(flag.get() ? 1 : 2);
        });
        tolerate([&] { use_atom<Small>(region, "plain", Small::of(1)); });
        tolerate([&] { use_atom<Large>(region, "large", Large::of(1)); });
        for (const std::size_t length : {0U, 10U, 100U, 3000U}) {
            tolerate([&] { use_atom<std::string>(region, "text", std::string(length, 'x')); });
        }
        tolerate([&] { AtomicLong(region, "n" + std::to_string(tally_.rounds[which_]), 1); });
        tolerate([&] {
            for (const auto& variable : region.variables()) static_cast<void>(region.raw(variable));
        });
        tolerate([&] { static_cast<void>(region.participants()); });
        tolerate([&] { static_cast<void>(region.space()); });
        tolerate([&] { region.recover(); });
    }

    template <class T>
    void use_atom(Region& region, const char* name, const T& value) {
        Atom<T> atom{region, name, value};
        for (int i = 0; i < 10; ++i) {
            const auto seen = atom.deref();
            atom.read([](const T& now) { return now; });
            if (which_ == 0) atom.reset(value);
            atom.wait_for(seen, std::chrono::microseconds(1));
        }
    }

    Tally& tally_;
    int which_;
};

/// Writes into a region's file, past every rule.
class Scribbler {
  public:
    explicit Scribbler(const regions::Place& place)
        : sound_(place.bytes("r")), facts_(regions::at<regions::RegionFacts>(sound_, 0)) {
        const int file = open(place.file("r").c_str(), O_RDWR | O_CLOEXEC);
        void* const at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        EXPECT_NE(at, MAP_FAILED);
        close(file);
        words_ = static_cast<std::uint64_t*>(at);
        while (used_ > first && word(used_ - 1) == 0) --used_;
    }
    ~Scribbler() { munmap(words_, size); }
    Scribbler(const Scribbler&) = delete;
    Scribbler& operator=(const Scribbler&) = delete;

    void scribble() { write(somewhere(), something()); }
    /// Puts all words back as they were.
    void restore() {
        for (std::size_t at = first; at < size / 8; ++at) write(at, word(at));
    }

  private:
    // The page before is checked when it is opened: that would keep everybody out.
    static constexpr std::size_t first = 4096 / 8;

    std::uint64_t word(std::size_t at) const { return regions::at<std::uint64_t>(sound_, at * 8); }
    void write(std::size_t at, std::uint64_t word) {
        std::atomic_ref(words_[at]).store(word, std::memory_order_relaxed);
    }
    std::size_t somewhere() { return first + below(used_ - first); }
    std::uint64_t below(std::uint64_t n) { return atomos::testing::below(random_, n); }

    std::uint64_t something() {
        const std::uint64_t salt = facts_.uuid[0];
        const auto place = static_cast<Index>(below(2) == 0 ? below(size / 64) : below(1U << 26U));
        switch (below(7)) {
            case 0:
                return random_();
            case 1:
                return word(somewhere());
            case 2:
                return words_[somewhere()] ^ std::uint64_t{1} << below(64);
            case 3:
                return below(4096);
            case 4:
                return atomos::process::checked(place, salt);
            case 5:
                return Head::of(place, below(20)).word;
            default:
                return SpanWord{static_cast<unsigned>(below(10)), static_cast<unsigned>(below(100)),
                                place}
                    .word(salt);
        }
    }

    regions::Bytes sound_;
    regions::RegionFacts facts_;
    std::uint64_t* words_ = nullptr;
    std::size_t used_ = size / 8;
    std::mt19937_64 random_ = atomos::testing::random_stream(2);
};

TEST_F(HostileTest, a_hostile_writer_spoils_values_and_crashes_nobody) {
    crash::Shared<Tally> tally;
    {
        auto region = Region::create("r", {.bytes = size, .limit = size, .participants = 8});
        AtomicLong{region, "number", 0};
        AtomicBoolean{region, "flag", false};
        Atom<Small>(region, "plain", Small::of(1)).reset(Small::of(2));
        Atom<Large>(region, "large", Large::of(1)).reset(Large::of(2));
        Atom<std::string>(region, "text", "t").reset("u");
    }
    Scribbler scribbler(place);
    pid_t users[2];
    for (int which = 0; which < 2; ++which) {
        users[which] = fork();
        if (users[which] != 0) continue;
        alarm(240);
        std::_Exit(User(*tally, which).run());
    }

    const int wanted = hazards::thread_sanitizer ? 600 : 3000;
    for (int round = 0; tally->rounds[0] < wanted || tally->rounds[1] < wanted; ++round) {
        for (int i = 0; i < 8; ++i) scribbler.scribble();
        if (round % 4 == 0) scribbler.restore();
        std::this_thread::yield();
        for (const pid_t user : users) {
            int status = 0;
            ASSERT_EQ(waitpid(user, &status, WNOHANG), 0) << hazards::ended_well(status);
        }
    }
    tally->over = true;

    for (const pid_t user : users) {
        int status = -1;
        waitpid(user, &status, 0);
        EXPECT_TRUE(hazards::ended_well(status));
    }
    EXPECT_GT(tally->done, 100);
    EXPECT_GT(tally->refusals, 100);
}

}  // namespace
