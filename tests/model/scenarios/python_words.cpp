/// \file
/// The word behind the Python package's objects where there is no GIL: what it publishes, who waits, and
/// what stands in two of them that change together.

#include "word.hpp"

#include "model/scenario.hpp"

namespace model {

namespace {

using atomos::python::Decision;
using atomos::python::FreeWord;
using atomos::python::Verdict;
using atomos::python::Waiting;
using atomos::python::Word;

Word word_of(const Value* value) { return reinterpret_cast<Word>(value); }
Value& value_of(Word word) { return *reinterpret_cast<Value*>(word); }

/// Values that outlive who reads them, as Python's do by their counts: those that were put in, and when.
struct Kept {
    Value first{0};
    Value* made[2] = {nullptr, nullptr};
    FreeWord word{word_of(&first)};

    ~Kept() {
        for (const Value* each : made) delete each;
    }
};

void look(Kept& s) { value_of(s.word.load()).number(); }
template <int place>
void set(Kept& s) {
    s.made[place] = new Value(place);
    value_of(s.word.exchange(word_of(s.made[place]))).number();
}
template <int place>
void replace(Kept& s) {
    s.made[place] = new Value(place);
    Word seen = s.word.load();
    while (!s.word.replace(seen, word_of(s.made[place]))) seen = s.word.load();
    value_of(seen).number();
}

/// A word that owns its value: who takes one out ends it.
struct Owned {
    FreeWord word{word_of(new Value(0))};

    ~Owned() { delete &value_of(word.load()); }
};

void exchange(Owned& s) { delete &value_of(s.word.exchange(word_of(new Value(1)))); }

/// The lock that a waiter sleeps on: as Parking in interpreter.cpp, with room for one.
struct Awaited {
    FreeWord word{0};
    Waiting waiting;
    Shared<std::uint32_t> woken{0};
};

void wait(Awaited& s) {
    if (s.word.load() != 0) return;
    s.waiting.enter();
    if (s.word.load() == 0) {
        while (s.woken.load(std::memory_order_relaxed) == 0) {
            atomos::detail::futex_wait(s.woken, 0, nullptr);
        }
    }
    s.waiting.leave();
}
void wake(Awaited& s) {
    if (!s.waiting.any()) return;
    s.woken.store(1, std::memory_order_relaxed);
    atomos::detail::futex_wake_all(s.woken);
}
void set(Awaited& s) {
    s.word.exchange(2);
    wake(s);
}
void replace(Awaited& s) {
    if (s.word.replace(0, 2)) wake(s);
}

/// Two words that change together, once: as Pending and Transaction, without the counts of references.
struct Both {
    /// What stands in a word while the change is in it; no value's address.
    static constexpr Word pending = 4;
    struct Part {
        FreeWord word{0};
        Shared<Word> next{0};
    };

    Value first{0};
    Value* made[3] = {nullptr, nullptr, nullptr};
    Part x;
    Part y;
    Verdict verdict;

    Both() {
        x.word.exchange(word_of(&first));
        y.word.exchange(word_of(&first));
    }
    ~Both() {
        for (const Value* each : made) delete each;
    }

    Word standing(const Part& part) const {
        const Word seen = part.word.load();
        if (seen != pending) return seen;
        if (verdict.look() != Decision::committed) return word_of(&first);
        const Word next = part.next.load(std::memory_order_relaxed);
        expect(next != 0, "what was committed has a new value");
        return next;
    }
    void leave(Part& part) {
        if (part.word.load() == pending) part.word.replace(pending, standing(part));
    }
};

/// Its new values are made when it stands in the words already, as those of a function that holds them.
void change(Both& s) {
    if (s.x.word.replace(word_of(&s.first), Both::pending)) {
        if (s.y.word.replace(word_of(&s.first), Both::pending)) {
            s.made[0] = new Value(1);
            s.made[1] = new Value(1);
            s.x.next.store(word_of(s.made[0]), std::memory_order_relaxed);
            s.y.next.store(word_of(s.made[1]), std::memory_order_relaxed);
            s.verdict.decide(Decision::committed);
        }
        s.verdict.decide(Decision::aborted);
        s.leave(s.x);
        s.leave(s.y);
    }
}
void write(Both& s) {
    s.made[2] = new Value(2);
    for (;;) {
        const Word seen = s.y.word.load();
        if (seen == Both::pending) {
            s.verdict.decide(Decision::aborted);
            s.leave(s.y);
        } else if (s.y.word.replace(seen, word_of(s.made[2]))) {
            return;
        }
    }
}
void look_at_both(Both& s) {
    const long x = value_of(s.standing(s.x)).number();
    const long y = value_of(s.standing(s.y)).number();
    expect(y >= x, "who has seen one new value sees no old one");
}
void is_whole(Both& s) {
    const bool committed = s.verdict.look() == Decision::committed;
    expect(value_of(s.x.word.load()).number() == (committed ? 1 : 0), "all or nothing");
    expect(value_of(s.y.word.load()).number() == (s.made[2] != nullptr ? 2 : 1), "all or nothing");
}

}  // namespace

std::vector<Program> programs() {
    return {
        program<Both>("a change of two beside looks", {change, look_at_both}, is_whole),
        program<Both>("a change of two beside a writer", {change, write, look_at_both}, is_whole),
        program<Kept>("a reader beside sets", {look, set<0>, set<1>}),
        program<Kept>("a reader beside replacements", {look, replace<0>, replace<1>}),
        program<Owned>("values are taken out", {exchange, exchange, exchange}),
        program<Awaited>("one waits for a set", {wait, set}),
        program<Awaited>("one waits for a replacement", {wait, replace}),
    };
}

}  // namespace model
