#include <cstdio>
#include <iostream>
#include <sstream>

#include "slice.hpp"

namespace bench {

// cells() and processors() are called while other files' statics are made, so they make their own.

std::vector<Cell>& cells() {
    static std::vector<Cell> list;
    return list;
}

const std::vector<int>& processors() {
    static const std::vector<int> allowed = [] {
        std::vector<int> found;
        cpu_set_t set;
        sched_getaffinity(0, sizeof set, &set);
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) found.push_back(cpu);
        }
        return found;
    }();
    return allowed;
}

namespace {

#if defined(__clang__)
constexpr const char* compiler = "clang++ " __clang_version__;
#else
constexpr const char* compiler = "g++ " __VERSION__;
#endif

void print_list() {
    std::string text = R"({"compiler":")" + std::string{compiler} + R"(","flags":")" +
                       ATOMOS_BENCH_FLAGS + R"(","skipped":")" + ATOMOS_BENCH_SKIPPED +
                       R"(","cells":[)";
    for (std::size_t i = 0; i < cells().size(); ++i) {
        const Cell& cell = cells()[i];
        text += (i == 0 ? "" : ",") + std::string{R"({"subject":")"} + cell.subject +
                R"(","op":")" + cell.op + R"(","payload":")" + cell.payload +
                R"(","max_threads":)" + std::to_string(cell.max_threads) +
                (cell.fresh ? R"(,"fresh":true})" : "}");
    }
    std::cout << text << "]}" << std::endl;
}

Outcome run(std::istream& words) {
    std::size_t index = 0;
    unsigned threads = 0;
    std::int64_t microseconds = 0;
    if (!(words >> index >> threads >> microseconds) || index >= cells().size() || threads < 1 ||
        threads > cells()[index].max_threads) {
        return {"", "usage: run INDEX THREADS MICROSECONDS"};
    }
    return cells()[index].run(threads, std::chrono::microseconds{microseconds});
}

/// Answers `list` and `run INDEX THREADS MICROSECONDS` with one line of JSON each.
int serve() {
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words{line};
        std::string verb;
        words >> verb;
        if (verb == "list") {
            print_list();
            continue;
        }
        const Outcome outcome = run(words);
        if (outcome.error.empty()) {
            std::cout << outcome.json << std::endl;
        } else {
            std::cout << R"({"error":")" << outcome.error << R"("})" << std::endl;
        }
    }
    return 0;
}

/// Runs everything once for a moment, with two threads where that is allowed.
int smoke() {
    int broken = 0;
    for (const Cell& cell : cells()) {
        const unsigned threads = std::min(2U, cell.max_threads);
        const Outcome outcome = cell.run(threads, std::chrono::milliseconds{2});
        if (outcome.error.empty()) continue;
        ++broken;
        std::cout << cell.subject << ' ' << cell.op << ' ' << cell.payload << ": " << outcome.error
                  << '\n';
    }
    std::cout << cells().size() - static_cast<std::size_t>(broken) << " of " << cells().size()
              << " cells add up\n";
    return broken == 0 && !cells().empty() ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
    bench::processors();
    if (argc == 1) return bench::serve();
    if (argc == 2 && std::string{argv[1]} == "--smoke") return bench::smoke();
    std::cerr << "usage: atomos-bench [--smoke]   (run.py speaks to it on standard input)\n";
    return 2;
}
