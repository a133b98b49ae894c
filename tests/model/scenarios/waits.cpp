/// \file
/// Waiters and the writers that wake them.

#include "model/scenario.hpp"

namespace model {

namespace {

struct One {
    Reference value{Value(0)};
};

template <std::uint64_t version>
void wait_for(One& s) {
    Snapshot now = s.value.get();
    while (now.version() < version) {
        Snapshot later = s.value.wait(now);
        expect(later.version() > now.version(), "who has waited sees another version");
        now = std::move(later);
    }
}
void add_once(One& s) { add_one(s.value); }
void add_twice(One& s) {
    add_one(s.value);
    add_one(s.value);
}

}  // namespace

std::vector<Program> programs() {
    return {program<One>("one waits", {wait_for<2>, add_once}),
            program<One>("two wait", {wait_for<2>, wait_for<3>, add_twice}),
            program<One>("one waits for two", {wait_for<3>, add_once, add_once}),
            program<One>("one waits, without barriers", {wait_for<2>, add_once}, nullptr, false)};
}

}  // namespace model
