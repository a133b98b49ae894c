/// \file
/// Calls of what comes to an end, and changes that wait for the one who calls a watch.

#include <atomos/detail/calls.hpp>
#include <atomos/detail/mailboxes.hpp>

#include "model/scenario.hpp"

namespace model {

namespace {

using atomos::detail::Call;
using atomos::detail::Callee;
using atomos::detail::record;
using atomos::detail::settle_end;

/// A function that uses something, which goes when nobody calls the function any more.
struct Watched {
    Callee callee;
    long used = 1;
    /// For a call that takes over the slot of a snapshot.
    Reference value{Value(0)};
};

void call(Watched& s) {
    if (const Call here(s.callee); here) expect(s.used > 0, "what a call uses is there");
}
void call_twice(Watched& s) {
    call(s);
    call(s);
}
void end(Watched& s) {
    s.callee.end();
    settle_end(*record().domain);
    while (s.callee.called_elsewhere(record(), false)) atomos::detail::pause();
    s.used = 0;
}
/// Its slots are taken (by announcements of nothing) but for the one that a call takes next.
void look_and_call(Watched& s) {
    auto& mine = record();
    for (int i = 1; i < mine.kept_slots; ++i) {
        mine.kept[i - 1].store(atomos::detail::waiting_mark, std::memory_order_relaxed);
    }
    {
        const Snapshot last = s.value.get();
        expect(last->number() >= 0, "a snapshot is whole");
    }
    {
        const Call here(s.callee);
    }
    for (int i = 1; i < mine.kept_slots; ++i) {
        mine.kept[i - 1].store(0, std::memory_order_relaxed);
    }
}
void add_and_collect(Watched& s) {
    add_one(s.value);
    atomos::collect();
}

/// What a mailbox needs of a snapshot.
struct Version {
    std::uint64_t number = 0;
    std::uint64_t version() const noexcept { return number; }
    explicit operator bool() const noexcept { return number != 0; }
};

template <class Box>
struct Mail {
    Box box;
    /// Of who has the duty, and plain.
    std::uint64_t last = 1;
    int told = 0;

    void put(std::uint64_t version) {
        box.put(new atomos::detail::Told<Version>{{version - 1}, {version}});
        if (!box.take_duty()) return;
        do {
            while (auto one = box.next(0)) {
                expect(one->old.number == last, "the watch is told what follows on the last");
                last = one->now.number;
                ++told;
            }
        } while (box.go_on());
    }
};

struct Ordered : Mail<atomos::detail::InOrder<Version>> {
    Ordered() { box.begin_after(1); }
};
struct Latest : Mail<atomos::detail::Newest<Version>> {
    Latest() : Mail{atomos::detail::Newest<Version>({1})} {}
};

template <class M, std::uint64_t version>
void put(M& s) {
    s.put(version);
}
template <class M, std::uint64_t version>
void put_two(M& s) {
    s.put(version);
    s.put(version + 1);
}

}  // namespace

std::vector<Program> programs() {
    const auto all_told = [](Ordered& s) {
        expect(s.told == 3 && s.last == 4, "each change is told");
    };
    const auto newest_told = [](Latest& s) { expect(s.last == 4, "the newest change is told"); };
    return {
        program<Watched>("a call beside the end", {call, end}),
        program<Watched>("calls of two beside the end", {call_twice, call, end}),
        program<Watched>("a call beside the end, without barriers", {call, end}, nullptr, false),
        program<Watched>("a call in the slot of a snapshot", {look_and_call, add_and_collect}),
        program<Ordered>("three changes in order",
                         {put<Ordered, 2>, put<Ordered, 3>, put<Ordered, 4>}, all_told),
        program<Ordered>("two threads, three changes in order",
                         {put_two<Ordered, 3>, put<Ordered, 2>}, all_told),
        program<Latest>("three changes, the newest",
                        {put<Latest, 2>, put<Latest, 3>, put<Latest, 4>}, newest_told),
    };
}

}  // namespace model
