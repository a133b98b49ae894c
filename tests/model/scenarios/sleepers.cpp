/// \file
/// Threads that do not answer: barriers put them to sleep, many looks wake them.

#include "model/scenario.hpp"

namespace model {

namespace {

struct Two {
    Reference x{Value(0)};
    Reference y{Value(0)};
};

/// First all are attached; then the writer of x is likely to put the others to sleep.
template <int threads>
void fall_asleep(Two& s) {
    look(s.y);
    meet(threads);
    meet(threads);
}
template <int threads>
void put_to_sleep(Two& s) {
    look(s.y);
    meet(threads);
    add_one(s.x);
    meet(threads);
}

template <int threads>
void look_often(Two& s) {
    fall_asleep<threads>(s);
    long last = 0;
    for (int i = 0; i < 4; ++i) {
        const long now = look(s.x);
        expect(now >= last, "a later look sees no older value");
        last = now;
    }
}
void look_and_keep(Two& s) {
    fall_asleep<2>(s);
    for (int i = 0; i < 3; ++i) {
        look(s.x);
        s.x.get()->number();
    }
}
void add_twice(Two& s) {
    put_to_sleep<2>(s);
    add_one(s.x);
    add_one(s.x);
}
void add_once(Two& s) {
    put_to_sleep<3>(s);
    add_one(s.x);
}
void add_beside(Two& s) {
    fall_asleep<3>(s);
    add_one(s.x);
}

}  // namespace

std::vector<Program> programs() {
    return {program<Two>("a sleeper wakes", {look_often<2>, add_twice}),
            program<Two>("a sleeper keeps", {look_and_keep, add_twice}),
            program<Two>("two writers and a sleeper", {look_often<3>, add_once, add_beside})};
}

}  // namespace model
