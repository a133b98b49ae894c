#include "report.hpp"

#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

namespace tour {
namespace {

constexpr std::size_t progress_columns = 78;

}  // namespace

Report::Report(bool plain) : live_(!plain && ::isatty(STDOUT_FILENO) == 1) {}

Report::~Report() { wipe_progress(); }

void Report::line(std::string_view text) {
    const std::lock_guard lock(mutex_);
    wipe_progress();
    fmt::print("{}\n", text);
    std::fflush(stdout);
}

void Report::progress(std::string_view text) {
    if (!live_) {
        return;
    }
    const std::lock_guard lock(mutex_);
    fmt::print("\r\033[K{}", text.substr(0, progress_columns));
    std::fflush(stdout);
    progress_shown_ = true;
}

void Report::wipe_progress() {
    if (progress_shown_) {
        fmt::print("\r\033[K");
        std::fflush(stdout);
        progress_shown_ = false;
    }
}

std::string with_commas(std::int64_t number) {
    std::string text = std::to_string(number);
    const std::size_t first = number < 0 ? 1 : 0;
    for (std::size_t at = text.size(); at > first + 3;) {
        at -= 3;
        text.insert(at, 1, ',');
    }
    return text;
}

}  // namespace tour
