#include "place.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "texts.hpp"

namespace atomos::tool {
namespace {

constexpr std::size_t longest_variable = 127;

}  // namespace

Place Place::of(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (!text.empty() && slash == std::string::npos) {
        throw std::invalid_argument(fmt::format(
            "\"{0}\" names a whole region; a variable in it is {0}/NAME (atomos list {0})", text));
    }
    Place place;
    if (slash != std::string::npos) place = {text.substr(0, slash), text.substr(slash + 1)};
    if (place.region.empty() || place.variable.empty()) {
        throw std::invalid_argument(
            fmt::format("\"{}\" names no {}; REGION/NAME is allowed, with neither of them empty",
                        text, place.region.empty() ? "region" : "variable"));
    }
    // The library refuses them as well, but perhaps after the region was made for them.
    const bool printable = std::none_of(place.variable.begin(), place.variable.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    if (place.variable.size() > longest_variable || !printable) {
        throw std::invalid_argument(fmt::format(
            "region \"{}\": variable \"{}\" has a name of {} bytes; 1 to {} printable ones are "
            "allowed; nothing was changed",
            place.region, tool::printable(place.variable), place.variable.size(),
            longest_variable));
    }
    return place;
}

std::string describe(const Place& place) {
    return fmt::format("region \"{}\": variable \"{}\"", place.region, place.variable);
}

const std::string& region_of(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash != std::string::npos) {
        throw std::invalid_argument(
            fmt::format("\"{}\" names a variable; this command takes a whole region: {}", text,
                        text.substr(0, slash)));
    }
    return text;
}

}  // namespace atomos::tool
