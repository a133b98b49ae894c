/// \file
/// Snapshots that are handed to other threads, copied, dropped elsewhere, or too many for the slots.

#include <optional>

#include "model/scenario.hpp"

namespace model {

namespace {

struct Parcel {
    Reference value{Value(0)};
    std::optional<Snapshot> content;
    Shared<bool> sent{false};

    void send(Snapshot s) {
        content.emplace(std::move(s));
        sent.store(true, std::memory_order_release);
    }
    /// Reads and drops what was sent, if it comes soon.
    void receive() {
        for (int tries = 0; tries < 4; ++tries) {
            if (sent.load(std::memory_order_acquire)) {
                content->get().number();
                content.reset();
                return;
            }
            yield();
        }
    }
};

void send_and_take_again(Parcel& p) {
    p.send(p.value.get());
    for (int i = 0; i < 3; ++i) p.value.get()->number();
}
void send_a_copy(Parcel& p) {
    const Snapshot mine = p.value.get();
    p.send(Snapshot(mine));
    mine->number();
}
void copy_and_send_a_copy(Parcel& p) {
    Snapshot mine = p.value.get();
    const Snapshot copy = mine;
    p.send(Snapshot(mine));
    mine = {};
    copy->number();
}
void receive(Parcel& p) { p.receive(); }
void add_twice(Parcel& p) {
    add_one(p.value);
    add_one(p.value);
}

template <std::size_t n>
void take(Parcel& p) {
    std::array<Snapshot, n> many;
    for (Snapshot& s : many) {
        s = p.value.get();
        s->number();
    }
    for (const Snapshot& s : many) s->number();
}

}  // namespace

std::vector<Program> programs() {
    return {
        program<Parcel>("a slot that another thread emptied is used again",
                        {send_and_take_again, receive, add_twice}),
        program<Parcel>("a copy is dropped by another thread", {send_a_copy, receive, add_twice}),
        program<Parcel>("two copies outlive the slot", {copy_and_send_a_copy, receive, add_twice}),
        program<Parcel>("more snapshots than slots", {take<9>, add_twice}),
        program<Parcel>("more snapshots than slots, twice", {take<8>, take<8>, add_twice}, nullptr,
                        false)};
}

}  // namespace model
