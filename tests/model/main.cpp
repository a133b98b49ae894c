/// \file
/// Runs the programs of one scenario file: main [--seed N] [--executions N] [--program TEXT]
/// [--expect KIND[,KIND]] [--replay N]
///
/// Without --expect all executions have to be in order. With it (in a mutant's build) one has to fail in
/// one of these ways. --replay shows the events of one execution.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "model/scheduler.hpp"

namespace {

struct Options {
    std::uint64_t seed = 1;
    std::uint64_t executions = 10'000;
    std::string program;
    std::string expect;
    bool replay = false;
    std::uint64_t which = 0;
};

Options parse(int argc, char** argv) {
    Options o;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const char* const value = argv[i + 1];
        if (name == "--seed") {
            o.seed = std::strtoull(value, nullptr, 10);
        } else if (name == "--executions") {
            o.executions = std::strtoull(value, nullptr, 10);
        } else if (name == "--program") {
            o.program = value;
        } else if (name == "--expect") {
            o.expect = value;
        } else if (name == "--replay") {
            o.replay = true;
            o.which = std::strtoull(value, nullptr, 10);
        } else {
            argc = -1;
        }
    }
    if (argc % 2 == 0 || argc < 0) {
        std::fprintf(stderr,
                     "%s: what is given? [--seed N] [--executions N] [--program TEXT] "
                     "[--expect KIND,KIND] [--replay N]\n",
                     argv[0]);
        std::exit(2);
    }
    return o;
}

bool is_expected(const std::string& kinds, model::Failure failure) {
    return ("," + kinds + ",").find(std::string(",") + name(failure) + ",") != std::string::npos;
}

void show(const model::Program& program, const Options& o, std::uint64_t n) {
    const model::Found again = run(program, model::seed_of(o.seed, n), true);
    std::printf("%s%s: %s\n", again.trace.c_str(), name(again.failure), again.text.c_str());
}

/// The execution that failed, or the number of executions.
std::uint64_t explore(const model::Program& program, const Options& o, model::Found& found) {
    std::uint64_t n = 0;
    while (n < o.executions) {
        found = run(program, model::seed_of(o.seed, n));
        if (found.failure != model::Failure::none) break;
        ++n;
    }
    return n;
}

}  // namespace

int main(int argc, char** argv) {
    const Options o = parse(argc, argv);
    bool as_wished = o.expect.empty();
    bool ran = false;
    for (const model::Program& program : model::programs()) {
        if (program.name.find(o.program) == std::string::npos) continue;
        ran = true;
        if (o.replay) {
            show(program, o, o.which);
            continue;
        }
        const auto start = std::chrono::steady_clock::now();
        model::Found found;
        const std::uint64_t n = explore(program, o, found);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        std::printf("%s: seed %llu, %llu executions in order, %.2f s\n", program.name.c_str(),
                    static_cast<unsigned long long>(o.seed), static_cast<unsigned long long>(n),
                    took.count());
        if (found.failure == model::Failure::none) continue;
        std::printf(
            "then %s: %s\n(again, with all events: --program '%s' --seed %llu --replay %llu)\n",
            name(found.failure), found.text.c_str(), program.name.c_str(),
            static_cast<unsigned long long>(o.seed), static_cast<unsigned long long>(n));
        if (!o.expect.empty() && is_expected(o.expect, found.failure)) return 0;
        if (o.expect.empty()) show(program, o, n);
        as_wished = false;
    }
    if (!ran) std::printf("no program's name contains '%s'\n", o.program.c_str());
    if (!as_wished && !o.expect.empty()) std::printf("wanted: %s\n", o.expect.c_str());
    return ran && as_wished ? 0 : 1;
}
