#pragma once

#include <alloca.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include "shared.hpp"

namespace bench {

inline constexpr unsigned most_processes = 16;

/// What the processes of one slice share beside the subject.
struct Board {
    explicit Board(unsigned processes) : start{processes} {}

    StartLine start;
    std::atomic<std::uint64_t> done{0};
    std::atomic<bool> over{false};
    std::array<Lane, most_processes> lanes{};
    std::array<char, 200> complaint{};
};

/// A child's work at another depth of the stack each time, for the reason that Alone has.
template <class Work>
[[gnu::noinline]] void deeper(unsigned turn, Work& work) {
    void* skipped = alloca(64 * (1 + turn % 64));
    asm volatile("" : : "r"(skipped) : "memory");
    work();
}

/// Processes that do one slice's work and end.
class Team {
  public:
    explicit Team(unsigned processes) : board_{processes}, processes_{processes} {}

    Board& board() { return *board_; }

    std::vector<Lane> lanes() const {
        return {board_->lanes.begin(), board_->lanes.begin() + processes_};
    }

    /// work(lane) in a forked child for each lane, on a processor of its own if there are enough.
    ///
    /// Errors   std::runtime_error: a child could not start, threw or was killed. None is left.
    template <class Work>
    void run(Work work) {
        static unsigned turn = 0;
        turn += 29;
        std::vector<pid_t> running;
        bool failed = false;
        for (unsigned lane = 0; lane < processes_ && !failed; ++lane) {
            const pid_t child = fork();
            if (child == 0) be_child(lane, turn, work);
            failed = child < 0;
            if (!failed) running.push_back(child);
        }
        if (failed) end(running);
        while (!running.empty()) {
            int status = 0;
            const pid_t ended = wait(&status);
            if (std::erase(running, ended) == 0 || status == 0) continue;
            failed = true;
            end(running);
        }
        if (!failed) return;
        const char* said = board_->complaint.data();
        throw std::runtime_error{*said == 0 ? "a process did not end well" : said};
    }

  private:
    template <class Work>
    [[noreturn]] void be_child(unsigned lane, unsigned turn, Work& work) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int status = 0;
        try {
            settle_on_processor(lane, processes_);
            auto mine = [&] { work(lane); };
            deeper(turn, mine);
        } catch (const std::exception& error) {
            std::strncpy(board_->complaint.data(), error.what(), board_->complaint.size() - 1);
            status = 1;
        }
        _exit(status);
    }

    static void end(const std::vector<pid_t>& team) {
        for (const pid_t member : team) kill(member, SIGKILL);
    }

    Shared<Board> board_;
    unsigned processes_;
};

/// The outcome of `measure`, which returns its JSON, or what it threw.
template <class Measure>
Outcome outcome_of(Measure measure) {
    try {
        return {measure(), ""};
    } catch (const std::exception& error) {
        std::string text = error.what();
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c == '"' || c == '\\' || c < ' '; },
            '\'');
        return {"", text};
    }
}

/// What a subject does in a child before it is used there.
template <class S>
void enter(S& subject) {
    if constexpr (requires { subject.enter(); }) subject.enter();
}

inline void expect_count(std::int64_t found, std::int64_t wanted) {
    if (found == wanted) return;
    throw std::runtime_error{"counted " + std::to_string(found) + ", made " +
                             std::to_string(wanted)};
}

}  // namespace bench
