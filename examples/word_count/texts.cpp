#include "texts.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <unordered_map>

namespace tour {

std::vector<std::string> licence_texts() {
    const std::filesystem::path folder = "/usr/share/common-licenses";
    std::vector<std::string> files;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (!entry.is_symlink() && entry.is_regular_file()) files.push_back(entry.path());
    }
    if (files.empty()) {
        throw std::runtime_error(folder.string() +
                                 " has no texts; name some files on the command line");
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string text_in(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream || !text) throw std::runtime_error(file + ": it cannot be read, or is empty");
    return text.str();
}

Words words_of(std::string_view text) {
    const auto letter = [](char c) -> char {
        if (c >= 'a' && c <= 'z') return c;
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : '\0';
    };
    std::unordered_map<std::string, std::int64_t> counts;
    std::string word;
    for (const char c : text) {
        if (const char small = letter(c)) {
            word += small;
        } else if (!word.empty()) {
            counts[word] += 1;
            word.clear();
        }
    }
    if (!word.empty()) counts[word] += 1;
    return {counts.begin(), counts.end()};
}

std::int64_t sum_of(const Words& words) {
    std::int64_t sum = 0;
    for (const auto& [word, count] : words) sum += count;
    return sum;
}

}  // namespace tour
