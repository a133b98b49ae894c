/// \file
/// Looks against replacements, where blocks are used again at once.

#include "model/slots.hpp"

namespace model {

namespace {

template <unsigned cell, int looks>
void look_often(Space& s) {
    std::uint64_t last = 0;
    for (int i = 0; i < looks; ++i) {
        const Seen now = s.get(cell);
        expect(now.version >= last, "a later look sees no older value");
        last = now.version;
    }
}

/// Uses the block that stands and one more in turn.
void change_thrice(Space& s) {
    Process p(s);
    p.owns(block(0), 0);
    p.owns(block(2));
    for (int i = 0; i < 3; ++i) p.change(0);
}
void change_blindly(Space& s) {
    Process p(s);
    p.owns(block(0), 0);
    p.owns(block(2));
    for (int i = 0; i < 3; ++i) p.overwrite(0);
}
/// With two blocks of its own.
template <unsigned first>
void change_twice(Space& s) {
    Process p(s);
    p.owns(block(first));
    p.owns(block(first + 1));
    p.change(0);
    p.change(0);
}
template <unsigned first>
void change_blindly_twice(Space& s) {
    Process p(s);
    p.owns(block(first));
    p.owns(block(first + 1));
    p.overwrite(0);
    p.overwrite(0);
}
template <std::uint64_t changes>
void add_up(Space& s) {
    expect(s.get(0).version == 1 + changes, "the replacements add up");
}

/// Comes with a version that was replaced by itself: the block it would write may be that version's.
void come_late(Space& s) {
    Process p(s);
    p.owns(block(0), 0);
    p.owns(block(2));
    const Seen first = s.get(0);
    p.change(0);
    p.change(0);
    expect(!p.replace(0, first), "who saw an earlier version loses");
    p.change(0);
}

/// Block 2 is the first cell's second version, and then the other cell's second version.
void change_in_both(Space& s) {
    Process p(s);
    p.owns(block(0), 0);
    p.owns(block(1), 1);
    p.owns(block(2));
    p.change(0);
    p.change(0);
    p.change(1);
}

/// Blocks 4 and 5 are one, in which the first cell's second version stands: a half in each.
struct Big : Space {
    Big() {
        const Said value = ledger().next();
        write_block(at(block(4)), first_cell, 2, 2 * sizeof(Block), 0, [&](Block& into) {
            store_half(into, value.what);
            store_half(at(block(5)), value.again);
        });
        cells[0].word.store(Head::of(block(4), 2).word, std::memory_order_relaxed);
        ledger().committed(0, 2, value);
    }
    static void store_half(Block& into, std::uint64_t half) {
        atomos::detail::store_words(into.words, &half, sizeof half);
    }
};
void look_at_big(Big& s) {
    const Head head = s.head(0);
    if (head.block() != block(4)) return;
    Said value;
    const auto version =
        read_block(s.at(block(4)), head, Space::first_cell, [&](const Block& from) {
            atomos::detail::load_words(&value.what, from.words, sizeof value.what);
            atomos::detail::load_words(&value.again, s.at(block(5)).words, sizeof value.again);
            return true;
        });
    if (version) ledger().seen(0, *version, value);
}
/// As Arena::cut: what stood in block 4 is over, and 5 is a block of its own.
void cut_from_big(Big& s) {
    Process p(s);
    p.owns(block(2));
    p.overwrite(0);
    end_block(s.at(block(4)));
    p.owns(block(5));
    p.overwrite(1);
}

/// The first cell's second version stands in block 5.
struct Small : Space {
    Small() {
        Process p(*this);
        p.owns(block(5));
        p.overwrite(0);
    }
};
/// As Arena::cut: what stood in block 5 is over, and lies within a value of block 4, stamp and all.
void join_to_big(Small& s) {
    Process p(s);
    p.owns(block(2));
    p.overwrite(0);
    end_block(s.at(block(4)));
    end_block(s.at(block(5)));
    const std::array<std::uint64_t, 12> value{};
    write_block(s.at(block(4)), Space::first_cell + 1, 2, sizeof value, 0, [&](Block& into) {
        for (std::size_t i = value.size(); i-- > 0;) {
            atomos::detail::store_words(into.words + i, &value[i], sizeof value[i]);
        }
    });
}

struct Saw : Space {
    std::array<std::uint64_t, 2> version{};
};
/// Writes one cell and looks at the other one.
template <unsigned mine>
void write_and_look(Saw& s) {
    Process p(s);
    p.owns(block(2 + mine));
    p.change(mine);
    s.version[1 - mine] = s.get(1 - mine).version;
}
void one_saw_the_other(Saw& s) {
    expect(s.version[0] == 2 || s.version[1] == 2, "one of two writers sees the other");
}

/// Is killed anywhere.
void change_and_die(Space& s) {
    die_at(1 + random_below(60));
    change_thrice(s);
}
/// Takes over what the first thread had, which is dead, and goes on with it.
void adopt_and_change(Space& s) {
    outlive(1);
    Process p(s);
    p.adopt({block(0), block(2)});
    p.change(0);
    p.change(0);
}
/// Has its own blocks, and does not care.
void change_beside(Space& s) {
    Process p(s);
    p.owns(block(3));
    p.owns(block(4));
    p.change(0);
    p.change(0);
}
void whole(Space& s) { s.get(0); }

}  // namespace

std::vector<Program> programs() {
    return {
        program<Space>("a reader beside a writer", {look_often<0, 2>, change_thrice}, add_up<3>),
        program<Space>("a reader beside a writer that does not look",
                       {look_often<0, 2>, change_blindly}, add_up<3>),
        program<Space>("two writers", {change_twice<2>, change_twice<4>, look_often<0, 2>},
                       add_up<4>),
        program<Space>("two writers, one of which does not look",
                       {change_twice<2>, change_blindly_twice<4>, look_often<0, 2>}, add_up<4>),
        program<Space>("a writer comes late", {look_often<0, 2>, come_late}, add_up<3>),
        program<Space>("a block serves two cells", {look_often<0, 2>, change_in_both}),
        program<Big>("blocks are cut from a bigger one", {look_at_big, cut_from_big}),
        program<Small>("blocks are joined to a bigger one",
                       {[](Small& s) { s.get(0); }, join_to_big}),
        program<Saw>("store buffering", {write_and_look<0>, write_and_look<1>}, one_saw_the_other),
        program<Space>("a writer is killed, another one goes on",
                       {change_and_die, change_beside, look_often<0, 2>}, whole),
        program<Space>("a writer is killed, and its blocks are adopted",
                       {change_and_die, adopt_and_change, look_often<0, 3>}, whole)};
}

}  // namespace model
