/// \file
/// Looks against replacements and the freeing of what was replaced.

#include "model/scenario.hpp"

namespace model {

namespace {

struct One {
    Reference value{Value(0)};
};

void look_twice(One& s) {
    const long first = look(s.value);
    expect(look(s.value) >= first, "a later look sees no older value");
}
void add_twice(One& s) {
    add_one(s.value);
    add_one(s.value);
}
void add_thrice(One& s) {
    add_twice(s);
    add_one(s.value);
}

void keep_and_look(One& s) {
    const Snapshot kept = s.value.get();
    const long then = kept->number();
    expect(look(s.value) >= then, "a look sees nothing older than a snapshot");
    expect(kept->number() == then, "a snapshot stays as it is");
    const Snapshot later = s.value.get();
    expect(later.version() >= kept.version(), "a later snapshot is not older");
}

template <long sum>
void add_up(One& s) {
    expect(look(s.value) == sum, "the replacements add up");
}

struct Two {
    Reference x{Value(0)};
    Reference y{Value(0)};
    long saw_y = -1;
    long saw_x = -1;
};

}  // namespace

std::vector<Program> programs() {
    std::vector<Program> all;
    for (const bool barriers : {true, false}) {
        const std::string how = barriers ? "" : ", without barriers";
        all.push_back(program<One>("peek" + how, {look_twice, add_thrice}, add_up<3>, barriers));
        all.push_back(program<One>("keep" + how, {keep_and_look, add_thrice}, add_up<3>, barriers));
        all.push_back(program<One>("two writers" + how, {look_twice, add_twice, add_twice},
                                   add_up<4>, barriers));
        all.push_back(program<Two>(
            "store buffering" + how,
            {[](Two& s) {
                 add_one(s.x);
                 s.saw_y = look(s.y);
             },
             [](Two& s) {
                 add_one(s.y);
                 s.saw_x = look(s.x);
             }},
            [](Two& s) {
                expect(s.saw_x == 1 || s.saw_y == 1, "one of two writers sees the other");
            },
            barriers));
    }
    return all;
}

}  // namespace model
