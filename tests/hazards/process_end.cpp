/// \file
/// process_end MODE: a program that ends in one of several ways while atoms are in use. Its exit status is
/// 0 if all went well; LeakSanitizer, where it is, looks for what was left behind.
#include <unistd.h>
#include <atomos/atomos.hpp>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "hazards/live.hpp"

namespace {

using atomos::Atom;
using hazards::Live;
using hazards::next;
using Snapshot = Atom<Live>::Snapshot;

void insist(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "process_end: %s\n", what);
    _exit(1);
}

/// Uses atoms when it is destroyed, at the very end of the process.
struct AtTheEnd {
    explicit AtTheEnd(Atom<Live>& atom) : used(atom) {}
    ~AtTheEnd() {
        if (!armed) return;
        const long before = used.deref()->number();
        insist(used.swap(next)->number() == before + 1, "a change at the end was lost");
        insist(!kept || kept->whole(), "a snapshot was destroyed under its holder");
        kept = {};
        std::thread([&] { used.swap(next); }).join();
        insist(used.read([](const Live& v) { return v.number(); }) == before + 2,
               "a look at the end");
    }
    Atom<Live>& used;
    Snapshot kept{};
    bool armed = false;
};

// Destroyed from the last to the first: a snapshot outlives its atom, and a destructor uses another atom.
Snapshot outlives_its_atom;
Atom<Live> destroyed_last{Live{0}};
AtTheEnd uses_an_atom{destroyed_last};
Atom<Live> destroyed_first{Live{0}};

/// Never destroyed, for threads that are still busy at the end.
Atom<Live>& immortal() {
    static auto* const atom = new Atom<Live>{Live{0}};
    return *atom;
}

void start_busy_threads() {
    static auto* const started = new std::latch{3};
    for (int i = 0; i < 3; ++i) {
        std::thread([i] {
            const Snapshot kept = immortal().deref();
            started->count_down();
            for (;;) {
                if (i == 0) immortal().swap(next);
                const Snapshot now = immortal().deref();
                insist(now->whole() && kept->whole(), "a value was destroyed under its reader");
            }
        }).detach();
    }
    started->wait();
}

int end_with_values_waiting() {
    static auto* const attached = new std::latch{2};
    static auto* const never = new std::latch{1};
    for (int i = 0; i < 2; ++i) {
        std::thread([] {
            const Snapshot held_for_ever = immortal().deref();
            attached->count_down();
            never->wait();
        }).detach();
    }
    attached->wait();
    for (int i = 0; i < 100; ++i) {
        immortal().swap(next);
        destroyed_last.swap(next);
    }
    return 0;
}

int end_with_static_atoms() {
    uses_an_atom.armed = true;
    uses_an_atom.kept = destroyed_first.deref();
    outlives_its_atom = destroyed_last.deref();
    destroyed_first.swap(next);
    destroyed_last.swap(next);
    return 0;
}

[[noreturn]] void exit_from_a_thread() {
    start_busy_threads();
    uses_an_atom.armed = true;
    std::thread([] {
        uses_an_atom.kept = immortal().deref();
        std::exit(0);
    }).join();
    std::abort();
}

[[noreturn]] void exit_quickly() {
    start_busy_threads();
    std::at_quick_exit([] {
        const Snapshot kept = immortal().deref();
        immortal().swap(next);
        insist(kept->whole(), "a value was destroyed under its reader");
    });
    std::quick_exit(0);
}

int use_atoms_in_an_exit_handler() {
    std::atexit([] {
        static Atom<Live> made_at_the_end{Live{0}};
        std::thread([] { made_at_the_end.swap(next); }).join();
        insist(made_at_the_end.deref()->number() == 1, "a change in an exit handler was lost");
    });
    return 0;
}

int meet_atoms_only_at_the_end() {
    std::atexit(
        [] { insist(Atom<int>(3).swap([](int n) { return n + 1; }).get() == 4, "first use"); });
    return 0;
}

int end_while_threads_work() {
    start_busy_threads();
    return end_with_static_atoms();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view mode = argc > 1 ? argv[1] : "";
    if (mode == "values_waiting") return end_with_values_waiting();
    if (mode == "static_atoms") return end_with_static_atoms();
    if (mode == "exit_from_a_thread") exit_from_a_thread();
    if (mode == "quick_exit") exit_quickly();
    if (mode == "exit_handler") return use_atoms_in_an_exit_handler();
    if (mode == "first_use_at_the_end") return meet_atoms_only_at_the_end();
    if (mode == "threads_at_work") return end_while_threads_work();
    if (mode == "a_leak") {
        static_cast<void>(new Live);
        return 0;
    }
    std::fprintf(stderr, "usage: process_end MODE\n");
    return 2;
}
