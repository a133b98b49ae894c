/// \file
/// Busy threads: questions and receipts take the place of barriers.

#define ATOMOS_MODEL_BATCH \
    1  // every replacement after the first looks for the receipts of the one before
#include "model/scenario.hpp"

namespace model {

namespace {

struct Two {
    Reference x{Value(0)};
    Reference y{Value(0)};
};

/// Afterwards all `threads` are known to one another, and their looks take the fast way.
void warm_up(Two& s, int threads) {
    look(s.y);
    meet(threads);
}

template <int threads>
void look_often(Two& s) {
    warm_up(s, threads);
    long last = 0;
    for (int i = 0; i < 4; ++i) {
        const long now = look(s.x);
        expect(now >= last, "a later look sees no older value");
        last = now;
    }
}
void keep_often(Two& s) {
    warm_up(s, 2);
    for (int i = 0; i < 4; ++i) s.x.get()->number();
}
template <int threads>
void add_twice(Two& s) {
    warm_up(s, threads);
    add_one(s.x);
    add_one(s.x);
}
/// With its look it answers the question of the thread that adds to x.
void add_and_look(Two& s) {
    warm_up(s, 3);
    add_one(s.y);
    look(s.y);
}

}  // namespace

std::vector<Program> programs() {
    return {program<Two>("a looking reader gives receipts", {look_often<2>, add_twice<2>}),
            program<Two>("a reader that keeps gives receipts", {keep_often, add_twice<2>}),
            program<Two>("a later question vouches for earlier replacements",
                         {look_often<3>, add_twice<3>, add_and_look})};
}

}  // namespace model
