#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace atomos::tool {

/// How many bytes the first character of a text has; 0: it does not begin with UTF-8.
std::size_t utf8_length(std::string_view text) noexcept;

bool is_utf8(std::string_view text) noexcept;

/// What may be printed on a terminal: control characters and bytes that are no UTF-8 as \xNN.
std::string printable(std::string_view text);

std::string hex(std::span<const std::byte> bytes);

/// How many characters a text has; bytes that are no UTF-8 count as one each.
std::size_t characters(std::string_view text) noexcept;

/// At most so many characters; what is left out is an ellipsis.
std::string shortened(const std::string& text, std::size_t most);

/// 1536 as "1.5 KiB".
std::string size_text(std::uint64_t bytes);

}  // namespace atomos::tool
