#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace tour {

/// What the tour prints. Any thread may call it.
///
/// On a terminal one line at the bottom is alive: each progress() replaces it. Elsewhere, and when
/// asked to be plain, there is none, and every line stays.
class Report {
  public:
    explicit Report(bool plain);
    Report(const Report&) = delete;
    Report& operator=(const Report&) = delete;
    ~Report();

    [[nodiscard]] bool live() const { return live_; }

    void line(std::string_view text = {});
    void progress(std::string_view text);

  private:
    void wipe_progress();

    const bool live_;
    std::mutex mutex_;
    bool progress_shown_ = false;
};

/// 1234567 as "1,234,567".
std::string with_commas(std::int64_t number);

}  // namespace tour
