#include "list_region.hpp"

#include <optional>
#include <vector>

#include <fmt/format.h>
#include <atomos/errors.hpp>
#include <atomos/process/region.hpp>

#include "json.hpp"
#include "output.hpp"
#include "readings.hpp"
#include "table.hpp"
#include "texts.hpp"
#include "typed.hpp"
#include "writers.hpp"

namespace atomos::tool {
namespace {

using process::Participant;
using process::Region;
using process::Variable;

constexpr std::size_t value_columns = 40;

/// A variable, and its value or why that cannot be read.
struct Listed {
    Variable variable;
    std::optional<Reading> reading;
    std::string error;
    Exit status = Exit::done;
};

std::vector<Listed> variables_of(const Region& region) {
    std::vector<Listed> all;
    for (Variable& variable : region.variables()) {
        Listed listed{std::move(variable), std::nullopt, "", Exit::done};
        try {
            listed.reading =
                open_typed(region, {region.name(), listed.variable.name}, listed.variable)->get();
        } catch (const Error& error) {
            listed.error = error.what();
            listed.status = exit_of(error);
        }
        all.push_back(std::move(listed));
    }
    return all;
}

std::string kind_of(const Variable& variable) {
    switch (variable.kind) {
        case process::Kind::number:
            return "number";
        case process::Kind::boolean:
            return "boolean";
        case process::Kind::array:
            return "array";
        case process::Kind::adder:
            return "adder";
        case process::Kind::accumulator:
            return "accumulator";
        default:
            return "reference";
    }
}

std::string shown_value(const Listed& listed) {
    if (!listed.reading) return "?";
    const std::string text = printable(listed.reading->text);
    return shortened(listed.variable.type == "string" ? '"' + text + '"' : text, value_columns);
}

void print(const Region& region, const std::vector<Listed>& variables) {
    const process::Space space = region.space();
    const Writers writers(region);
    say(fmt::format("{}: {}; {} used, {} spare with the living, {} with the dead, {} free",
                    region.name(), size_text(space.bytes), size_text(space.fixed + space.live),
                    size_text(space.owned), size_text(space.left),
                    size_text(space.unowned + space.untouched)));
    if (!variables.empty()) {
        say("");
        Table table({{"VARIABLE"}, {"TYPE"}, {"VALUE"}, {"VERSION", true}, {"SIZE", true}});
        for (const Listed& listed : variables) {
            const bool has_version = listed.reading && listed.reading->version;
            table.add({printable(listed.variable.name), printable(listed.variable.type),
                       shown_value(listed),
                       has_version ? std::to_string(*listed.reading->version) : "-",
                       size_text(listed.variable.size)});
        }
        table.print();
    }
    if (!writers.all.empty()) {
        say("");
        Table table({{"WRITER", true}, {"PID", true}, {"STATE"}, {"OWNS", true}});
        for (const Participant& one : writers.all) {
            table.add({std::to_string(one.number), std::to_string(one.pid),
                       one.alive ? "alive" : "dead", size_text(one.bytes)});
        }
        table.print();
    }
    for (const Listed& listed : variables) {
        if (!listed.reading) complain(listed.error);
    }
}

std::string json_of(const Region& region, const std::vector<Listed>& variables) {
    std::vector<std::string> items;
    for (const Listed& listed : variables) {
        items.push_back(
            fmt::format(R"({{"variable": {}, "kind": {}, "type": {}, "bytes": {}, {}}})",
                        json::text(listed.variable.name), json::text(kind_of(listed.variable)),
                        json::text(listed.variable.type), listed.variable.size,
                        listed.reading ? members_of(*listed.reading)
                                       : R"("error": )" + json::text(listed.error)));
    }
    const process::Space space = region.space();
    return json::object({{"region", json::text(region.name())},
                         {"bytes", json::number(space.bytes)},
                         {"space", json::object({{"fixed", json::number(space.fixed)},
                                                 {"live", json::number(space.live)},
                                                 {"owned", json::number(space.owned)},
                                                 {"left", json::number(space.left)},
                                                 {"unowned", json::number(space.unowned)},
                                                 {"untouched", json::number(space.untouched)}})},
                         {"variables", json::array(items)},
                         {"writers", Writers(region).json()}});
}

}  // namespace

Exit list_region(const std::string& name, bool as_json) {
    const Region region = Region::open(name, {.read_only = true});
    const std::vector<Listed> variables = variables_of(region);
    if (as_json) {
        say(json_of(region, variables));
    } else {
        print(region, variables);
    }
    for (const Listed& listed : variables) {
        if (listed.status != Exit::done) return listed.status;
    }
    return Exit::done;
}

}  // namespace atomos::tool
