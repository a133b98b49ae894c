/// \file
/// Arena: the spans that this participant owns, and how it comes to more.
#pragma once

#include <array>
#include <atomos/process/memory.hpp>
#include <atomos/process/region.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "platform/system.hpp"

namespace atomos::process {

/// Blocks for one process, from spans of which it is the owner.
///
/// A span is claimed by one CAS on its first word, so a kill leaves it either nobody's or a dead
/// participant's. Who takes a dead participant's number, or its spans, looks through all heads: blocks
/// that stand go on standing, the others are free. A lock that the kernel drops with the process says
/// who is dead; while it is held, nobody else touches those spans.
class Arena {
  public:
    explicit Arena(Memory& memory) : memory_(memory), own_(std::make_unique<Private>()) {}

    /// Takes a participant's number, and what its last owner left. Errors: as Memory::join.
    void join();
    /// In a fork's child: closes what was inherited, and owns nothing.
    void forget() noexcept;

    /// Moves free blocks of a size to `into`: at least one, at most so many. When there are none, what
    /// `lane`, which the caller holds, has of all sizes is taken back first.
    ///
    /// Errors   Full, Unavailable, Damaged, std::bad_alloc.
    void draw(unsigned size_class, std::size_t count, Lane& lane, std::vector<Index>& into);

    unsigned number() const noexcept { return own_->number; }

    /// Adopts the spans of all dead participants.
    Recovered recover();

  private:
    struct Span {
        SpanWord word;
        std::vector<Index> free;
    };
    /// Each block that stands, and where; nullptr: it stands for good.
    using Standing = std::unordered_map<Index, const CellLine*>;

    struct Private {
        std::mutex mutex;
        platform::File lock;
        unsigned number = 0;
        Index frontier = 0;
        std::map<Index, Span> spans;
        std::array<std::vector<Index>, SizeClass::count> with_free;
        std::array<std::vector<Used>, SizeClass::count> standing;
    };

    enum class Claimed { yes, beyond_the_file, beyond_the_limit };

    SpanWord mine(unsigned size_class, Index units) const noexcept {
        return {own_->number + 1, size_class, units};
    }
    static Index span_units(unsigned size_class, std::size_t spans_before) noexcept;

    Standing everything_that_stands() const;
    /// Owns a span whose word names this participant already.
    void register_span(Index at, const SpanWord& word, const Standing& standing);
    void register_new(Index at, const SpanWord& word);
    unsigned take_number(const platform::File& lock) const;
    void put_back(unsigned size_class, Index block);
    void clear(Lane& lane);
    void collect(unsigned size_class);
    void give_up_free_spans();
    bool claim_given_up(unsigned size_class);
    Claimed claim(unsigned size_class, Index units);
    void cut(Index at, const SpanWord& old, unsigned size_class);
    bool cut_anew(unsigned size_class);
    void grow(Index to);
    Recovered adopt();
    unsigned adopt_from(unsigned owner, const std::vector<Index>& spans, Recovered& recovered);

    Memory& memory_;
    std::unique_ptr<Private> own_;
};

/// Keeps what a fork's child inherited in the middle of a change: it is neither used nor destroyed any
/// more, and a leak checker finds it here.
void bury(const void* inherited) noexcept;

/// Calls f(at, word) for each span. Returns the first index beyond them. Errors: Damaged.
Index each_span(Memory& memory, Index from, const std::function<void(Index, const SpanWord&)>& f);

}  // namespace atomos::process
