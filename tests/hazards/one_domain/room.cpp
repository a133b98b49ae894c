/// \file
/// The library; it is built in many ways.
#include "hazards/one_domain/room.hpp"

#include <memory>
#include <utility>

namespace {

using hazards::Counters;
using hazards::number_of;
using hazards::Shared;
using hazards::SharedAtom;
using Snapshot = SharedAtom::Snapshot;

const void* domain() {
    try {
        return &atomos::detail::domain();
    } catch (const atomos::Unavailable&) {
        return nullptr;
    }
}

SharedAtom* make(long number) {
    try {
        return new SharedAtom(Shared(number));
    } catch (const atomos::Unavailable&) {
        return nullptr;
    }
}

void swap(SharedAtom* atom) {
    atom->swap([](const Shared& value) { return Shared(value.number + 1); });
}

long read(const SharedAtom* atom) { return atom->read(number_of); }

long read_during(const SharedAtom* atom, void (*inside)(void*), void* data) {
    return atom->read([&](const Shared& value) {
        inside(data);
        return number_of(value);
    });
}

int replace_validators(SharedAtom* atom) {
    struct Ending {
        SharedAtom* atom;
        int* ended;
        ~Ending() {
            ++*ended;
            atom->set_validator([](const Shared& value) { return value.number >= 0; });
        }
    };
    int ended = 0;
    for (int i = 0; i < 10; ++i) {
        std::shared_ptr<Ending> ending(new Ending{atom, &ended});
        atom->set_validator([held = std::move(ending)](const Shared&) { return held != nullptr; });
    }
    atom->set_validator({});
    atomos::collect();
    return ended;
}

Counters* make_counters() {
    try {
        return new Counters;
    } catch (const atomos::Unavailable&) {
        return nullptr;
    }
}

constexpr hazards::Room room{
    .domain = domain,
    .make = make,
    .unmake = [](SharedAtom* atom) { delete atom; },
    .swap = swap,
    .read = read,
    .read_during = read_during,
    .hold = [](const SharedAtom* atom) { return new Snapshot(atom->deref()); },
    .look = [](const Snapshot* held) { return number_of(**held); },
    .drop = [](Snapshot* held) { delete held; },
    .replace_validators = replace_validators,
    .make_counters = make_counters,
    .unmake_counters = [](Counters* counters) { delete counters; },
    .add = [](Counters* counters, long n) { counters->add(n); },
    .drain = [](Counters* counters) { return counters->drain(); },
};

}  // namespace

const hazards::Room* atomos_test_room() { return &room; }
