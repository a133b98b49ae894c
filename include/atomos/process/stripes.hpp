/// \file
/// Stripes: words of one variable, each on a line of its own, to which threads of all processes spread.
///
/// A thread uses one stripe until it meets somebody there, and then the next one: so threads that are busy
/// at the same time part, whichever processes they are of, forked ones too, and nothing has to be handed
/// out, or taken back from the dead. A word belongs to nobody. It is changed by one locked instruction, so
/// a kill comes before a change or after it.
#pragma once

#include <atomos/process/memory.hpp>
#include <atomos/process/region.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

namespace atomos::process {

/// Which stripe this thread uses, of all variables that have some.
struct StripeHint {
    std::size_t stripe;
};
ATOMOS_THREAD_LOCAL(StripeHint, stripe_hint)

/// The words of one variable.
class Stripes {
  public:
    using Word = Atomic<std::uint64_t>;
    static constexpr std::size_t count = 16;

    /// Opens the variable, or makes it with `first` in all words. Errors: as find_or_make().
    Stripes(const Region& region, std::string_view name, Kind kind, std::string_view type,
            std::uint64_t first)
        : memory_(region.memory()) {
        const Index at =
            find_or_make(*memory_, name, type_of(kind, type), {}, [&] { return all_of(first); });
        words_ = static_cast<std::byte*>(array_words(*memory_, at, bytes));
    }

    /// What such a variable is in a region, and what it is made of.
    static Type type_of(Kind kind, std::string_view type) noexcept {
        return {kind, type, bytes, alignof(Word)};
    }
    static std::vector<std::byte> all_of(std::uint64_t first) {
        std::vector<std::byte> all(bytes);
        for (std::size_t i = 0; i < count; ++i) {
            std::memcpy(all.data() + i * unit, &first, sizeof first);
        }
        return all;
    }

    /// This thread's stripe, to be written. Errors: PermissionDenied: the region is open for reading only.
    [[gnu::always_inline]] Word& own() {
        if (memory_->read_only()) [[unlikely]]
            memory_->refuse_write();
        return word(stripe_hint().stripe % count);
    }
    /// Goes on to another one, where this thread stays: it has met somebody in its own.
    [[gnu::cold, gnu::noinline]] Word& next() { return word(++stripe_hint().stripe % count); }

    /// Calls f with every word.
    template <class F>
    void each(F f) const {
        for (std::size_t i = 0; i < count; ++i) f(word(i));
    }
    /// As above, to write them. Errors: PermissionDenied.
    template <class F>
    void each_to_write(F f) {
        if (memory_->read_only()) memory_->refuse_write();
        each(f);
    }

  private:
    static constexpr std::size_t bytes = count * unit;

    Word& word(std::size_t i) const {
        return *std::launder(reinterpret_cast<Word*>(words_ + i * unit));
    }

    std::shared_ptr<Memory> memory_;
    std::byte* words_ = nullptr;
};

}  // namespace atomos::process
