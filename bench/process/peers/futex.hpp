#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>

#include "../wake.hpp"

namespace bench {

/// A word and the system calls, with nothing around them.
class BareFutex {
  public:
    static constexpr std::string_view name = "bare futex";

    void tell(std::int64_t number) {
        *word_ = static_cast<std::uint32_t>(number);
        call(FUTEX_WAKE, 1);
    }

    void await(std::int64_t number) {
        const auto wanted = static_cast<std::uint32_t>(number);
        for (std::uint32_t seen = *word_; seen < wanted; seen = *word_) call(FUTEX_WAIT, seen);
    }

    std::int64_t now() const { return *word_; }

  private:
    void call(int what, std::uint32_t value) {
        syscall(SYS_futex, &*word_, what, value, nullptr, nullptr, 0);
    }

    Shared<std::atomic<std::uint32_t>> word_{0U};
};

inline const bool futex_added = add_waker<BareFutex>();

}  // namespace bench
