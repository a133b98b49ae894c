/// \file
/// What a writer does after a lost race: it pauses, and remembers for a while how long.
#pragma once

#include <atomos/detail/count.hpp>
#include <atomos/detail/domain.hpp>

namespace atomos::detail {

/// The pause stays long for a while: under contention it lets each writer win many times in a row, while
/// the value is in its own cache.
inline void forget_losses(Record& r) noexcept {
    if (++r.wins < Tuning::wins_to_forget) return;
    r.wins = 0;
    --r.losses;
}

/// After a lost race: a short pause, twice as long each time. The draft that lost is not held any more.
[[gnu::noinline]] inline void lose(Record& r, Slot* slot, Node* node) noexcept {
    count(Event::loss);
    for (int i = 0; i < Tuning::loss_pause << r.losses; ++i) pause();
    if (r.losses < Tuning::loss_doublings) ++r.losses;
    if (slot == nullptr) {
        node->let_go();
    } else {
        slot->store(0, S1);
    }
}

}  // namespace atomos::detail
