/// \file
/// The lists of retired values: a collector takes them from their owners, threads leave them behind.

#include <optional>

#include "model/scenario.hpp"

namespace model {

namespace {

struct Held {
    Reference value{Value(0)};
    std::optional<Snapshot> kept{value.get()};
};

void add_four(Held& s) {
    for (int i = 0; i < 4; ++i) add_one(s.value);
}
void add_twice(Held& s) {
    for (int i = 0; i < 2; ++i) add_one(s.value);
}
void collect_twice(Held&) {
    atomos::collect();
    atomos::collect();
}
void drop(Held& s) { s.kept.reset(); }
void drop_and_collect(Held& s) {
    s.kept.reset();
    atomos::collect();
}

}  // namespace

std::vector<Program> programs() {
    std::vector<Program> all;
    for (const bool barriers : {true, false}) {
        const std::string how = barriers ? "" : ", without barriers";
        all.push_back(program<Held>("a collector beside a writer" + how, {add_four, collect_twice},
                                    drop, barriers));
        all.push_back(program<Held>("two collectors beside a writer" + how,
                                    {add_four, collect_twice, drop_and_collect}, nullptr,
                                    barriers));
        all.push_back(program<Held>("values are left behind" + how, {add_twice, add_twice, drop},
                                    nullptr, barriers));
    }
    return all;
}

}  // namespace model
