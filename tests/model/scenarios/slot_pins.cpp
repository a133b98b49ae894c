/// \file
/// Readers that pin a block instead of copying it, against its owner, who wants to write it again.

#include "model/slots.hpp"

namespace model {

namespace {

/// Reads the value in place, as Place::PinnedBlock, with the pin of that participant.
template <unsigned participant>
void read_pinned(Space& s) {
    auto& pin = s.pins[participant];
    for (int tries = 0; tries < 4; ++tries) {
        const Head standing = s.head(0);
        if (!pin_block(pin, s.cells[0], standing)) continue;
        const auto seen = s.look(0, standing);
        expect(seen.has_value(), "what is pinned is sound");
        const std::uint64_t& plain = s.plain[standing.block() - block(0)];
        expect(plain == seen->value.what, "what is pinned is not written");
        let_go(pin);
        return;
    }
}
template <unsigned participant>
void read_pinned_twice(Space& s) {
    read_pinned<participant>(s);
    read_pinned<participant>(s);
}
void read_pinned_and_die(Space& s) {
    die_at(1 + random_below(40));
    read_pinned_twice<0>(s);
}
template <int times>
void change(Space& s) {
    Process p(s);
    p.owns(block(0), 0);
    p.owns(block(2));
    for (int i = 0; i < times; ++i) p.change(0);
}
/// One block more than it needs.
void change_with_three(Space& s) {
    Process p(s);
    p.owns(block(0), 0);
    p.owns(block(2));
    p.owns(block(3));
    for (int i = 0; i < 4; ++i) p.change(0);
}
/// Replaces what the other writer owns.
void change_beside(Space& s) {
    Process p(s);
    p.owns(block(3));
    p.change(0);
}
/// As who joins under the number of the first thread, which is dead.
void empty_its_pin(Space& s) {
    outlive(1);
    s.pins[0].store(0, std::memory_order_seq_cst);
}

struct Unjoined : Space {
    Unjoined() { joined.store(0, std::memory_order_relaxed); }
};

}  // namespace

std::vector<Program> programs() {
    return {
        program<Space>("a reader pins", {read_pinned_twice<0>, change<3>}),
        program<Space>("two readers pin", {read_pinned<0>, read_pinned<1>, change<3>}),
        program<Space>("a reader pins, another process replaces",
                       {read_pinned_twice<0>, change<2>, change_beside}),
        program<Space>("a reader is killed with its pin", {read_pinned_and_die, change_with_three}),
        program<Space>("a dead reader's pin is taken away",
                       {read_pinned_and_die, change<3>, empty_its_pin}),
        program<Unjoined>("a reader joins and pins", {[](Unjoined& s) {
                                                          raise_bound(s.joined, 2);
                                                          read_pinned<1>(s);
                                                      },
                                                      [](Unjoined& s) { raise_bound(s.joined, 3); },
                                                      [](Unjoined& s) { change<2>(s); }})};
}

}  // namespace model
