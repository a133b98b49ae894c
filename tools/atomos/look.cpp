// get and watch: what only looks.

#include <chrono>

#include "output.hpp"
#include "readings.hpp"
#include "request.hpp"
#include "typed.hpp"

namespace atomos::tool {
namespace {

struct Opened {
    Place place;
    process::Variable variable;
    std::unique_ptr<Typed> typed;
};

Opened open_to_look(const Request& request) {
    const Place place = Place::of(request.place);
    const auto region = process::Region::open(place.region, {.read_only = true});
    process::Variable variable = find(region, place);
    auto typed = open_typed(region, place, variable);
    return {place, std::move(variable), std::move(typed)};
}

void show(const Request& request, const Opened& opened, const Reading& reading) {
    if (!request.json) return say(reading.text);
    say(json_of(opened.place, reading,
                fmt::format(R"("type": {}, )", json::text(opened.variable.type))));
}

}  // namespace

Exit get(const Request& request) {
    const Opened opened = open_to_look(request);
    show(request, opened, opened.typed->get());
    return Exit::done;
}

Exit watch(const Request& request) {
    const Opened opened = open_to_look(request);
    const Reading first = opened.typed->begin_watch();
    if (request.now) show(request, opened, first);
    for (long told = 0; request.count == 0 || told < request.count;) {
        if (const auto reading = opened.typed->changed(std::chrono::milliseconds(100))) {
            show(request, opened, *reading);
            ++told;
        }
    }
    return Exit::done;
}

}  // namespace atomos::tool
