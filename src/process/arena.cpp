/// \file
/// Claiming, adopting and growing.

#include "process/arena.hpp"

#include <algorithm>
#include <atomos/errors.hpp>
#include <cerrno>
#include <new>
#include <string>
#include <thread>
#include <utility>

#include "process/failure.hpp"
#include "process/names.hpp"

namespace atomos::process {

Index each_span(Memory& memory, Index from, const std::function<void(Index, const SpanWord&)>& f) {
    Index at = from;
    while (memory.within(at, unit)) {
        const std::uint64_t word = memory.at<SpanLine>(at)->word.load(std::memory_order_acquire);
        if (word == 0) break;
        SpanWord span;
        if (!SpanWord::read(word, memory.salt(), span) ||
            !memory.within(at, std::size_t{span.units} * unit)) {
            memory.damaged("span at " + std::to_string(at), "word " + std::to_string(word),
                           "0, or an owner, a size and a length with their check");
        }
        f(at, span);
        at += span.units;
    }
    return at;
}

void Arena::join() {
    // What an attempt that failed had taken over belongs to whoever has that number by now.
    own_ = std::make_unique<Private>();
    Private& own = *own_;
    platform::File lock;
    if (const int e = platform::open_again(memory_.descriptor(), false, lock)) {
        fail(memory_.name(), "joining it (opening it once more, through /proc/self/fd)", e);
    }
    const unsigned number = take_number(lock);
    ParticipantLine& line = memory_.participant(number);
    for (auto& pin : line.pins) pin.store(0, std::memory_order_seq_cst);
    line.pid.store(static_cast<std::uint32_t>(platform::process_id()), std::memory_order_relaxed);
    line.joined.fetch_add(1, std::memory_order_relaxed);
    raise_bound(memory_.joined_bound(), number + 1);

    own.lock = std::move(lock);
    own.number = number;
    own.frontier = memory_.spans();
    std::vector<std::pair<Index, SpanWord>> inherited;
    own.frontier = each_span(memory_, own.frontier, [&](Index at, const SpanWord& word) {
        if (word.owner == number + 1) inherited.emplace_back(at, word);
    });
    if (inherited.empty()) return;
    const Standing standing = everything_that_stands();
    for (const auto& [at, word] : inherited) register_span(at, word, standing);
}

unsigned Arena::take_number(const platform::File& lock) const {
    // An adopter holds a dead participant's number for a moment, and the byte behind all numbers
    // meanwhile. So a full house is looked at again; for long only while somebody adopts.
    constexpr int rounds = 200;
    constexpr int rounds_beside_an_adopter = 20'000;
    const unsigned all = memory_.participants();
    for (int round = 0; round < rounds_beside_an_adopter; ++round) {
        for (unsigned number = 0; number < all; ++number) {
            const int e = platform::try_lock(lock.descriptor(), number);
            if (e == 0) return number;
            if (e != EAGAIN && e != EACCES) fail(memory_.name(), "locking a participant's byte", e);
        }
        if (round >= rounds && !platform::is_locked(lock.descriptor(), all)) break;
        std::this_thread::yield();
    }
    throw Full(about(memory_.name()) + "participants: " + std::to_string(all) +
               " processes write already, of " + std::to_string(all) +
               " allowed; nothing was changed");
}

void bury(const void* inherited) noexcept {
    try {
        static auto* const buried = new std::vector<const void*>;
        buried->push_back(inherited);
    } catch (const std::bad_alloc&) {
        return;  // then it is a leak
    }
}

void Arena::forget() noexcept {
    // The parent's threads may have been in the middle of a change to this: it is left as it is.
    Private* const inherited = own_.release();
    const platform::File closed = std::move(inherited->lock);
    bury(inherited);
    own_ = std::make_unique<Private>();
}

void Arena::register_new(Index at, const SpanWord& word) {
    Span span{word, {}};
    const auto size = static_cast<Index>(SizeClass::units(word.size_class));
    for (Index i = word.blocks(); i-- > 0;) span.free.push_back(at + 1 + i * size);
    own_->with_free[word.size_class].push_back(at);
    own_->spans[at] = std::move(span);
}

void Arena::draw(unsigned size_class, std::size_t count, Lane& lane, std::vector<Index>& into) {
    const std::lock_guard lock(own_->mutex);
    bool cleared = false;
    bool adopted = false;
    bool collected = false;
    for (;;) {
        auto& with_free = own_->with_free[size_class];
        while (!with_free.empty() && into.size() < count) {
            auto& free = own_->spans[with_free.back()].free;
            while (!free.empty() && into.size() < count) {
                into.push_back(free.back());
                free.pop_back();
            }
            if (free.empty()) with_free.pop_back();
        }
        if (!into.empty()) return;
        if (!std::exchange(collected, true)) {
            collect(size_class);
            continue;
        }

        const auto before = static_cast<std::size_t>(std::count_if(
            own_->spans.begin(), own_->spans.end(),
            [&](const auto& span) { return span.second.word.size_class == size_class; }));
        const Index units = span_units(size_class, before);
        Claimed claimed = claim(size_class, units);
        if (claimed == Claimed::yes) continue;
        if (!std::exchange(cleared, true)) {
            clear(lane);
            continue;
        }
        if (!std::exchange(adopted, true)) {
            adopt();
            collected = false;
            continue;
        }
        if (cut_anew(size_class)) continue;
        if (claimed == Claimed::beyond_the_file) {
            grow(own_->frontier + units);
            continue;
        }
        const Index least = span_units(size_class, 0);
        claimed = claim(size_class, least);
        if (claimed == Claimed::yes) continue;
        if (claimed == Claimed::beyond_the_file) {
            grow(own_->frontier + least);
            continue;
        }
        throw Full(about(memory_.name()) + "its limit is " +
                   std::to_string(std::size_t{memory_.limit()} * unit) + " bytes, of which " +
                   std::to_string(std::size_t{own_->frontier} * unit) + " are taken; a block of " +
                   std::to_string(SizeClass::units(size_class) * unit) +
                   " bytes does not fit; nothing was changed");
    }
}

void Arena::put_back(unsigned size_class, Index block) {
    auto span = std::prev(own_->spans.upper_bound(block));
    if (span->second.free.empty()) own_->with_free[size_class].push_back(span->first);
    span->second.free.push_back(block);
}

/// Takes back what a lane has, of all sizes, and does not need. The caller holds the lane.
void Arena::clear(Lane& lane) {
    for (unsigned size_class = 0; size_class < SizeClass::count; ++size_class) {
        if (!lane.shelves[size_class]) continue;
        Shelf& shelf = *lane.shelves[size_class];
        while (!shelf.ready.empty()) put_back(size_class, shelf.ready.pop());
        for (std::size_t left = shelf.used.size(); left != 0; --left) {
            const Used used = shelf.used.pop();
            const bool standing = used.cell != nullptr && stands(*used.cell, used.block);
            if (standing || memory_.pinned(used.block)) {
                shelf.used.push(used);
            } else {
                put_back(size_class, used.block);
            }
        }
    }
}

Index Arena::span_units(unsigned size_class, std::size_t spans_before) noexcept {
    const std::size_t block = SizeClass::units(size_class);
    const std::size_t aim = (std::size_t{4096} << std::min<std::size_t>(spans_before, 4)) / unit;
    return static_cast<Index>(1 + std::clamp<std::size_t>(aim / block, 1, 512) * block);
}

Arena::Claimed Arena::claim(unsigned size_class, Index units) {
    if (claim_given_up(size_class)) return Claimed::yes;
    const std::uint64_t mine_word = mine(size_class, units).word(memory_.salt());
    for (;;) {
        own_->frontier = each_span(memory_, own_->frontier, [](Index, const SpanWord&) {});
        const Index at = own_->frontier;
        if (std::size_t{at} + units > memory_.limit()) return Claimed::beyond_the_limit;
        if (!memory_.within(at, std::size_t{units} * unit)) return Claimed::beyond_the_file;
        std::uint64_t nobody = 0;
        if (memory_.at<SpanLine>(at)->word.compare_exchange_strong(nobody, mine_word,
                                                                   std::memory_order_seq_cst)) {
            register_new(at, mine(size_class, units));
            return Claimed::yes;
        }
    }
}

/// Takes a span that somebody gave up: the shortest that is long enough for a block of the size.
bool Arena::claim_given_up(unsigned size_class) {
    Index best = 0;
    SpanWord found;
    each_span(memory_, memory_.spans(), [&](Index at, const SpanWord& word) {
        if (word.owner != 0 || word.units <= SizeClass::units(size_class)) return;
        if (best != 0 && word.units >= found.units) return;
        best = at;
        found = word;
    });
    if (best == 0) return false;
    std::uint64_t seen = found.word(memory_.salt());
    const SpanWord taken = mine(found.size_class, found.units);
    if (!memory_.at<SpanLine>(best)->word.compare_exchange_strong(seen, taken.word(memory_.salt()),
                                                                  std::memory_order_seq_cst)) {
        return false;
    }
    cut(best, taken, size_class);
    return true;
}

/// Cuts a span of ours, of which nothing stands, into blocks of a size.
void Arena::cut(Index at, const SpanWord& old, unsigned size_class) {
    const SpanWord next = mine(size_class, old.units);
    if (old.size_class != size_class) {
        const auto size = static_cast<Index>(SizeClass::units(old.size_class));
        for (Index i = 0; i < old.blocks(); ++i) end_block(*memory_.at<Block>(at + 1 + i * size));
        memory_.at<SpanLine>(at)->word.store(next.word(memory_.salt()), std::memory_order_seq_cst);
    }
    register_new(at, next);
}

/// Gives a span of ours, of which nothing stands, to another size: the shortest that is long enough.
bool Arena::cut_anew(unsigned size_class) {
    auto best = own_->spans.end();
    for (auto it = own_->spans.begin(); it != own_->spans.end(); ++it) {
        const auto& [word, free] = it->second;
        if (word.size_class == size_class || free.size() != word.blocks() ||
            word.units <= SizeClass::units(size_class)) {
            continue;
        }
        if (best == own_->spans.end() || word.units < best->second.word.units) best = it;
    }
    if (best == own_->spans.end()) return false;
    const Index at = best->first;
    const SpanWord old = best->second.word;
    std::erase(own_->with_free[old.size_class], at);
    cut(at, old, size_class);
    return true;
}

void Arena::grow(Index to) {
    constexpr std::size_t step = (std::size_t{16} << 20U) / unit;
    const std::size_t now = memory_.look_for_growth();
    const std::size_t wanted = std::min<std::size_t>(
        std::max<std::size_t>(to, now + std::min(now / 2, step)), memory_.limit());
    const std::size_t bytes = (wanted * unit + page - 1) / page * page;
    int e = platform::extend(memory_.descriptor(), bytes);
    if (e == ENOSPC) e = platform::extend(memory_.descriptor(), std::size_t{to} * unit);
    if (e != 0) fail(memory_.name(), "growing it to " + std::to_string(bytes) + " bytes", e);
    memory_.look_for_growth();
}

}  // namespace atomos::process
