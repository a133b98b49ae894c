/// \file
/// The owner's side of a pending change: it comes into the words, is decided, and goes.
#pragma once

#include <algorithm>
#include <atomos/detail/count.hpp>
#include <atomos/detail/pending.hpp>
#include <cstddef>
#include <functional>

namespace atomos::detail {

/// One attempt to change several cells at once, or to change what nobody else can change meanwhile. What is
/// not committed at its end is undone.
///
///     Transaction t(2, Transaction::contested);     Transaction t(1, Transaction::held);
///     t.add(word, seen, generation); ...            t.add(word);
///     if (t.install()) {                            if (t.hold()) {      // t.old(word) stands
///         t.offer(word, node); ...                      t.offer(word, node);
///         if (t.commit()) ...                           if (t.commit()) ...
class Transaction {
  public:
    enum Way : bool { contested, held };

    /// Errors: std::bad_alloc, Unavailable.
    Transaction(std::size_t cells, Way way)
        : record_(record()), pending_(Pending::make(record_, cells, way == held)) {}

    ~Transaction() {
        if (installed_ == 0) {
            let_go(pending_);
            return;
        }
        pending_->decide(Decision::aborted);
        for (std::size_t i = 0; i < installed_; ++i) pending_->leave(*pending_->parts()[i].word);
        if (running_) --record_.holds;
        Domain& d = *record_.domain;
        if (pending_->held) unpark(d, pending_);
        if (committed_) {
            each([&](Part& p) { unpark(d, p.word); });
            each([&](Part& p) { retire_slowly(record_, p.old); });
        }
        retire_slowly(record_, pending_);
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    /// Takes a cell in, with the node and the generation that have to stand. The caller holds the node.
    void add(CellWord& word, Node* seen, std::uintptr_t generation) noexcept {
        seen->hold();
        Part& part = pending_->parts()[added_++];
        part.word = &word;
        part.old = seen;
        part.next.store(seen, std::memory_order_relaxed);
        part.generation = generation;
    }

    /// Takes a cell in, whatever stands.
    void add(CellWord& word) noexcept { pending_->parts()[added_++].word = &word; }

    /// Makes all cells pending. False: something else stands in one, or somebody has aborted it.
    ///
    /// Errors   std::bad_alloc, WouldDeadlock.
    bool install() {
        sort();
        while (installed_ < added_) {
            if (!install(pending_->parts()[installed_])) return false;
            ++installed_;
            if (!pending_->undecided()) return false;
        }
        return true;
    }

    /// Makes all cells pending, whatever stands in them: it stands on until commit(). False: it was aborted.
    ///
    /// Progress   Blocking while others hold one of them; in the order of addresses, so never in a circle.
    /// Errors     std::bad_alloc, WouldDeadlock.
    bool hold() {
        sort();
        while (installed_ < added_) {
            if (!install_over(pending_->parts()[installed_])) continue;
            ++installed_;
            if (!pending_->undecided()) return false;
        }
        ++record_.holds;
        running_ = true;
        return true;
    }

    /// What stands in a cell until it is committed.
    Node* old(const CellWord& word) noexcept { return pending_->part(word).old; }
    /// What is to stand; the caller's until it is committed.
    Node* next(const CellWord& word) noexcept {
        return pending_->part(word).next.load(std::memory_order_relaxed);
    }
    void offer(const CellWord& word, Node* next) noexcept {
        pending_->part(word).next.store(next, std::memory_order_relaxed);
    }

    /// Lets the next nodes stand, in all cells at once. False: it was aborted, and the next nodes are the
    /// caller's still.
    bool commit() noexcept {
        each([](Part& p) {
            Node* const next = p.next.load(std::memory_order_relaxed);
            next->version = p.old->version + 1;
            next->hold();
        });
        committed_ = pending_->decide(Decision::committed);
        if (!committed_) {
            each([](Part& p) {
                count(Event::loss);
                p.next.load(std::memory_order_relaxed)->let_go();
            });
        }
        return committed_;
    }

  private:
    template <class F>
    void each(F f) {
        std::for_each(pending_->parts(), pending_->parts() + added_, f);
    }

    void sort() {
        std::sort(pending_->parts(), pending_->parts() + added_,
                  [](const Part& a, const Part& b) { return std::less<>()(a.word, b.word); });
    }

    std::uintptr_t pending_word(std::uintptr_t generation) const noexcept {
        return word_of(pending_) | pending_mark | generation;
    }

    bool install(Part& part) {
        count(Event::attempt);
        for (;;) {
            std::uintptr_t expected = word_of(part.old) | part.generation;
            if (part.word->compare_exchange_strong(expected, pending_word(part.generation), T1,
                                                   R2)) {
                return true;
            }
            if ((expected & pending_mark) == 0) {
                count(Event::loss);
                return false;
            }
            make_way(*part.word);
        }
    }

    bool install_over(Part& part) {
        make_way(*part.word);
        const SpareSlot slot(record_);
        std::uintptr_t node = 0;
        if (!name_in(*slot, *part.word, node)) return false;
        part.old = node_of(node);
        part.next.store(part.old, std::memory_order_relaxed);
        std::uintptr_t expected = part.word->load(R2);
        part.generation = expected & generation_bits;
        if (expected != (node | part.generation) ||
            !part.word->compare_exchange_strong(expected, pending_word(part.generation), T1, R2)) {
            part.old = nullptr;
            return false;
        }
        part.old->hold();
        return true;
    }

    Record& record_;
    Pending* pending_;
    std::size_t added_ = 0;
    std::size_t installed_ = 0;
    bool running_ = false;
    bool committed_ = false;
};

}  // namespace atomos::detail
