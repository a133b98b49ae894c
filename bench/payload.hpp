#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace bench {

/// One cache line of state; every word holds the same count.
struct Block {
    std::array<std::int64_t, 8> words;
};

/// A value that knows how many of its kind are alive.
struct Counted {
    static inline std::atomic<std::int64_t> alive{0};

    std::int64_t count = 0;

    explicit Counted(std::int64_t value) : count{value} { alive.fetch_add(1); }
    Counted(const Counted& other) : count{other.count} { alive.fetch_add(1); }
    Counted& operator=(const Counted&) = default;
    ~Counted() { alive.fetch_sub(1); }
};

/// What the loops do with a T: every payload carries a count, so that a lost or torn update shows.
///
/// make    the value that carries n.
/// next    the value after this one.
/// weight  a cheap look at both ends of the value, for the measured reads.
/// count   the carried number, or -1 where the value is torn.
template <class T>
struct Payload;

template <>
struct Payload<std::int64_t> {
    static constexpr std::string_view name = "int64";
    static std::int64_t make(std::int64_t n) { return n; }
    static std::int64_t next(std::int64_t value) { return value + 1; }
    static std::int64_t weight(std::int64_t value) { return value; }
    static std::int64_t count(std::int64_t value) { return value; }
};

template <>
struct Payload<Block> {
    static constexpr std::string_view name = "struct64";

    static Block make(std::int64_t n) {
        Block block;
        block.words.fill(n);
        return block;
    }

    static Block next(const Block& value) {
        Block block = value;
        for (std::int64_t& word : block.words) ++word;
        return block;
    }

    static std::int64_t weight(const Block& value) {
        return value.words.front() + value.words.back();
    }

    static std::int64_t count(const Block& value) {
        for (std::int64_t word : value.words) {
            if (word != value.words.front()) return -1;
        }
        return value.words.front();
    }
};

/// 40 characters, so never in the string itself; the first and the last eight are the count.
template <>
struct Payload<std::string> {
    static constexpr std::string_view name = "string40";
    static constexpr std::size_t size = 40;

    static std::string make(std::int64_t n) {
        std::string text(size, 'x');
        put(text, n);
        return text;
    }

    static std::string next(const std::string& value) {
        std::string text = value;
        put(text, word(value, 0) + 1);
        return text;
    }

    static std::int64_t weight(const std::string& value) {
        return word(value, 0) + word(value, size - 8);
    }

    static std::int64_t count(const std::string& value) {
        return word(value, 0) == word(value, size - 8) ? word(value, 0) : -1;
    }

  private:
    static std::int64_t word(const std::string& text, std::size_t at) {
        std::int64_t n;
        std::memcpy(&n, text.data() + at, sizeof n);
        return n;
    }

    static void put(std::string& text, std::int64_t n) {
        std::memcpy(text.data(), &n, sizeof n);
        std::memcpy(text.data() + size - 8, &n, sizeof n);
    }
};

template <>
struct Payload<Counted> {
    static constexpr std::string_view name = "counted";
    static Counted make(std::int64_t n) { return Counted{n}; }
    static Counted next(const Counted& value) { return Counted{value.count + 1}; }
    static std::int64_t weight(const Counted& value) { return value.count; }
    static std::int64_t count(const Counted& value) { return value.count; }
};

}  // namespace bench
