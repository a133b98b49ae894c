#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tour {

/// How often each word occurs.
using Words = std::map<std::string, std::int64_t>;

/// The licence texts that every Debian system has, each once. Errors: std::runtime_error.
std::vector<std::string> licence_texts();

/// Errors   std::runtime_error: it cannot be read.
std::string text_in(const std::string& file);

/// The words of a text: its runs of letters a to z, whatever their case.
Words words_of(std::string_view text);

std::int64_t sum_of(const Words& words);

}  // namespace tour
