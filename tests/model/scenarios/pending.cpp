/// \file
/// Changes of several variables at once, and of one that is held, beside looks and replacements.

#include <atomos/transact.hpp>
#include <tuple>

#include "model/scenario.hpp"

namespace model {

namespace {

using Options = atomos::SwapOptions;

struct Two {
    Reference x{Value(0)};
    Reference y{Value(0)};
    Reference z{Value(0)};
    long saw = -1;
    long other_saw = -1;
};

auto more_of_each(const Value& x, const Value& y) {
    return std::tuple(Value(x.number() + 1), Value(y.number() + 1));
}
void add_to_both(Two& s) { atomos::transact(Options{1}, more_of_each, s.x, s.y); }
void add_to_both_held(Two& s) { atomos::transact(Options{0}, more_of_each, s.x, s.y); }
void add_to_y(Two& s) { add_one(s.y); }
void add_to_y_held(Two& s) {
    s.y.update_and_get(Options{0}, [](const Value& v) { return Value(v.number() + 1); });
}

void look_at_both(Two& s) {
    const long x = look(s.x);
    expect(look(s.y) >= x, "who has seen one new value sees no old one");
}
void keep_both(Two& s) {
    const Snapshot x = s.x.get();
    const Snapshot y = s.y.get();
    expect(y->number() >= x->number(), "who has seen one new value sees no old one");
    expect(s.y.get().version() >= y.version(), "a later snapshot is not older");
}
void look_at_once(Two& s) {
    const auto [x, y] = atomos::snapshot_all(s.x, s.y);
    expect(x->number() == y->number(), "a look at both sees them as of one moment");
}
void wait_for_y(Two& s) {
    Snapshot now = s.y.get();
    while (now.version() < 2) now = s.y.wait(now);
    expect(look(s.x) == 1, "who was woken by one new value sees the other");
}

template <long x, long y>
void end_with(Two& s) {
    expect(look(s.x) == x && look(s.y) == y, "the changes add up");
    expect(s.y.get().version() == static_cast<std::uint64_t>(y) + 1, "each change is one version");
}

}  // namespace

std::vector<Program> programs() {
    std::vector<Program> all;
    for (const bool barriers : {true, false}) {
        const std::string how = barriers ? "" : ", without barriers";
        const auto add = [&](const std::string& name, std::vector<void (*)(Two&)> threads,
                             void (*after)(Two&)) {
            all.push_back(program<Two>(name + how, std::move(threads), after, barriers));
        };
        add("a transaction beside looks", {add_to_both, look_at_both}, end_with<1, 1>);
        add("a transaction beside snapshots", {add_to_both, keep_both}, end_with<1, 1>);
        add("a transaction beside a look at both", {add_to_both, look_at_once}, end_with<1, 1>);
        add("a transaction beside a writer", {add_to_both, add_to_y}, end_with<1, 2>);
        add("two transactions beside looks", {add_to_both, add_to_both, look_at_both},
            end_with<2, 2>);
        add("a held transaction beside looks", {add_to_both_held, look_at_both}, end_with<1, 1>);
        add("a held swap beside a writer", {add_to_y_held, add_to_y, look_at_both}, end_with<0, 2>);
        add("a held swap beside a transaction", {add_to_y_held, add_to_both, look_at_both},
            end_with<1, 2>);
        add("two held transactions", {add_to_both_held, add_to_both_held}, end_with<2, 2>);
        add("one waits for a transaction", {wait_for_y, add_to_both}, end_with<1, 1>);
        add("store buffering",
            {[](Two& s) {
                 add_to_both(s);
                 s.saw = look(s.z);
             },
             [](Two& s) {
                 add_one(s.z);
                 s.other_saw = look(s.y);
             }},
            [](Two& s) {
                expect(s.saw == 1 || s.other_saw == 1, "one of two writers sees the other");
            });
    }
    return all;
}

}  // namespace model
