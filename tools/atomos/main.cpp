// atomos: the command line of shared variables.
//
// To read it: command_line.cpp has the commands, typed.cpp a variable of any type, list.cpp, look.cpp,
// change.cpp and region_commands.cpp what each command does.

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "command_line.hpp"
#include "completion.hpp"
#include "output.hpp"
#include "texts.hpp"
#include "word_count.hpp"

namespace {

using atomos::tool::Exit;

/// Says what is wrong with the command line, and which help says more.
void refuse(const CLI::App& app, const CLI::ParseError& error, const std::string& first) {
    std::string command = "atomos";
    for (const CLI::App* used : app.get_subcommands()) command += " " + used->get_name();
    std::string what = error.what();
    if (app.get_subcommands().empty()) {
        what = fmt::format("there is no {} \"{}\"", first[0] == '-' ? "option" : "command",
                           atomos::tool::printable(first));
    } else if (error.get_name() == "RequiredError") {
        what += " (-- stands before a value that begins with a dash, or is ++)";
    }
    atomos::tool::complain(what);
    fmt::print(stderr, "{} --help tells more\n", command);
}

Exit run(int argc, char** argv) {
    atomos::tool::CommandLine line;
    if (argc < 2) {
        std::fputs(line.app().help().c_str(), stderr);
        return Exit::usage;
    }
    if (argc > 2 && std::string_view(argv[1]) == "completion" &&
        std::string_view(argv[2]) == "candidates") {
        for (const std::string& one :
             atomos::tool::candidates(line.app(), {argv + 3, argv + argc})) {
            atomos::tool::say(one);
        }
        return Exit::done;
    }
    try {
        line.app().parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            line.app().exit(error);
            return Exit::done;
        }
        refuse(line.app(), error, argv[1]);
        return Exit::usage;
    }
    return line.command()(line.request());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "tour") {
        return tour::count_words(argc - 1, argv + 1, {"tour"});
    }
    try {
        return static_cast<int>(run(argc, argv));
    } catch (const std::exception& error) {
        atomos::tool::complain(error.what());
        return static_cast<int>(atomos::tool::exit_of(error));
    }
}
