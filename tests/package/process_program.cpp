#include <sys/wait.h>
#include <unistd.h>

#include <atomos/process.hpp>
#include <cstdio>
#include <string>

int main() {
    auto region = atomos::process::Region::anonymous();
    atomos::process::Atom<std::string> state{region, "state", "a"};
    atomos::process::AtomicLong changes{region, "changes", 0};
    state.add_watch("count", [&](const auto&, auto&, const auto&, const auto&) {
        changes.increment_and_get();
    });

    auto before = state.deref();
    const pid_t child = fork();
    if (child == 0) {
        state.swap([](const std::string& s) { return s + "b"; });
        _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);

    const bool sound =
        status == 0 && *before == "a" && *state.deref() == "ab" && changes.get() == 1;
    std::printf("atomos between processes: %s\n", sound ? "sound" : "wrong");
    return sound ? 0 : 1;
}
