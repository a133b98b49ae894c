#include "command_line.hpp"

#include <limits>

#include <atomos/version.hpp>

namespace atomos::tool {
namespace {

constexpr const char* purpose =
    "Looks at and changes variables in memory that processes share.\n\n"
    "A variable is REGION/NAME. Its region is what stands before the first slash; the name may\n"
    "hold more of them: jobs/mail/sent is the variable mail/sent of the region jobs.\n";

constexpr const char* first_steps =
    "For a start:\n"
    "  atomos add --create jobs/done 1      # makes the region and an int64, prints 1\n"
    "  atomos get jobs/done                 # 1\n"
    "  atomos watch jobs/done               # a line for each change, until Ctrl-C\n"
    "  atomos list jobs                     # all variables, and who writes\n"
    "  atomos remove jobs\n"
    "atomos COMMAND --help says more about each.\n";

}  // namespace

CommandLine::CommandLine() : app_(purpose, "atomos") {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", ATOMOS_VERSION_STRING, "print the version and end");
    app_.set_help_flag("-h,--help", "print this help and end");
    app_.get_formatter()->label("REQUIRED", "");
    app_.get_formatter()->label("TEXT", "");
    app_.footer(std::string(first_steps) + "\n" + exit_statuses);
    app_.get_formatter()->column_width(28);

    auto* list = add_command("list", "Lists all regions, or the variables and the writers of one",
                             "  atomos list                          # regions\n"
                             "  atomos list jobs                     # what is in one\n"
                             "  atomos list jobs --json | jq '.variables[].variable'\n"
                             "\n"
                             "A writer is a process that changes references or atoms, or has made "
                             "a variable. It is dead\n"
                             "when it has ended or was killed and what it owned is not adopted "
                             "yet; that is harmless, and\n"
                             "whoever is short of space adopts it. Regions that cannot be opened "
                             "are named on stderr; the\n"
                             "status is that of the first one that is broken.",
                             &tool::list);
    list->add_option("REGION", request_.place, "a region; left out: all of them");

    auto* get = add_command(
        "get", "Prints a variable's value",
        "  n=$(atomos get jobs/done)\n"
        "  atomos get jobs/done --json          # {\"region\": ..., \"type\": ..., \"value\": 1}\n"
        "\n"
        "Values of types that this program does not know are printed as the hex digits of their\n"
        "bytes; with --json their \"value\" is null beside \"hex\".",
        &tool::get);
    takes_variable(*get);

    auto* set = add_command(
        "set", "Sets a variable, whatever it was",
        "  atomos set jobs/limit 20\n"
        "  atomos set jobs/motto 'festina lente' --type string --create\n"
        "  atomos set jobs/motto -- --first     # -- before a value that begins with a dash",
        &tool::set);
    takes_variable(*set);
    set->add_option("VALUE", request_.value, "as the variable's type is written")->required();
    takes_type(*set, "make it if it is not there, of this type");

    auto* add = add_command("add", "Adds to a number, and prints the sum",
                            "  atomos add jobs/done 1\n"
                            "  atomos add jobs/stock -1             # subtracts\n"
                            "  id=$(atomos add --create tickets/last 1)\n"
                            "\n"
                            "A sum that the type cannot represent is refused with status 9.",
                            &tool::add);
    takes_variable(*add);
    add->add_option("DELTA", request_.value, "what is added")->required();
    takes_type(*add, "of what type it is made if it is not there (int64)");

    auto* compare =
        add_command("compare-and-set", "Sets a variable if it has the value that is expected",
                    "  atomos compare-and-set jobs/leader nobody \"$HOSTNAME\" && echo elected\n"
                    "\n"
                    "Status 1: another value stood there, which is printed; nothing was changed.",
                    &tool::compare_and_set);
    takes_variable(*compare);
    compare->add_option("EXPECT", request_.value, "the value that has to stand")->required();
    compare->add_option("UPDATE", request_.update, "the value to be set")->required();

    auto* watch = add_command(
        "watch", "Prints a variable's value at each change",
        "  atomos watch jobs/done --now\n"
        "  atomos watch jobs/motto --count 1    # waits for one change\n"
        "  atomos watch jobs/state --json | while read -r change; do ...; done\n"
        "\n"
        "Looks every 10 ms: of several changes in between only the last is told; the versions of\n"
        "references tell how many there were. Goes on where the region was removed meanwhile.",
        &tool::watch);
    takes_variable(*watch);
    watch->add_option("--count", request_.count, "end after so many changes")
        ->type_name("N")
        ->check(CLI::Range(1L, std::numeric_limits<long>::max()));
    watch->add_flag("--now", request_.now, "print the value that stands, first");

    auto* remove = add_command("remove", "Removes a region",
                               "  atomos remove jobs\n"
                               "\n"
                               "Who has it open keeps its memory, and does not notice.",
                               &tool::remove);
    remove->add_option("REGION", request_.place, "the region")->required();

    auto* recover = add_command("recover", "Adopts what killed writers left in a region",
                                "  atomos recover jobs\n"
                                "\n"
                                "Never necessary: writers that are short of space do the same.",
                                &tool::recover);
    recover->add_option("REGION", request_.place, "the region")->required();

    app_.add_subcommand("tour", "Runs a demonstration: words counted by processes that get killed")
        ->prefix_command();

    auto* completion = app_.add_subcommand("completion", "Prints what a shell needs to complete");
    completion->add_option("SHELL", request_.shell, "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}));
    completion->footer(
        "Examples:\n"
        "  source <(atomos completion bash)     # in ~/.bashrc\n"
        "  source <(atomos completion zsh)      # in ~/.zshrc, after compinit");
    completion->callback([this] { command_ = &tool::completion; });
}

CLI::App* CommandLine::add_command(const char* name, const char* description, const char* examples,
                                   Command run) {
    CLI::App* const added = app_.add_subcommand(name, description);
    added->footer(std::string("Examples:\n") + examples);
    added->add_flag("--json", request_.json, "print JSON, for programs");
    added->callback([this, run] { command_ = run; });
    added->get_formatter()->column_width(28);
    return added;
}

void CommandLine::takes_variable(CLI::App& to) {
    to.add_option("VARIABLE", request_.place, "REGION/NAME")->required();
}

void CommandLine::takes_type(CLI::App& to, const char* description) {
    to.add_option("--type", request_.type, description)->type_name("TYPE");
    to.add_flag("--create", request_.create, "make the region, too, if it is not there");
}

}  // namespace atomos::tool
