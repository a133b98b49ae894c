#include "crash/storm.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <numeric>

#include "support/seed.hpp"

namespace crash {
namespace {

namespace process = atomos::process;
using atomos::testing::below;
using process::Region;
using namespace std::chrono_literals;

constexpr const char* name = "storm";
constexpr unsigned hanging_seconds = 100;

std::string text_of(std::uint64_t random) {
    static constexpr std::array<std::size_t, 3> lengths{20, 300, 1500};
    return std::string(lengths[random % 3], static_cast<char>('a' + random / 3 % 26));
}

bool whole(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [&](char c) { return c == text[0]; });
}

}  // namespace

bool Ledger::whole() const {
    const auto same = [this](std::uint64_t copy) { return copy == total; };
    return std::accumulate(of.begin(), of.end(), std::uint64_t{0}) == total &&
           std::all_of(copies.begin(), copies.end(), same);
}

Ledger Ledger::plus_one(std::size_t worker) const {
    Ledger next = *this;
    ++next.of[worker];
    next.copies.fill(++next.total);
    return next;
}

/// What one worker does until it is told to stop, or killed.
class Storm::Worker {
  public:
    Worker(Board& board, std::size_t number, std::uint64_t stream)
        : board_(board),
          number_(number),
          random_(atomos::testing::random_stream(stream)),
          region_(Region::open(name)),
          count_(region_, "count", 0),
          ledger_(region_, "ledger", {}),
          text_(region_, "text", "") {}

    Wrong work() {
        for (std::uint64_t i = 0; !board_.stop.load(std::memory_order_relaxed); ++i) {
            if (i % 256 == 0) alarm(hanging_seconds);
            if (Wrong wrong = one_of_many(); !wrong.empty()) return wrong;
        }
        return {};
    }

  private:
    Wrong one_of_many() {
        switch (below(random_, 16)) {
            case 0:
            case 1:
            case 2:
                return add();
            case 3:
            case 4:
            case 5:
                return swap();
            case 6:
            case 7:
                return compare_and_set();
            case 8:
            case 9:
                text_.reset(text_of(random_()));
                return {};
            case 10:
                ledger_.wait_for(ledger_.deref(), 100us);
                return {};
            case 11:
                return seldom();
            default:
                return look();
        }
    }

    Wrong add() {
        count_.add_and_get(1);
        acknowledge(own().adds);
        return {};
    }

    Wrong swap() {
        ledger_.swap([this](const Ledger& ledger) { return ledger.plus_one(number_); });
        acknowledge(own().swaps);
        return {};
    }

    Wrong compare_and_set() {
        const auto seen = ledger_.deref();
        if (ledger_.compare_and_set(seen, seen->plus_one(number_))) acknowledge(own().swaps);
        return {};
    }

    Wrong look() {
        const auto seen = ledger_.deref();
        if (!seen->whole()) return "the ledger is torn";
        if (!ledger_.read([](const Ledger& ledger) { return ledger.whole(); })) {
            return "the ledger that is read is torn";
        }
        if (seen->of[number_] < own().swaps.load()) return "an acknowledged swap is gone";
        return whole(*text_.deref()) ? "" : "the text is torn";
    }

    Wrong seldom() {
        switch (below(random_, 8)) {
            case 0:
                region_.recover();
                return {};
            case 1:
                process::AtomicLong(region_, "number/" + std::to_string(below(random_, 20)), 7);
                return {};
            case 2:
                ledger_.add_watch("storm", [](auto&&...) {}, {.everyone = true});
                return {};
            case 3:
                ledger_.remove_watch("storm");
                return {};
            default:
                return {};
        }
    }

    Acknowledged& own() const { return board_.acknowledged[number_]; }

    static void acknowledge(std::atomic<std::uint64_t>& what) {
        what.store(what.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }

    Board& board_;
    std::size_t number_;
    std::mt19937_64 random_;
    Region region_;
    process::AtomicLong count_;
    process::Atom<Ledger> ledger_;
    process::Atom<std::string> text_;
};

Storm::Storm() : random_(atomos::testing::random_stream(0)) {
    directory_.enter();
    in_a_process_that_is_killed([] {
        Region::create(name, {.bytes = 64 << 10U, .limit = 512 << 10U, .participants = 16});
    });
    for (std::size_t worker = 0; worker < workers_.size(); ++worker) start(worker);
}

Wrong Storm::kill_one_by_one(long kills) {
    for (long i = 0; i < kills; ++i) {
        pause();
        const std::size_t worker = below(random_, workers_.size());
        if (Wrong wrong = kill(worker); !wrong.empty()) return wrong;
        start(worker);
    }
    return {};
}

Wrong Storm::kill_all(long kills) {
    for (long i = 0; i < kills; i += static_cast<long>(workers_.size())) {
        pause();
        for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
            if (Wrong wrong = kill(worker); !wrong.empty()) return wrong;
        }
        for (std::size_t worker = 0; worker < workers_.size(); ++worker) start(worker);
    }
    return {};
}

Wrong Storm::settle() {
    board_->stop.store(true);
    for (const auto& worker : workers_) {
        if (Wrong wrong = worker->verdict(); !wrong.empty()) return "a worker: " + wrong;
    }
    return in_a_fresh_process([this] { return compare(); });
}

std::string Storm::report() const {
    std::uint64_t adds = 0;
    std::uint64_t swaps = 0;
    for (const Acknowledged& one : board_->acknowledged) {
        adds += one.adds.load();
        swaps += one.swaps.load();
    }
    return std::to_string(std::accumulate(kills_.begin(), kills_.end(), std::uint64_t{0})) +
           " kills, " + std::to_string(adds) + " adds, " + std::to_string(swaps) + " swaps";
}

void Storm::start(std::size_t worker) {
    workers_[worker] = std::make_unique<Fresh>(
        [this, worker] { return Worker(*board_, worker, started_ + 1).work(); });
    ++started_;
}

/// One that had ended by itself has found something.
Wrong Storm::kill(std::size_t worker) {
    const Wrong wrong = workers_[worker]->kill();
    if (!wrong.empty()) return "a worker: " + wrong;
    ++kills_[worker];
    return {};
}

Wrong Storm::compare() const {
    Region region = Region::open(name);
    const Ledger ledger = *process::Atom<Ledger>(region, "ledger", {}).deref();
    if (!ledger.whole()) return "the ledger is torn";
    std::uint64_t adds = 0;
    std::uint64_t kills = 0;
    for (std::size_t worker = 0; worker < kills_.size(); ++worker) {
        const std::uint64_t swaps = board_->acknowledged[worker].swaps.load();
        if (ledger.of[worker] < swaps || ledger.of[worker] > swaps + kills_[worker]) {
            return std::to_string(swaps) + " swaps acknowledged, " +
                   std::to_string(kills_[worker]) + " kills, " + std::to_string(ledger.of[worker]) +
                   " swaps done";
        }
        adds += board_->acknowledged[worker].adds.load();
        kills += kills_[worker];
    }
    const auto count = static_cast<std::uint64_t>(process::AtomicLong(region, "count", 0).get());
    if (count < adds || count > adds + kills) {
        return std::to_string(adds) + " adds acknowledged, " + std::to_string(kills) + " kills, " +
               std::to_string(count) + " adds done";
    }
    region.recover();
    const process::Space space = region.space();
    if (space.left != 0) return std::to_string(space.left) + " bytes are left by the dead";
    const bool all =
        space.fixed + space.live + space.owned + space.unowned + space.untouched == space.bytes;
    return all ? "" : "some bytes are nowhere";
}

/// Up to two milliseconds.
void Storm::pause() {
    const timespec span{0, static_cast<long>(below(random_, 2'000'000))};
    nanosleep(&span, nullptr);
}

}  // namespace crash
