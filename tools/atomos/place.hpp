#pragma once

#include <string>

namespace atomos::tool {

/// REGION/NAME. The name may hold slashes: the region is what stands before the first one.
struct Place {
    std::string region;
    std::string variable;

    /// Errors   std::invalid_argument: it is not of this form.
    static Place of(const std::string& text);
};

/// How messages name it, as those of the library do.
std::string describe(const Place& place);

/// A place that has to be a whole region. Errors: std::invalid_argument: it is REGION/NAME.
const std::string& region_of(const std::string& text);

}  // namespace atomos::tool
