// remove and recover: what is done to a whole region.

#include <fmt/format.h>
#include <atomos/errors.hpp>
#include <atomos/process/region.hpp>

#include "json.hpp"
#include "output.hpp"
#include "place.hpp"
#include "request.hpp"
#include "texts.hpp"

namespace atomos::tool {

Exit remove(const Request& request) {
    const std::string& name = region_of(request.place);
    if (!process::Region::remove(name)) {
        throw NotFound(fmt::format("region \"{}\": it is not there", name));
    }
    if (request.json) say(json::object({{"region", json::text(name)}}));
    return Exit::done;
}

Exit recover(const Request& request) {
    auto region = process::Region::open(region_of(request.place));
    const process::Recovered recovered = region.recover();
    if (request.json) {
        say(json::object({{"region", json::text(region.name())},
                          {"writers", json::number(recovered.participants)},
                          {"bytes", json::number(recovered.bytes)}}));
    } else if (recovered.participants == 0) {
        say("No dead writer had left anything.");
    } else {
        say(fmt::format("Adopted {} that {} dead writer{} had left.", size_text(recovered.bytes),
                        recovered.participants, recovered.participants == 1 ? "" : "s"));
    }
    return Exit::done;
}

}  // namespace atomos::tool
