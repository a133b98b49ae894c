/// \file
/// Validators: what one has checked does not land under another, also when a generation comes again.

#include <atomos/atom.hpp>

#include "model/scenario.hpp"

namespace model {

namespace {

using Atom = atomos::Atom<Value>;

bool anything(const Value&) { return true; }
bool even(const Value& v) { return v.number() % 2 == 0; }

struct Guarded {
    Atom atom{Value(0)};
    bool set = false;
    bool swapped = false;
};

struct GuardedFromTheStart : Guarded {
    GuardedFromTheStart() { atom.set_validator(anything); }
};

template <class State>
void swap_once(State& s) {
    try {
        s.atom.swap([](const Value& v) { return Value(v.number() + 1); });
        s.swapped = true;
    } catch (const atomos::ValidationError&) {
        s.swapped = false;
    }
}
template <class State>
void set_even(State& s) {
    try {
        s.atom.set_validator(even);
        s.set = true;
    } catch (const atomos::ValidationError&) {
        s.set = false;
    }
}
/// The second time the generation may be that of the attempt under way.
template <class State>
void set_twice(State& s) {
    s.atom.set_validator(anything);
    set_even(s);
}
template <class State>
void check(State& s) {
    const long now = s.atom.read([](const Value& v) { return v.number(); });
    expect(now == (s.swapped ? 1 : 0), "a swap lands once, or not at all");
    expect(!s.set || now % 2 == 0, "no odd value stands where only even ones may");
}

}  // namespace

std::vector<Program> programs() {
    return {program<Guarded>("a first validator", {swap_once<Guarded>, set_even<Guarded>},
                             check<Guarded>),
            program<GuardedFromTheStart>(
                "a generation comes again",
                {swap_once<GuardedFromTheStart>, set_twice<GuardedFromTheStart>},
                check<GuardedFromTheStart>),
            program<GuardedFromTheStart>(
                "a generation comes again, without barriers",
                {swap_once<GuardedFromTheStart>, set_twice<GuardedFromTheStart>},
                check<GuardedFromTheStart>, false)};
}

}  // namespace model
