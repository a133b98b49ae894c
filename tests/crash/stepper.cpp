#include "crash/stepper.hpp"

#include <sched.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace crash {
namespace {

constexpr unsigned hanging_seconds = 600;

user_regs_struct registers(pid_t child) {
    user_regs_struct all{};
    if (ptrace(PTRACE_GETREGS, child, nullptr, &all) != 0) {
        throw std::system_error(errno, std::system_category(), "PTRACE_GETREGS");
    }
    return all;
}

/// An instruction that stops who comes to it, in the place of another one.
class Breakpoint {
  public:
    Breakpoint(pid_t child, std::uint64_t address) : child_(child), address_(address) {
        errno = 0;
        covered_ = ptrace(PTRACE_PEEKTEXT, child, address, nullptr);
        if (errno != 0) throw std::system_error(errno, std::system_category(), "PTRACE_PEEKTEXT");
        put((covered_ & ~0xffL) | 0xcc);
    }
    ~Breakpoint() { put(covered_); }
    Breakpoint(const Breakpoint&) = delete;
    Breakpoint& operator=(const Breakpoint&) = delete;

    /// Whether the child stands behind it; if so, it is moved to where it would stand without.
    bool step_back() const {
        user_regs_struct all = registers(child_);
        if (all.rip != address_ + 1) return false;
        all.rip = address_;
        return ptrace(PTRACE_SETREGS, child_, nullptr, &all) == 0;
    }

  private:
    void put(long word) const { ptrace(PTRACE_POKETEXT, child_, address_, word); }

    pid_t child_;
    std::uint64_t address_;
    long covered_;
};

}  // namespace

void stop_here() { raise(SIGSTOP); }

Stepper::Stepper(const std::function<void()>& f) {
    child_ = fork();
    if (child_ == 0) {
        if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) std::_Exit(1);
        alarm(hanging_seconds);
        try {
            f();
        } catch (...) {
            std::_Exit(2);
        }
        std::_Exit(0);
    }
    waitpid(child_, &status_, 0);
    if (!has_stopped_itself() && WIFSTOPPED(status_)) resume();
    if (!WIFSTOPPED(status_)) {
        child_ = -1;
        throw std::runtime_error("the child ends before it is stepped: status " +
                                 std::to_string(status_));
    }
    ptrace(PTRACE_SETOPTIONS, child_, nullptr, PTRACE_O_EXITKILL);
}

Stepper::~Stepper() { kill(); }

std::string Stepper::refused() {
    const pid_t child = fork();
    if (child == 0) std::_Exit(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 ? 0 : errno);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return std::string("ptrace is refused here: ") + std::strerror(WEXITSTATUS(status));
}

std::uint64_t Stepper::at() const { return registers(child_).rip; }

bool Stepper::is_at_system_call() const {
    constexpr long syscall = 0x050f;
    return (ptrace(PTRACE_PEEKTEXT, child_, at(), nullptr) & 0xffff) == syscall;
}

bool Stepper::is_alone() const {
    const std::filesystem::directory_iterator threads("/proc/" + std::to_string(child_) + "/task");
    return std::distance(begin(threads), end(threads)) == 1;
}

bool Stepper::step() { return go(PTRACE_SINGLESTEP); }

bool Stepper::has_stopped_itself() const noexcept {
    return WIFSTOPPED(status_) && WSTOPSIG(status_) == SIGSTOP;
}

bool Stepper::resume() {
    while (go(PTRACE_CONT)) {
        if (has_stopped_itself()) return true;
    }
    return false;
}

bool Stepper::run_to(std::uint64_t address) {
    if (at() == address) return true;
    const Breakpoint breakpoint(child_, address);
    return go(PTRACE_CONT) && WSTOPSIG(status_) == SIGTRAP && breakpoint.step_back();
}

void Stepper::kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    waitpid(child_, &status_, 0);
    while (WIFSTOPPED(status_)) waitpid(child_, &status_, 0);
    child_ = -1;
}

/// A signal that is neither a trap nor the child's own stop is passed on to it.
bool Stepper::go(int request) {
    if (child_ <= 0) return false;
    const int signal = WSTOPSIG(status_);
    const long passed_on = signal == SIGTRAP || signal == SIGSTOP ? 0 : signal;
    if (ptrace(static_cast<__ptrace_request>(request), child_, nullptr, passed_on) != 0) {
        throw std::system_error(errno, std::system_category(), "ptrace");
    }
    waitpid(child_, &status_, 0);
    if (WIFSTOPPED(status_)) return true;
    child_ = -1;
    if (WIFSIGNALED(status_)) {
        throw std::runtime_error("the stepped child is ended by signal " +
                                 std::to_string(WTERMSIG(status_)));
    }
    return false;
}

void Trail::add(std::uint64_t address) {
    const bool is_new = seen_.insert(address).second;
    last_new_.push_back(is_new ? addresses_.size() : last_new_.back());
    addresses_.push_back(address);
}

bool Trail::lead(Stepper& stepper, std::size_t n) const {
    if (n >= addresses_.size()) return false;
    const std::size_t jump = stepper.is_alone() ? last_new_[n] : 0;
    if (!stepper.run_to(addresses_[jump])) return false;
    for (std::size_t i = jump; i < n; ++i) {
        if (!stepper.step()) return false;
    }
    return stepper.at() == addresses_[n];
}

OneCore::OneCore() : before_(sizeof(cpu_set_t)) {
    auto* const before = reinterpret_cast<cpu_set_t*>(before_.data());
    if (sched_getaffinity(0, sizeof(cpu_set_t), before) != 0) before_.clear();
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(sched_getcpu()), &one);
    sched_setaffinity(0, sizeof(one), &one);
}

OneCore::~OneCore() {
    if (before_.empty()) return;
    sched_setaffinity(0, sizeof(cpu_set_t), reinterpret_cast<const cpu_set_t*>(before_.data()));
}

}  // namespace crash
