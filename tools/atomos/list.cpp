// list: the regions. What is in one of them is in list_region.cpp.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <atomos/errors.hpp>
#include <atomos/process/region.hpp>

#include "json.hpp"
#include "list_region.hpp"
#include "output.hpp"
#include "place.hpp"
#include "request.hpp"
#include "table.hpp"
#include "texts.hpp"
#include "writers.hpp"

namespace atomos::tool {
namespace {

using process::Region;

/// One region among others, or why it cannot be looked at.
struct Row {
    std::string name;
    std::size_t bytes = 0;
    std::size_t variables = 0;
    std::ptrdiff_t alive = 0;
    std::ptrdiff_t dead = 0;
    std::optional<std::string> error;

    std::string json() const {
        if (error) {
            return json::object({{"region", json::text(name)}, {"error", json::text(*error)}});
        }
        return json::object({{"region", json::text(name)},
                             {"bytes", json::number(bytes)},
                             {"variables", json::number(variables)},
                             {"alive", json::number(alive)},
                             {"dead", json::number(dead)}});
    }
};

Row row_of(const std::string& name) {
    const Region region = Region::open(name, {.read_only = true});
    const Writers writers(region);
    return {name,          region.bytes(), region.variables().size(),
            writers.alive, writers.dead,   std::nullopt};
}

/// All regions. The status is that of the first that is broken; other users' regions are none.
Exit list_regions(bool as_json) {
    std::vector<Row> rows;
    Exit status = Exit::done;
    for (const std::string& name : Region::list()) {
        try {
            rows.push_back(row_of(name));
        } catch (const NotFound&) {
            // It was removed since its name was read.
        } catch (const Error& error) {
            rows.push_back({.name = name, .error = error.what()});
            const Exit met = exit_of(error);
            if (status == Exit::done && met != Exit::not_permitted) status = met;
        }
    }
    if (as_json) {
        std::vector<std::string> items;
        for (const Row& row : rows) items.push_back(row.json());
        say(json::array(items));
        return status;
    }
    if (rows.empty()) complain("there are no regions (in $ATOMOS_REGIONS, else in /dev/shm)");
    Table table({{"REGION"}, {"SIZE", true}, {"VARIABLES", true}, {"ALIVE", true}, {"DEAD", true}});
    for (const Row& row : rows) {
        if (row.error) {
            table.add({row.name, "?", "?", "?", "?"});
        } else {
            table.add({row.name, size_text(row.bytes), std::to_string(row.variables),
                       std::to_string(row.alive), std::to_string(row.dead)});
        }
    }
    if (!rows.empty()) table.print();
    for (const Row& row : rows) {
        if (row.error) complain(*row.error);
    }
    return status;
}

}  // namespace

Exit list(const Request& request) {
    if (request.place.empty()) return list_regions(request.json);
    return list_region(region_of(request.place), request.json);
}

}  // namespace atomos::tool
