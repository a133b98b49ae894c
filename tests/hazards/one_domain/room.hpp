/// \file
/// What a shared library offers that brings its own copy of the headers.
#pragma once

#include <atomos/atomos.hpp>
#include <cstdint>

namespace hazards {

/// A value that shows when it is used after its end.
struct Shared {
    explicit Shared(long n = 0) : number(n) {}
    Shared(const Shared& other) : number(other.number) {}
    Shared& operator=(const Shared&) = delete;
    ~Shared() { mark = 0; }

    bool whole() const { return mark == intact; }

    static constexpr std::uint64_t intact = 0x600DCAFE;
    long number;
    volatile std::uint64_t mark = intact;
};

using SharedAtom = atomos::Atom<Shared>;

struct Plus {
    std::int64_t operator()(std::int64_t a, std::int64_t b) const { return a + b; }
};

/// One of each, to which all libraries add.
struct Counters {
    atomos::LongAdder longs;
    atomos::DoubleAdder doubles;
    atomos::LongAccumulator<Plus> plus{Plus{}, 0};

    void add(long n) {
        longs.add(n);
        doubles.add(static_cast<double>(n));
        plus.accumulate(n);
    }
    /// What was in all of them; -1 if they differ.
    long drain() {
        const long sum = longs.sum_then_reset();
        const bool alike =
            doubles.sum_then_reset() == static_cast<double>(sum) && plus.get_then_reset() == sum;
        return alike ? sum : -1;
    }
};

struct Room {
    /// The domain that the library's code uses; nullptr: it refused, with Unavailable.
    const void* (*domain)();
    SharedAtom* (*make)(long number);
    void (*unmake)(SharedAtom* atom);
    void (*swap)(SharedAtom* atom);
    /// The number, or -1 if the value was destroyed.
    long (*read)(const SharedAtom* atom);
    /// Calls `inside` while the value is being read; then as read.
    long (*read_during)(const SharedAtom* atom, void (*inside)(void*), void* data);
    SharedAtom::Snapshot* (*hold)(const SharedAtom* atom);
    long (*look)(const SharedAtom::Snapshot* held);
    void (*drop)(SharedAtom::Snapshot* held);
    /// Sets a validator whose destructor sets another one, and replaces it. Returns how many have ended.
    int (*replace_validators)(SharedAtom* atom);
    Counters* (*make_counters)();
    void (*unmake_counters)(Counters* counters);
    void (*add)(Counters* counters, long n);
    long (*drain)(Counters* counters);
};

inline long number_of(const Shared& value) { return value.whole() ? value.number : -1; }

}  // namespace hazards

extern "C" [[gnu::visibility("default")]] const hazards::Room* atomos_test_room();
