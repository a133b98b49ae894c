#pragma once

#include <string>

#include <fmt/format.h>

#include "json.hpp"
#include "place.hpp"
#include "typed.hpp"

namespace atomos::tool {

/// The members of a reading in a JSON object, without its braces.
inline std::string members_of(const Reading& reading) {
    std::string members = "\"value\": " + reading.json;
    if (reading.hex) members += ", \"hex\": " + json::text(*reading.hex);
    if (reading.version) members += ", \"version\": " + json::number(*reading.version);
    return members;
}

/// One object that says what stands where; `more` are members of the command's own.
inline std::string json_of(const Place& place, const Reading& reading,
                           const std::string& more = "") {
    return fmt::format(R"({{"region": {}, "variable": {}, {}{}}})", json::text(place.region),
                       json::text(place.variable), more, members_of(reading));
}

}  // namespace atomos::tool
