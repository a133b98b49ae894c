#include "completion.hpp"

#include <algorithm>
#include <exception>
#include <string_view>

#include <atomos/process/region.hpp>

#include "output.hpp"
#include "request.hpp"
#include "values.hpp"

namespace atomos::tool {
namespace {

using process::Region;

// A candidate that ends in a slash is not finished, so no space follows it.
constexpr const char* bash_script = R"bash(_atomos() {
    local candidate
    COMPREPLY=()
    while IFS= read -r candidate; do
        COMPREPLY+=("$candidate")
    done < <(atomos completion candidates "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace
    fi
}
complete -F _atomos atomos)bash";

constexpr const char* zsh_script = R"zsh(_atomos() {
    local -a found
    found=(${(f)"$(atomos completion candidates "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    compadd -S '' -- ${(M)found:#*/}
    compadd -- ${found:#*/}
}
compdef _atomos atomos)zsh";

/// Names that need quotes in a shell, or that bash breaks in two, are left out.
bool is_plain(std::string_view name) {
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._-/+@%,").find(c) != std::string_view::npos;
    });
}

std::vector<std::string> variables_of(const std::string& region) {
    std::vector<std::string> names;
    for (const auto& variable : Region::open(region, {.read_only = true}).variables()) {
        if (is_plain(variable.name)) names.push_back(region + "/" + variable.name);
    }
    return names;
}

/// What stands at a command's first place: a region, or a variable in one.
std::vector<std::string> places(const std::string& command, const std::string& begun) {
    if (command == "list" || command == "remove" || command == "recover") return Region::list();
    const std::size_t slash = begun.find('/');
    if (slash != std::string::npos) return variables_of(begun.substr(0, slash));
    std::vector<std::string> regions = Region::list();
    for (std::string& region : regions) region += '/';
    return regions;
}

std::vector<std::string> names_of(std::string_view list) {
    std::vector<std::string> names;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(", "), list.size());
        names.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 2, list.size()));
    }
    return names;
}

std::vector<std::string> options_of(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

std::vector<std::string> all_at(const CLI::App& app, const std::vector<std::string>& words) {
    const std::string& begun = words.back();
    if (words.size() == 1) {
        std::vector<std::string> names;
        if (!begun.empty() && begun[0] == '-') return options_of(app);
        for (const CLI::App* command : app.get_subcommands(nullptr)) {
            names.push_back(command->get_name());
        }
        return names;
    }
    const std::string& command = words.front();
    const auto named =
        app.get_subcommands([&](const CLI::App* one) { return one->get_name() == command; });
    if (named.empty() || command == "tour") return {};
    if (words[words.size() - 2] == "--type") return names_of(known_types);
    if (!begun.empty() && begun[0] == '-') return options_of(*named.front());
    if (command == "completion") return {"bash", "zsh"};
    const bool first = std::none_of(words.begin() + 1, words.end() - 1, [](const auto& word) {
        return !word.empty() && word[0] != '-' && word.find('/') != std::string::npos;
    });
    return first ? places(command, begun) : std::vector<std::string>{};
}

}  // namespace

std::vector<std::string> candidates(const CLI::App& app, const std::vector<std::string>& words) {
    if (words.empty()) return {};
    std::vector<std::string> found = all_at(app, words);
    std::erase_if(found, [&](const std::string& one) { return one.rfind(words.back(), 0) != 0; });
    return found;
}

Exit completion(const Request& request) {
    say(request.shell == "zsh" ? zsh_script : bash_script);
    return Exit::done;
}

}  // namespace atomos::tool
