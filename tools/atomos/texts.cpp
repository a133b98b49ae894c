#include "texts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace atomos::tool {

std::size_t utf8_length(std::string_view text) noexcept {
    if (text.empty()) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return 0;
    }
    // Longer than need be, a surrogate, or beyond the last character.
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return length;
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string printable(std::string_view text) {
    std::string safe;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const auto byte = static_cast<unsigned char>(text.front());
        // U+0080 to U+009F are control characters, too.
        const bool control =
            byte < 0x20 || byte == 0x7F ||
            (length == 2 && byte == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0);
        const std::size_t taken = length == 0 ? 1 : length;
        if (length == 0 || control) {
            for (const char c : text.substr(0, taken)) {
                safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            }
        } else {
            safe += text.substr(0, taken);
        }
        text.remove_prefix(taken);
    }
    return safe;
}

std::string hex(std::span<const std::byte> bytes) {
    std::string digits;
    digits.reserve(2 * bytes.size());
    for (const std::byte byte : bytes) digits += fmt::format("{:02x}", static_cast<unsigned>(byte));
    return digits;
}

std::size_t characters(std::string_view text) noexcept {
    std::size_t count = 0;
    for (; !text.empty(); ++count) text.remove_prefix(std::max<std::size_t>(utf8_length(text), 1));
    return count;
}

std::string shortened(const std::string& text, std::size_t most) {
    std::string_view rest = text;
    for (std::size_t characters = 0; characters < most; ++characters) {
        if (rest.empty()) return text;
        rest.remove_prefix(std::max<std::size_t>(utf8_length(rest), 1));
    }
    return rest.empty() ? text : text.substr(0, text.size() - rest.size()) + "…";
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::array units = {"KiB", "MiB", "GiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    double size = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; size >= 1023.95 && unit + 1 < units.size(); ++unit) size /= 1024;
    return fmt::format("{:.1f} {}", size, units[unit]);
}

}  // namespace atomos::tool
