#include <atomos/atomos.hpp>
#include <cstdio>
#include <string>
#include <thread>

int main() {
    atomos::Atom<std::string> state{"a"};
    atomos::AtomicLong changes{0};
    state.add_watch("count", [&](const auto&, auto&, const auto&, const auto&) {
        changes.increment_and_get();
    });

    auto before = state.deref();
    std::thread other{[&] { state.swap([](const std::string& s) { return s + "b"; }); }};
    other.join();

    const bool sound = *before == "a" && *state.deref() == "ab" && changes.get() == 1;
    std::printf("atomos %s: %s\n", ATOMOS_VERSION_STRING, sound ? "sound" : "wrong");
    return sound ? 0 : 1;
}
