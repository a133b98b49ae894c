#include "json.hpp"

#include <fmt/format.h>

#include "texts.hpp"

namespace atomos::tool::json {

std::string text(std::string_view value) {
    std::string quoted = "\"";
    while (!value.empty()) {
        const std::size_t length = utf8_length(value);
        const auto byte = static_cast<unsigned char>(value.front());
        if (length == 0) {
            quoted += "\\ufffd";
        } else if (byte == '"' || byte == '\\') {
            quoted += '\\';
            quoted += value.front();
        } else if (byte < 0x20 || byte == 0x7F) {
            quoted += fmt::format("\\u{:04x}", byte);
        } else {
            quoted += value.substr(0, length);
        }
        value.remove_prefix(length == 0 ? 1 : length);
    }
    return quoted + '"';
}

std::string object(std::initializer_list<std::pair<std::string_view, std::string>> members) {
    std::string whole = "{";
    for (const auto& [name, value] : members) {
        if (whole.size() > 1) whole += ", ";
        whole += text(name) + ": " + value;
    }
    return whole + "}";
}

std::string array(const std::vector<std::string>& items) {
    std::string whole = "[";
    for (const std::string& item : items) {
        if (whole.size() > 1) whole += ", ";
        whole += item;
    }
    return whole + "]";
}

}  // namespace atomos::tool::json
