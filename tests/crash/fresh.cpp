#include "crash/fresh.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <stdexcept>

namespace crash {
namespace {

constexpr unsigned hanging_seconds = 100;

Wrong caught(const std::function<Wrong()>& f) {
    try {
        return f();
    } catch (const std::exception& e) {
        return std::string("it throws: ") + e.what();
    } catch (...) {
        return "it throws something";
    }
}

}  // namespace

Fresh::Fresh(const std::function<Wrong()>& f) {
    child_ = fork();
    if (child_ < 0) throw std::runtime_error("fork");
    if (child_ > 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(hanging_seconds);
    const Wrong wrong = caught(f);
    const std::size_t length = std::min(wrong.size(), words_->size() - 1);
    std::copy_n(wrong.begin(), length, words_->begin());
    std::_Exit(0);
}

Fresh::~Fresh() { kill(); }

Wrong Fresh::verdict() { return verdict_of(ended()); }

Wrong Fresh::kill() {
    if (child_ < 0) return {};
    ::kill(child_, SIGKILL);
    const int status = ended();
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return {};
    const Wrong wrong = verdict_of(status);
    return wrong.empty() ? "it has ended by itself" : wrong;
}

void Fresh::await(Gate& gate) {
    while (!gate.pass_soon()) {
        siginfo_t info{};
        const bool over =
            waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == child_;
        if (!over) continue;
        if (gate.pass_soon()) return;
        throw std::runtime_error("before it opens a gate, " + verdict());
    }
}

Wrong Fresh::verdict_of(int status) const {
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) return "it hangs";
    if (WIFSIGNALED(status)) return "it is ended by signal " + std::to_string(WTERMSIG(status));
    return words_->data();
}

int Fresh::ended() {
    int status = 0;
    while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    child_ = -1;
    return status;
}

void in_a_process_that_is_killed(const std::function<void()>& f) {
    const Wrong wrong = in_a_fresh_process([&]() -> Wrong {
        f();
        kill(getpid(), SIGKILL);
        return {};
    });
    if (wrong != "it is ended by signal " + std::to_string(SIGKILL))
        throw std::runtime_error(wrong);
}

}  // namespace crash
