/// \file
/// Taking over what the dead left, and giving up what nobody needs.

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "process/arena.hpp"
#include "process/names.hpp"

namespace atomos::process {

Arena::Standing Arena::everything_that_stands() const {
    Standing standing;
    each_name_page(memory_, [&](Index block) { standing[block] = nullptr; });
    each_entry(memory_, [&](Index at, Entry& entry) {
        standing[at] = nullptr;
        if (has_block(entry.kind)) {
            standing[Head{entry.cell.word.load(G0)}.block()] = &entry.cell;
        }
        return true;
    });
    return standing;
}

void Arena::register_span(Index at, const SpanWord& word, const Standing& standing) {
    Span span{word, {}};
    const auto size = static_cast<Index>(SizeClass::units(word.size_class));
    for (Index i = 0; i < word.blocks(); ++i) {
        const Index block = at + 1 + i * size;
        const auto found = standing.find(block);
        if (found == standing.end() && !memory_.pinned(block)) {
            span.free.push_back(block);
        } else if (found == standing.end()) {
            own_->standing[word.size_class].push_back({block, nullptr});
        } else if (found->second != nullptr) {
            own_->standing[word.size_class].push_back({block, found->second});
        }
    }
    if (!span.free.empty()) own_->with_free[word.size_class].push_back(at);
    own_->spans[at] = std::move(span);
}

/// Finds blocks of adopted spans that stood then and do not any more.
void Arena::collect(unsigned size_class) {
    auto& standing = own_->standing[size_class];
    std::erase_if(standing, [&](const Used& used) {
        if (used.cell != nullptr && stands(*used.cell, used.block)) return false;
        if (memory_.pinned(used.block)) return false;
        put_back(size_class, used.block);
        return true;
    });
}

/// Gives up every span of which nothing stands and nothing is in use: it is nobody's then. Else who
/// adopts again and again would end up with everything.
void Arena::give_up_free_spans() {
    for (unsigned size_class = 0; size_class < SizeClass::count; ++size_class) {
        if (!own_->standing[size_class].empty()) collect(size_class);
    }
    std::erase_if(own_->spans, [&](const auto& entry) {
        const auto& [at, span] = entry;
        if (span.free.size() != span.word.blocks()) return false;
        std::erase(own_->with_free[span.word.size_class], at);
        const SpanWord nobodys{0, span.word.size_class, span.word.units};
        memory_.at<SpanLine>(at)->word.store(nobodys.word(memory_.salt()),
                                             std::memory_order_seq_cst);
        return true;
    });
}

Recovered Arena::recover() {
    const std::lock_guard lock(own_->mutex);
    return adopt();
}

namespace {

/// Says that somebody adopts; one at a time, if the other does not take too long.
class Adopting {
  public:
    Adopting(int descriptor, unsigned byte) : descriptor_(descriptor), byte_(byte) {
        for (int tries = 0; tries < 1000 && !held_; ++tries) {
            held_ = platform::try_lock(descriptor, byte) == 0;
            if (!held_) std::this_thread::yield();
        }
    }
    Adopting(const Adopting&) = delete;
    Adopting& operator=(const Adopting&) = delete;
    ~Adopting() {
        if (held_) platform::unlock(descriptor_, byte_);
    }

  private:
    int descriptor_;
    unsigned byte_;
    bool held_ = false;
};

}  // namespace

Recovered Arena::adopt() {
    const Adopting adopting(own_->lock.descriptor(), memory_.participants());
    std::map<unsigned, std::vector<Index>> others;
    each_span(memory_, memory_.spans(), [&](Index at, const SpanWord& word) {
        if (word.owner != 0 && word.owner != own_->number + 1) others[word.owner].push_back(at);
    });
    Recovered recovered{};
    for (const auto& [owner, spans] : others) {
        if (owner - 1 >= memory_.participants()) {
            memory_.damaged("span at " + std::to_string(spans.front()),
                            "owner " + std::to_string(owner - 1),
                            "less than " + std::to_string(memory_.participants()));
        }
        recovered.participants += adopt_from(owner, spans, recovered);
    }
    give_up_free_spans();
    return recovered;
}

unsigned Arena::adopt_from(unsigned owner, const std::vector<Index>& spans, Recovered& recovered) {
    const unsigned number = owner - 1;
    if (platform::try_lock(own_->lock.descriptor(), number) != 0) return 0;
    struct Unlock {
        int descriptor;
        unsigned number;
        ~Unlock() { platform::unlock(descriptor, number); }
    } const unlock{own_->lock.descriptor(), number};

    for (auto& pin : memory_.participant(number).pins) pin.store(0, std::memory_order_seq_cst);
    const Standing standing = everything_that_stands();
    for (const Index at : spans) {
        auto& shared = memory_.at<SpanLine>(at)->word;
        std::uint64_t word = shared.load(std::memory_order_acquire);
        SpanWord span;
        if (!SpanWord::read(word, memory_.salt(), span) || span.owner != owner) continue;
        span.owner = own_->number + 1;
        if (!shared.compare_exchange_strong(word, span.word(memory_.salt()),
                                            std::memory_order_seq_cst)) {
            continue;
        }
        register_span(at, span, standing);
        recovered.bytes += std::size_t{span.units} * unit;
    }
    return 1;
}

}  // namespace atomos::process
