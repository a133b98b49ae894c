/// \file
/// Waiters, the writers that wake them, and those of both that are killed.

#include "model/slots.hpp"

namespace model {

namespace {

/// The system's part, between processes.
void sleep(const Shared<std::uint64_t>& word, std::uint64_t seen) {
    futex_wait(word.place(), seen, Where::current());
}
void wake(const Shared<std::uint64_t>& word) { futex_wake_all(word.place(), Where::current()); }

struct Waits : Space {
    /// Who waited is content.
    Shared<bool> over{false};

    CellLine& line() { return cells[0]; }

    /// As Memory::wake, after `old` was replaced. Returns whether anybody seemed to wait.
    bool tell(std::uint64_t old) {
        if (!is_awaited(line().waiting)) return false;
        withdraw_wait(line().waiting, old);
        wake(line().word);
        turn.fetch_add(1, std::memory_order_seq_cst);
        wake(turn);
        return true;
    }

    /// As Place::wait.
    void wait(const Seen& seen) {
        while (head(0) == seen.head) fall_asleep(seen);
    }
    /// After a look that found it.
    void fall_asleep(const Seen& seen) {
        announce_wait(line().waiting, seen.version);
        if (still_stands(line(), seen.head)) sleep(line().word, seen.head.word);
    }
};

template <std::uint64_t version>
void wait_for(Waits& s) {
    Seen now = s.get(0);
    while (now.version < version) {
        s.wait(now);
        const Seen later = s.get(0);
        expect(later.version > now.version, "who has waited sees another version");
        now = later;
    }
}

/// As the watcher thread, which waits for changes in the whole region.
template <std::uint64_t version>
void watch_for(Waits& s) {
    for (;;) {
        const std::uint64_t turn = s.turn.load(std::memory_order_seq_cst);
        const Seen now = s.get(0);
        if (now.version >= version) return;
        announce_wait(s.line().waiting, now.version);
        if (!Head{s.line().word.load(atomos::process::F2)}.names(now.version)) continue;
        sleep(s.turn, turn);
    }
}

template <unsigned writer, int times>
void change(Waits& s) {
    Process p(s);
    p.owns(block(2 + 2 * writer));
    p.owns(block(3 + 2 * writer));
    for (int i = 0; i < times; ++i) s.tell(p.change(0));
}

void wait_and_say(Waits& s) {
    wait_for<2>(s);
    s.over.store(true);
}
void watch_and_say(Waits& s) {
    watch_for<2>(s);
    s.over.store(true);
}
void change_and_die(Waits& s) {
    die_at(1 + random_below(30));
    change<0, 1>(s);
}
/// Who sleeps looks again after a while by himself.
void change_and_let_time_pass(Waits& s) {
    outlive(2);
    change<1, 1>(s);
    while (!s.over.load()) {
        wake(s.line().word);
        wake(s.turn);
        yield();
    }
}

void wait_and_die(Waits& s) {
    die_at(1 + random_below(20));
    wait_for<2>(s);
}
/// Some of it after the waiter is dead.
template <unsigned writer>
void change_and_outlive(Waits& s) {
    Process p(s);
    p.owns(block(2 + 2 * writer));
    p.owns(block(3 + 2 * writer));
    s.tell(p.change(0));
    outlive(1);
    int wakes = 0;
    for (int i = 0; i < 2; ++i) wakes += s.tell(p.change(0)) ? 1 : 0;
    expect(wakes <= 1, "a dead waiter costs one wake");
}

/// A number, as process::Number: to be notified is a change of its turn.
template <std::uint64_t value>
void wait_for_number(Waits& s) {
    CellLine& line = s.cells[1];
    const auto changed = [&line] { return line.word.load() >= value; };
    for (;;) {
        const std::uint64_t turn = line.turn.load(std::memory_order_seq_cst);
        announce_wait(line.waiting, turn + 1);
        if (changed()) return;
        sleep(line.turn, turn);
    }
}
void add_and_notify(Waits& s) {
    CellLine& line = s.cells[1];
    line.word.fetch_add(1, std::memory_order_relaxed);
    if (!is_awaited_now(line.waiting)) return;
    const std::uint64_t turn = line.turn.fetch_add(1, std::memory_order_seq_cst);
    withdraw_wait(line.waiting, turn + 1);
    wake(line.turn);
}

/// The first version was replaced; nobody was told yet. Somebody has looked before.
struct Untold : Waits {
    Seen first;
    Seen second;
    Untold() : first(get(0)) {
        Process p(*this);
        p.owns(block(2));
        p.change(0);
        second = get(0);
    }
};

struct Numbered : Waits {
    Numbered() { cells[1].word.store(0, std::memory_order_relaxed); }
};

}  // namespace

std::vector<Program> programs() {
    return {
        program<Waits>("one waits", {wait_for<2>, change<0, 1>}),
        program<Waits>("two wait for changes", {wait_for<2>, wait_for<3>, change<0, 2>}),
        program<Waits>("one waits for two writers", {wait_for<3>, change<0, 1>, change<1, 1>}),
        program<Waits>("two wait for two writers",
                       {wait_for<2>, wait_for<3>, change<0, 1>, change<1, 1>}),
        program<Waits>("one watches, one waits", {watch_for<3>, wait_for<2>, change<0, 2>}),
        program<Waits>("one watches two writers", {watch_for<3>, change<0, 1>, change<1, 1>}),
        program<Waits>("a writer is killed beside a waiter",
                       {wait_and_say, change_and_die, change_and_let_time_pass}),
        program<Waits>("a writer is killed beside a watcher",
                       {watch_and_say, change_and_die, change_and_let_time_pass}),
        program<Waits>("a waiter is killed", {wait_and_die, change_and_outlive<0>}),
        program<Waits>("a waiter is killed beside two writers",
                       {wait_and_die, change_and_outlive<0>, change_and_outlive<1>}),
        program<Untold>("a late wake meets who waits for the next version",
                        {[](Untold& s) { s.tell(1); },
                         [](Untold& s) {
                             s.fall_asleep(s.first);
                             s.wait(s.first);
                         },
                         [](Untold& s) { s.wait(s.second); }, [](Untold& s) { change<1, 1>(s); }}),
        program<Numbered>(
            "two wait for a number",
            {[](Numbered& s) { wait_for_number<1>(s); }, [](Numbered& s) { wait_for_number<2>(s); },
             [](Numbered& s) { add_and_notify(s); }, [](Numbered& s) { add_and_notify(s); }})};
}

}  // namespace model
