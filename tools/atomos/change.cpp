// set, add and compare-and-set: what writes a variable.

#include <optional>

#include <atomos/errors.hpp>

#include "output.hpp"
#include "readings.hpp"
#include "request.hpp"
#include "texts.hpp"
#include "typed.hpp"

namespace atomos::tool {
namespace {

using process::Region;

/// How a variable is made that is not there yet.
struct First {
    std::string type;  // empty: it is not made
    bool adding = false;

    /// What it begins with. Errors: those of as_shown(), so before anything is made.
    std::string value(const Request& request, const Place& place) const {
        std::string shown = as_shown(place, type, request.value, adding);
        return adding ? "0" : shown;
    }
};

/// A variable to be written.
struct Opened {
    Place place;
    std::unique_ptr<Typed> typed;
    bool made = false;  // by us, or by somebody else at the same time
    std::string first;  // what we would have it begin with
};

Region open_region(const Request& request, const Place& place, const First& first) {
    try {
        return Region::open(place.region);
    } catch (const NotFound& error) {
        if (request.create && !first.type.empty()) {
            static_cast<void>(first.value(request, place));
            return Region::open_or_create(place.region);
        }
        throw NotFound(fmt::format("{}; --create{} makes it", error.what(),
                                   first.type.empty() ? " with --type" : ""));
    }
}

/// Opens the variable, or makes it if there is a type for it.
Opened open_or_make(const Request& request, const First& first) {
    Opened opened{Place::of(request.place), nullptr, false, ""};
    const Place& place = opened.place;
    const Region region = open_region(request, place, first);
    const auto variable = region.find(place.variable);
    if (variable && (request.type.empty() || request.type == variable->type)) {
        opened.typed = open_typed(region, place, *variable);
    } else if (!first.type.empty()) {
        opened.first = first.value(request, place);
        opened.typed = make_typed(region, place, first.type, opened.first);
        opened.made = true;
    } else {
        throw NotFound(fmt::format("{} is not there; --type TYPE makes it", describe(place)));
    }
    return opened;
}

}  // namespace

Exit set(const Request& request) {
    const Opened opened = open_or_make(request, {request.type});
    std::optional<Reading> now;
    if (opened.made) now = opened.typed->get();
    if (!now || now->version != std::uint64_t{1} || now->text != opened.first) {
        now = opened.typed->set(request.value);
    }
    if (request.json) say(json_of(opened.place, *now));
    return Exit::done;
}

Exit add(const Request& request) {
    const Opened opened =
        open_or_make(request, {request.type.empty() ? "int64" : request.type, true});
    const Reading now = opened.typed->add(request.value);
    say(request.json ? json_of(opened.place, now) : now.text);
    return Exit::done;
}

Exit compare_and_set(const Request& request) {
    const Opened opened = open_or_make(request, {});
    const Compared compared = opened.typed->compare_and_set(request.value, request.update);
    if (request.json) {
        say(json_of(opened.place, compared.now,
                    fmt::format(R"("won": {}, )", json::boolean(compared.won))));
    }
    if (compared.won) return Exit::done;
    if (!request.json) {
        complain(fmt::format("{} is {}; {} was expected; nothing was changed",
                             describe(opened.place), printable(compared.now.text),
                             printable(request.value)));
    }
    return Exit::compare_failed;
}

}  // namespace atomos::tool
