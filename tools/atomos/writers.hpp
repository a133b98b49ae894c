#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <atomos/process/region.hpp>

#include "json.hpp"

namespace atomos::tool {

/// Who writes, and who did and has left something.
struct Writers {
    std::vector<process::Participant> all;
    std::ptrdiff_t alive = 0;
    std::ptrdiff_t dead = 0;

    explicit Writers(const process::Region& region) : all(region.participants()) {
        std::erase_if(all,
                      [](const process::Participant& one) { return !one.alive && one.bytes == 0; });
        alive = std::count_if(all.begin(), all.end(), [](const auto& one) { return one.alive; });
        dead = static_cast<std::ptrdiff_t>(all.size()) - alive;
    }
    std::string json() const {
        std::vector<std::string> items;
        for (const process::Participant& one : all) {
            items.push_back(json::object({{"number", json::number(one.number)},
                                          {"pid", json::number(one.pid)},
                                          {"alive", json::boolean(one.alive)},
                                          {"bytes", json::number(one.bytes)}}));
        }
        return json::array(items);
    }
};

}  // namespace atomos::tool
