/// \file
/// Whether every thread has seen a replacement: by receipt, or at the price of a barrier.
///
/// detail/orders.hpp has the argument, docs/reclamation.md tells it at length.
#pragma once

#include <atomos/detail/domain.hpp>
#include <cstdint>

namespace atomos::detail {

/// Draws a question that is newer than every replacement made so far by this thread.
inline std::uintptr_t draw_question(Domain& d) noexcept { return d.question.fetch_add(2, W2) + 2; }

/// Puts a question to every thread that is awake: "have you seen what was replaced before?"
inline std::uintptr_t ask(Domain& d, const Record& mine) noexcept {
    const std::uintptr_t question = draw_question(d);
    d.each([&](Record& r) {
        std::uintptr_t asked = r.asked.load(std::memory_order_relaxed);
        if (&r != &mine && (asked & 1U) != 0 && asked < question) {
            r.asked.compare_exchange_strong(asked, question, W3);
        }
    });
    return question;
}

/// Whether this thread cannot hold unseen what was replaced before the question was put.
inline bool has_answered(const Record& r, std::uintptr_t question) noexcept {
    const std::uintptr_t receipt = r.peek.load(W4);
    if ((receipt & 1U) != 0 && receipt >= question) return true;
    const std::uintptr_t asked = r.asked.load(Z2);
    return (asked & 1U) == 0 && r.asleep.load(Z2) == asked;
}

/// Whether that holds for every other thread. Looks more than once at each, since the receipt of a thread
/// that is just reading is covered by what it reads.
inline bool all_answered(Domain& d, const Record& mine, std::uintptr_t question) noexcept {
    for (const Record* r = d.records.load(A2); r != nullptr; r = r->next) {
        if (r == &mine) continue;
        for (int looks = 0; r->attached.load(A2) && !has_answered(*r, question); pause()) {
            if (++looks == Tuning::patience) return false;
        }
    }
    return true;
}

/// Orders what every thread did before what we see from now on, and puts those to sleep that have not
/// answered. False: the kernel refused.
[[gnu::noinline]] inline bool barrier_for_all(Domain& d, const Record& mine,
                                              std::uintptr_t question) noexcept {
    const std::uintptr_t mark = draw_question(d) + 1;
    d.each([&](Record& r) {
        std::uintptr_t asked = r.asked.load(std::memory_order_relaxed);
        if (&r != &mine && r.attached.load(A2) && (asked & 1U) != 0 && !has_answered(r, question)) {
            r.asked.compare_exchange_strong(asked, mark, std::memory_order_relaxed);
        }
    });
    if (!heavy_barrier()) return false;
    d.each([&](Record& r) {
        if (r.asked.load(std::memory_order_relaxed) == mark) r.asleep.store(mark, Z1);
    });
    return true;
}

/// Counts one ordered look of a sleeper. After some it wakes: looks are frequent enough then that
/// receipts will do. If they are not, writers put it to sleep again, and the next sleep is twice as long,
/// up to where its ordered looks cost as much as the barrier that they save.
inline void look_in_sleep(Record& r) noexcept {
    if ((r.asked.load(std::memory_order_relaxed) & 1U) != 0 || ++r.ordered_looks < r.sleep) return;
    r.ordered_looks = 0;
    if (r.sleep < Tuning::longest_sleep) r.sleep = static_cast<std::uint16_t>(2 * r.sleep);
    // Relaxed is enough for the question: the fence makes what it vouches for ours.
    r.asked.exchange(r.domain->question.load(std::memory_order_relaxed), Z3);
    fence(Z3);
}

}  // namespace atomos::detail
