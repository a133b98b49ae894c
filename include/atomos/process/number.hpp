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

/// One number in a region, by name, alone on its line.
template <class T>
class Number {
  public:
    /// Opens the variable, or makes it. Errors: as find_or_make().
    Number(const Region& region, std::string_view name, T first)
        : memory_(region.memory()),
          line_(&memory_
                     ->template at<Entry>(
                         find_or_make(*memory_, name,
                                      {std::is_same_v<T, bool> ? Kind::boolean : Kind::number,
                                       type_name<T>(), sizeof(T), alignof(T)},
                                      [&] { return word_of(first); }, {}))
                     ->cell),
          word_(memory_->read_only() ? nullptr : shared()) {}

    /// The word, to be written. Errors: PermissionDenied: the region is open for reading only.
    [[gnu::always_inline]] Atomic<T>& word() {
        if (word_ == nullptr) [[unlikely]]
            memory_->refuse_write();
        return *word_;
    }
    const Atomic<T>& word() const noexcept { return *shared(); }

    template <class Changed>
    bool wait(const atomos::detail::Deadline* deadline, Changed changed) const {
        for (int spins = 0; spins < atomos::detail::Tuning::spins; ++spins) {
            if (changed()) return true;
            atomos::detail::pause();
        }
        for (;;) {
            const std::uint64_t turn = line_->turn.load(std::memory_order_seq_cst);
            if (!memory_->read_only()) announce_wait(line_->waiting, turn + 1);
            if (changed()) return true;
            if (!memory_->sleep(line_->turn, turn, deadline)) return changed();
        }
    }
    void notify() const {
        if (memory_->read_only()) memory_->refuse_write();
        atomos::detail::fence(std::memory_order_seq_cst);
        if (!is_awaited(line_->waiting)) return;
        const std::uint64_t turn = line_->turn.fetch_add(1, std::memory_order_seq_cst);
        memory_->wake(*line_, line_->turn, turn + 1);
    }

  private:
    static std::uint64_t word_of(T value) noexcept {
        std::uint64_t word = 0;
        std::memcpy(&word, &value, sizeof value);
        return word;
    }
    /// A number stands where its 64-bit word begins; the compiler does not know that it is one.
    Atomic<T>* shared() const noexcept {
        static_assert(sizeof(Atomic<T>) <= sizeof(line_->word));
        return std::launder(reinterpret_cast<Atomic<T>*>(static_cast<void*>(&line_->word)));
    }

    std::shared_ptr<Memory> memory_;
    CellLine* line_;
    Atomic<T>* word_;
};

}  // namespace atomos::process
