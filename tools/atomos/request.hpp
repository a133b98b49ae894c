#pragma once

#include <string>

#include "exit_status.hpp"

namespace atomos::tool {

/// What the command line asks for.
struct Request {
    std::string place;  // REGION or REGION/NAME, or nothing
    std::string value;  // to set, to add, or to expect
    std::string update;
    std::string type;
    std::string shell;
    long count = 0;  // 0: for ever
    bool create = false;
    bool now = false;
    bool json = false;
};

Exit list(const Request& request);
Exit get(const Request& request);
Exit set(const Request& request);
Exit add(const Request& request);
Exit compare_and_set(const Request& request);
Exit watch(const Request& request);
Exit remove(const Request& request);
Exit recover(const Request& request);
Exit completion(const Request& request);

}  // namespace atomos::tool
