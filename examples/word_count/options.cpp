#include "options.hpp"

#include <CLI/CLI.hpp>

namespace tour {

WordCountParsed parse_word_count(int argc, char** argv, const std::string& name) {
    WordCountParsed parsed;
    WordCountOptions& options = parsed.options;
    CLI::App app{
        "Worker processes count the words of texts into one atomos::process::Atom. Meanwhile they\n"
        "are killed at random and replaced. In the end the totals have to be those that a single\n"
        "process counts.",
        name};
    app.footer(
        "Exit status: 0 every count adds up, 1 one differs, 2 could not run, 130 interrupted.");

    app.add_option("FILE", options.files,
                   "texts to be counted (those in /usr/share/common-licenses)");
    app.add_option("--workers", options.workers, "processes that count")
        ->check(CLI::Range(1, 32))
        ->capture_default_str();
    app.add_option("--kills", options.kills, "how often one of them is killed")
        ->check(CLI::Range(0, 10'000))
        ->capture_default_str();
    app.add_option("--readings", options.readings, "how often each text is read")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app.add_option("--seed", options.seed, "of who is killed when")->capture_default_str();
    app.add_flag("--plain", options.plain, "no live line, on a terminal neither");
    app.add_option("--work-for", options.work_for)->group("");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        parsed.exit_status = app.exit(error) == 0 ? 0 : 2;
    }
    return parsed;
}

}  // namespace tour
