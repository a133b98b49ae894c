/// \file
/// Canary: a value of some size whose every word is destroyed with it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace stress {

/// Words that all say the same number until the value ends, and something else afterwards.
template <std::size_t words>
class Canary {
  public:
    explicit Canary(std::uint64_t number) : number_(number) {
        for (auto& word : words_) word = ~number;
        count.fetch_add(1, std::memory_order_relaxed);
    }
    Canary(const Canary& other) : Canary(other.number_) {}
    Canary& operator=(const Canary&) = delete;
    ~Canary() {
        number_ = 0xDEAD'DEAD;
        for (auto& word : words_) word = 0xDEAD'DEAD;
        count.fetch_sub(1, std::memory_order_relaxed);
    }

    std::uint64_t number() const { return number_; }

    /// Looks at every word for a while, as long as a reader needs to do something with it.
    bool stays_whole(int turns) const {
        const std::uint64_t before = number_;
        for (int i = 0; i < turns; ++i) {
            for (const auto& word : words_) {
                if (word != ~before) return false;
            }
            if (number_ != before) return false;
        }
        return true;
    }

    static long alive() { return count.load(); }

  private:
    static inline std::atomic<long> count{0};

    volatile std::uint64_t number_;
    volatile std::uint64_t
        words_[words];  // NOLINT(modernize-avoid-c-arrays): an array cannot be volatile
};

}  // namespace stress
