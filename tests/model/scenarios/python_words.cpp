/// \file
/// The word behind the Python package's objects where there is no GIL: what it publishes, and who waits.

#include "word.hpp"

#include "model/scenario.hpp"

namespace model {

namespace {

using atomos::python::FreeWord;
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

}  // namespace

std::vector<Program> programs() {
    return {
        program<Kept>("a reader beside sets", {look, set<0>, set<1>}),
        program<Kept>("a reader beside replacements", {look, replace<0>, replace<1>}),
        program<Owned>("values are taken out", {exchange, exchange, exchange}),
        program<Awaited>("one waits for a set", {wait, set}),
        program<Awaited>("one waits for a replacement", {wait, replace}),
    };
}

}  // namespace model
