#include "word_count.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <atomos/process.hpp>

#include "checks.hpp"
#include "crew.hpp"
#include "interrupt.hpp"
#include "options.hpp"
#include "report.hpp"
#include "totals.hpp"
#include "worker.hpp"

namespace tour {
namespace {

namespace process = atomos::process;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int ok = 0;
constexpr int counts_differ = 1;
constexpr int could_not_run = 2;
constexpr int ended_by_interrupt = 130;

/// A region that is gone when the tour is over.
struct Place {
    std::string name = fmt::format("tour-{}", ::getpid());
    process::Region region = process::Region::create(name);

    Place() = default;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
        try {
            process::Region::remove(name);
        } catch (const std::exception& error) {
            fmt::print(stderr, "word_count: {}\n", error.what());
        }
    }
};

std::vector<std::string> absolute(std::vector<std::string> files) {
    for (std::string& file : files) file = std::filesystem::absolute(file);
    return files;
}

/// What one process counts: each text once, as many times as it is read.
Words expected(const Plan& plan) {
    Words all;
    for (const std::string& file : plan.files) {
        for (const auto& [word, count] : words_of(text_in(file))) {
            all[word] += count * plan.readings;
        }
    }
    return all;
}

std::vector<std::pair<std::string, std::int64_t>> most_frequent(const Words& words,
                                                                std::size_t most) {
    std::vector<std::pair<std::string, std::int64_t>> sorted(words.begin(), words.end());
    const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(most, sorted.size()));
    std::partial_sort(sorted.begin(), end, sorted.end(),
                      [](const auto& one, const auto& other) { return one.second > other.second; });
    sorted.erase(end, sorted.end());
    return sorted;
}

std::string bar(std::int64_t part, std::int64_t whole, int columns) {
    const auto filled = static_cast<std::size_t>(whole == 0 ? 0 : part * columns / whole);
    return std::string(filled, '#');
}

/// The watch that hears all processes' changes. It takes its time, and is told the newest then.
class LiveLine {
  public:
    LiveLine(Board& board, const atomos::AtomicLong& killed, Report& report)
        : board_(board), killed_(killed), report_(report) {
        const auto show = [this](const std::string&, auto&, const process::Snapshot<Totals>&,
                                 const process::Snapshot<Totals>& now) { this->show(now); };
        board.totals.add_watch("live line", show, {.everyone = true});
    }
    LiveLine(const LiveLine&) = delete;
    LiveLine& operator=(const LiveLine&) = delete;
    ~LiveLine() { board_.totals.remove_watch("live line"); }

    std::int64_t calls() const { return calls_.get(); }

    /// A watch never rests on an old value: the last version comes by itself.
    std::int64_t heard_at_last(std::int64_t version) const {
        std::int64_t heard = heard_.get();
        while (heard != version && !interrupted.get()) {
            heard = heard_.wait_for(heard, 100ms).value_or(heard);
        }
        return heard;
    }

  private:
    void show(const process::Snapshot<Totals>& now) {
        const std::int64_t done = now->pieces_recorded();
        const auto all = static_cast<std::int64_t>(now->recorded.size());
        const std::chrono::duration<double> taken = steady_clock::now() - start_;
        report_.progress(fmt::format("  {:4.1f} s  [{:.<24}] {:>3} %  {:>11} words  {:>3} killed",
                                     taken.count(), bar(done, all, 24), done * 100 / all,
                                     with_commas(sum_of(now->words)), killed_.get()));
        calls_.increment_and_get();
        heard_.set(static_cast<std::int64_t>(now.version()));
        heard_.notify_all();
        if (report_.live() && done < all) std::this_thread::sleep_for(40ms);
    }

    Board& board_;
    const atomos::AtomicLong& killed_;
    Report& report_;
    const steady_clock::time_point start_ = steady_clock::now();
    atomos::AtomicLong calls_{0};
    atomos::AtomicLong heard_{1};
};

/// Lets the crew work, and kills one of them each time that so many pieces are taken.
void supervise(const WordCountOptions& options, const Plan& plan, Board& board, Crew& crew) {
    std::mt19937_64 random(options.seed);
    std::vector<std::int64_t> kill_at;
    for (int i = 0; i < options.kills; ++i) {
        kill_at.push_back(static_cast<std::int64_t>(random() % plan.pieces()));
    }
    std::sort(kill_at.begin(), kill_at.end());
    auto next = kill_at.begin();
    std::int64_t taken = 0;
    while (crew.look_after() && !interrupted.get()) {
        taken = board.taken.wait_for(taken, 10ms).value_or(taken);
        if (next != kill_at.end() && taken > *next) {
            crew.kill_one();
            ++next;
        }
    }
}

bool check(const Plan& plan, const Board& board, const Crew& crew, const LiveLine& live,
           double seconds, Report& report) {
    const Words alone = expected(plan);
    const auto totals = board.totals.deref();
    const auto changes = static_cast<std::int64_t>(totals.version()) - 1;
    const auto size = [](const Words& words) { return static_cast<std::int64_t>(words.size()); };
    const std::int64_t counted = sum_of(totals->words);
    const auto differing = std::count_if(alone.begin(), alone.end(), [&](const auto& word) {
        const auto found = totals->words.find(word.first);
        return found == totals->words.end() || found->second != word.second;
    });

    report.line();
    const auto frequent = most_frequent(totals->words, 6);
    for (const auto& [word, count] : frequent) {
        report.line(fmt::format("  {:>8.8} {:>11}  {}", word, with_commas(count),
                                bar(count, frequent.front().second, 40)));
    }
    report.line();
    report.line(fmt::format("{:.1f} s; {} words read by workers that died before recording them.",
                            seconds, with_commas(board.words_read.get() - counted)));
    report.line(fmt::format("The watch was called {} times for {} changes.",
                            with_commas(live.calls()), with_commas(changes)));
    report.line();
    return all_hold(
        {{"pieces",
          {{"in the plan", static_cast<std::int64_t>(plan.pieces())},
           {"recorded", totals->pieces_recorded()},
           {"changes of the Atom", changes},
           {"heard by the watch", live.heard_at_last(changes + 1) - 1}}},
         {"words", {{"one process", sum_of(alone)}, {"shared totals", counted}}},
         {"vocabulary", {{"one process", size(alone)}, {"shared totals", size(totals->words)}}},
         {"miscounted", {{"words with another count", differing}, {"allowed", 0}}},
         {"workers", {{"killed", crew.killed()}, {"replaced", crew.replaced()}}}},
        report);
}

int run(const WordCountOptions& options, const std::vector<std::string>& self) {
    const Plan plan{options.readings,
                    absolute(options.files.empty() ? licence_texts() : options.files)};
    for (const std::string& file : plan.files) static_cast<void>(text_in(file));
    Report report{options.plain};
    Place place;
    Board board{place.region, plan};
    report.line(fmt::format(
        "{} processes count the words of {} text{}, {} times over, into one Atom.", options.workers,
        plan.files.size(), plan.files.size() == 1 ? "" : "s", with_commas(plan.readings)));
    report.line(
        fmt::format("{} times one of them shall be killed, by SIGKILL, and replaced (seed {}).",
                    options.kills, options.seed));
    report.line(fmt::format("Meanwhile, elsewhere: atomos list {}", place.name));

    std::vector<std::string> command{"word_count"};
    command.insert(command.end(), self.begin(), self.end());
    command.insert(command.end(), {"--work-for", place.name});
    const auto start = steady_clock::now();
    atomos::AtomicLong killed{0};
    const LiveLine live{board, killed, report};
    Crew crew{options.workers, command, options.seed, killed};
    supervise(options, plan, board, crew);
    if (interrupted.get()) {
        report.line("Interrupted.");
        return ended_by_interrupt;
    }
    const std::chrono::duration<double> taken = steady_clock::now() - start;
    return check(plan, board, crew, live, taken.count(), report) ? ok : counts_differ;
}

}  // namespace

int count_words(int argc, char** argv, const std::vector<std::string>& self) {
    const WordCountParsed parsed =
        parse_word_count(argc, argv, self.empty() ? "word_count" : "atomos " + self.front());
    if (parsed.exit_status) return *parsed.exit_status;
    try {
        if (!parsed.options.work_for.empty()) {
            work_for(parsed.options.work_for);
            return ok;
        }
        catch_interrupts();
        return run(parsed.options, self);
    } catch (const std::exception& error) {
        fmt::print(stderr, "word_count: {}\n", error.what());
        return could_not_run;
    }
}

}  // namespace tour
