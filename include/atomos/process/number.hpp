/// \file
/// Numbers of the process scope: a word in a region, with the instructions of std::atomic.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/process/codec.hpp>
#include <atomos/process/memory.hpp>
#include <atomos/process/region.hpp>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>

namespace atomos::process {

/// A truth value's byte. Any byte but 0 is true: another participant may have written it.
class TruthWord {
  public:
    bool load(Order order) const noexcept { return byte_.load(order) != 0; }
    void store(bool value, Order order) noexcept { byte_.store(value ? 1 : 0, order); }
    bool exchange(bool value, Order order) noexcept {
        return byte_.exchange(value ? 1 : 0, order) != 0;
    }
    bool compare_exchange_strong(bool& expected, bool desired, Order order) noexcept {
        std::uint8_t found = expected ? 1 : 0;
        while (!byte_.compare_exchange_strong(found, desired ? 1 : 0, order)) {
            if ((found != 0) == expected) continue;
            expected = !expected;
            return false;
        }
        return true;
    }

  private:
    Atomic<std::uint8_t> byte_;
};

template <class T>
using NumberWord = std::conditional_t<std::is_same_v<T, bool>, TruthWord, Atomic<T>>;

/// A number's word in a region that is kept mapped by somebody else, and the line where waits for it meet.
template <class T>
class NumberAt {
    using Word = NumberWord<T>;

  public:
    /// A number stands at that address; the compiler does not know that it is one.
    NumberAt(Memory& memory, CellLine& line, void* word)
        : memory_(&memory),
          line_(&line),
          word_(std::launder(reinterpret_cast<Word*>(word))),
          writable_(memory.read_only() ? nullptr : word_) {}

    /// The word, to be written. Errors: PermissionDenied: the region is open for reading only.
    [[gnu::always_inline]] Word& word() {
        if (writable_ == nullptr) [[unlikely]]
            memory_->refuse_write();
        return *writable_;
    }
    const Word& word() const noexcept { return *word_; }

    template <class Changed>
    bool wait(const atomos::detail::Deadline* deadline, Changed changed) const {
        for (int spins = 0; spins < atomos::detail::Tuning::spins; ++spins) {
            if (changed()) return true;
            atomos::detail::pause();
        }
        for (;;) {
            const std::uint64_t turn = line_->turn.load(std::memory_order_seq_cst);
            if (changed()) return true;
            if (!memory_->read_only()) announce_wait(line_->waiting, turn + 1);
            if (changed()) return true;
            if (!memory_->sleep(line_->turn, turn, deadline)) return changed();
        }
    }
    void notify() const {
        if (memory_->read_only()) memory_->refuse_write();
        if (!is_awaited_now(line_->waiting)) return;
        const std::uint64_t turn = line_->turn.fetch_add(1, std::memory_order_seq_cst);
        memory_->wake(*line_, line_->turn, turn + 1);
    }

  private:
    Memory* memory_;
    CellLine* line_;
    Word* word_;
    Word* writable_;
};

/// One number in a region, by name, alone on its line.
template <class T>
class Number {
  public:
    /// Opens the variable, or makes it. Errors: as find_or_make().
    Number(const Region& region, std::string_view name, T first)
        : memory_(region.memory()), at_(found(*memory_, name, first)) {}

    [[gnu::always_inline]] NumberWord<T>& word() { return at_.word(); }
    const NumberWord<T>& word() const noexcept { return at_.word(); }

    template <class Changed>
    bool wait(const atomos::detail::Deadline* deadline, Changed changed) const {
        return at_.wait(deadline, changed);
    }
    void notify() const { at_.notify(); }

  private:
    static NumberAt<T> found(Memory& memory, std::string_view name, T first) {
        static_assert(sizeof(NumberWord<T>) <= sizeof(CellLine::word));
        constexpr Kind kind = std::is_same_v<T, bool> ? Kind::boolean : Kind::number;
        const Index at = find_or_make(memory, name, {kind, type_name<T>(), sizeof(T), alignof(T)},
                                      [&] { return word_of(first); }, {});
        CellLine& line = memory.at<Entry>(at)->cell;
        return {memory, line, &line.word};
    }
    static std::uint64_t word_of(T value) noexcept {
        std::uint64_t word = 0;
        std::memcpy(&word, &value, sizeof value);
        return word;
    }

    std::shared_ptr<Memory> memory_;
    NumberAt<T> at_;
};

}  // namespace atomos::process
