#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atomos::tool::json {

/// A string. Bytes that are no UTF-8 become U+FFFD.
std::string text(std::string_view value);

template <std::integral N>
std::string number(N value) {
    return std::to_string(value);
}

inline std::string boolean(bool value) { return value ? "true" : "false"; }

/// Members in their order; a value is JSON already.
std::string object(std::initializer_list<std::pair<std::string_view, std::string>> members);

std::string array(const std::vector<std::string>& items);

}  // namespace atomos::tool::json
