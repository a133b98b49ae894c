#include "crew.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace tour {

Crew::Crew(int workers, std::vector<std::string> command, std::uint64_t seed,
           atomos::AtomicLong& killed)
    : command_(std::move(command)), random_(seed), killed_(killed) {
    for (int i = 0; i < workers; ++i) workers_.push_back(start());
}

Crew::~Crew() {
    for (const pid_t pid : workers_) {
        if (pid == 0) continue;
        ::kill(pid, SIGKILL);
        while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
}

void Crew::kill_one() {
    std::vector<pid_t*> working;
    for (pid_t& pid : workers_) {
        if (pid != 0) working.push_back(&pid);
    }
    if (working.empty()) return;
    pid_t& victim = *working[random_() % working.size()];
    std::this_thread::sleep_for(std::chrono::microseconds(random_() % 2000));
    ::kill(victim, SIGKILL);
    look_after(victim, 0);
}

bool Crew::look_after() {
    bool anybody = false;
    for (pid_t& pid : workers_) {
        if (pid != 0) look_after(pid, WNOHANG);
        anybody = anybody || pid != 0;
    }
    return anybody;
}

void Crew::look_after(pid_t& worker, int options) {
    int status = 0;
    pid_t ended = 0;
    do {
        ended = ::waitpid(worker, &status, options);
    } while (ended < 0 && errno == EINTR);
    if (ended != worker) return;
    worker = 0;
    if (WIFSIGNALED(status)) {
        killed_.increment_and_get();
        worker = start();
        replaced_ += 1;
    } else if (WEXITSTATUS(status) != 0) {
        throw std::runtime_error("a worker ended with status " +
                                 std::to_string(WEXITSTATUS(status)));
    }
}

pid_t Crew::start() {
    std::vector<std::string> words = command_;
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t pid = 0;
    const int error =
        ::posix_spawn(&pid, "/proc/self/exe", nullptr, nullptr, arguments.data(), environ);
    if (error != 0) {
        throw std::runtime_error("starting a worker: " + std::generic_category().message(error));
    }
    return pid;
}

}  // namespace tour
