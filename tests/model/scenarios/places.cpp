/// \file
/// Processes with lanes, pins and waits: the real code around slots.hpp.

#include "model/region.hpp"

namespace model {

namespace {

template <int looks>
void look_often(Three& s) {
    std::uint64_t last = 0;
    for (int i = 0; i < looks; ++i) {
        const std::uint64_t now = s.own().get(0).standing.version;
        expect(now >= last, "a later look sees no older value");
        last = now;
    }
}
void read_pinned_twice(Three& s) {
    s.own().read_pinned(0);
    s.own().read_pinned(0);
}
template <int times>
void change(Three& s) {
    for (int i = 0; i < times; ++i) s.own().change(0);
}
template <int times>
void overwrite(Three& s) {
    for (int i = 0; i < times; ++i) s.own().overwrite(0);
}
void come_late(Three& s) {
    const Process::Seen first = s.own().get(0);
    change<2>(s);
    expect(!s.own().replace(0, first), "who saw an earlier version loses");
    change<1>(s);
}
void change_in_both(Three& s) {
    s.own().change(0);
    s.own().change(1);
    s.own().change(0);
}
void change_and_die(Three& s) {
    die_at(1 + random_below(80));
    change<2>(s);
}
void read_pinned_and_die(Three& s) {
    die_at(1 + random_below(30));
    read_pinned_twice(s);
}
template <std::uint64_t version>
void wait_for(Three& s) {
    Process::Seen now = s.own().get(0);
    while (now.standing.version < version) {
        s.own().wait(0, now);
        now = s.own().get(0);
    }
}
template <std::uint64_t changes>
void add_up(Three& s) {
    expect(s.all[0]->get(0).standing.version == 2 + changes, "the replacements add up");
}

}  // namespace

std::vector<Program> programs() {
    prepare_region();
    return {program<Three>("a reader beside a writer", {change<3>, look_often<2>}, add_up<3>),
            program<Three>("two writers", {change<2>, overwrite<2>, look_often<2>}, add_up<4>),
            program<Three>("a writer comes late", {come_late, look_often<2>}, add_up<3>),
            program<Three>("blocks serve two cells", {change_in_both, look_often<2>}),
            program<Three>("a reader pins", {change<3>, read_pinned_twice}),
            program<Three>("two readers pin", {change<3>, read_pinned_twice, look_often<2>}),
            program<Three>("a writer is killed", {change_and_die, change<2>, look_often<2>}),
            program<Three>("a reader is killed with its pin",
                           {change<3>, read_pinned_and_die, look_often<1>}, add_up<3>),
            program<Three>("one waits", {change<1>, wait_for<3>}),
            program<Three>("two wait for two writers", {change<1>, wait_for<4>, overwrite<1>})};
}

}  // namespace model
