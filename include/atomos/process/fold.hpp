/// \file
/// Values of any operation in a region: what LongAccumulator and DoubleAccumulator are made of there.
///
/// A drain empties one word after another: who is killed within it takes along what he has taken, as who is
/// killed right after it.
#pragma once

#include <array>
#include <atomos/process/codec.hpp>
#include <atomos/process/region.hpp>
#include <atomos/process/stripes.hpp>
#include <bit>
#include <charconv>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace atomos::process {

/// The type of a fold, by its identity: "int64 from 0".
template <class T>
std::string fold_type(T identity) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), identity).ptr;
    return std::string(type_name<T>()) + " from " + std::string(digits.begin(), end);
}

/// What Op makes of the values that threads of many processes give it, by name. The identity is part of
/// the type: where it differs, opening is a Mismatch. The operation is not compared.
template <class T, class Op>
class Fold {
    static_assert(sizeof(T) == sizeof(std::uint64_t));
    using Word = Stripes::Word;

  public:
    /// Opens the fold, or makes it with the identity. Errors: as find_or_make().
    Fold(const Region& region, std::string_view name, Op op, T identity)
        : stripes_(region, name, Kind::accumulator, fold_type(identity), word_of(identity)),
          op_(std::move(op)),
          identity_(identity) {}

    void accumulate(T x) {
        Word* word = &stripes_.own();
        std::uint64_t seen = word->load(std::memory_order_relaxed);
        for (;;) {
            const std::uint64_t next = word_of(std::invoke(op_, value_of(seen), x));
            if (next == seen) return;
            if (word->compare_exchange_strong(seen, next, std::memory_order_relaxed)) return;
            word = &stripes_.next();
            seen = word->load(std::memory_order_relaxed);
        }
    }

    T get() const {
        T result = identity_;
        stripes_.each([&](const Word& word) { add(result, word.load(std::memory_order_relaxed)); });
        return result;
    }

    T take() {
        T result = identity_;
        stripes_.each_to_write([&](Word& word) { add(result, taken(word)); });
        return result;
    }

    void clear() {
        stripes_.each_to_write([&](Word& word) { taken(word); });
    }

  private:
    static std::uint64_t word_of(T value) noexcept { return std::bit_cast<std::uint64_t>(value); }
    static T value_of(std::uint64_t word) noexcept { return std::bit_cast<T>(word); }

    void add(T& result, std::uint64_t word) const {
        if (word != word_of(identity_)) {
            result = std::invoke(op_, std::as_const(result), value_of(word));
        }
    }

    std::uint64_t taken(Word& word) const noexcept {
        const std::uint64_t nothing = word_of(identity_);
        if (word.load(std::memory_order_relaxed) == nothing) return nothing;
        return word.exchange(nothing, std::memory_order_relaxed);
    }

    Stripes stripes_;
    [[no_unique_address]] Op op_;
    const T identity_;
};

}  // namespace atomos::process
