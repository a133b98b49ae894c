/// \file
/// Memory that runs out at a chosen allocation, and what is tried with it.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <atomos/atomos.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <new>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

namespace hazards {

/// The allocation of this thread that fails, counted down; 0: none.
extern thread_local long failing;
/// One has failed.
extern thread_local bool failed;
/// An operation is running with memory that may fail.
extern thread_local bool armed;
extern std::atomic<long> allocated;

using Value = std::vector<int>;  // allocates as it is copied
using State = atomos::Atom<Value>;

inline Value longer(const Value& value) {
    Value next = value;
    next.push_back(1);
    return next;
}

/// While it lives, no thread's record is free: whoever needs one has to make it.
class NoRecordFree {
  public:
    NoRecordFree() {
        auto& domain = atomos::detail::domain();
        const auto attached = [&] { return static_cast<std::uint32_t>(domain.population.load()); };
        while (attached() < domain.record_count()) taken_.push_back(&atomos::detail::claim(domain));
    }
    ~NoRecordFree() {
        for (auto* record : taken_) atomos::detail::release(*record);
    }
    NoRecordFree(const NoRecordFree&) = delete;
    NoRecordFree& operator=(const NoRecordFree&) = delete;

  private:
    std::vector<atomos::detail::Record*> taken_;
};

/// What an operation works on: an atom with watches and a validator, and snapshots in all slots.
struct Scene {
    State atom{Value{1}};
    atomos::AtomicReference<Value> reference{Value{1}};
    int heard = 0;
    std::vector<State::Snapshot> kept;

    void fill_slots() {
        kept.reserve(10);
        for (int i = 0; i < 10; ++i) kept.push_back(atom.deref());
    }
    void watch() {
        atom.add_watch("hears",
                       [this](const std::string&, auto&, const Value&, const Value&) { ++heard; });
    }
    void guard() {
        atom.set_validator([](const Value& value) { return value.size() < 100; });
    }
};

struct Operation {
    std::string name;
    std::function<void(Scene&)> prepare;
    std::function<void(Scene&)> run;
    /// What watches threw cannot be said for want of memory; the change is committed and all have run.
    bool may_be_committed = false;
};

inline void PrintTo(const Operation& operation, std::ostream* out) { *out << operation.name; }

/// Runs it once for each of its allocations, which fails: std::bad_alloc comes out or the operation is
/// done, a failed one has changed nothing, nothing leaks, and the atom goes on working.
inline void at_each_point(const Operation& operation) {
    std::optional<long> first_passed;

    for (long n = 1; !first_passed && n < 1000; ++n) {
        const std::size_t records = atomos::detail::domain().record_count();
        const long before = allocated.load();

        std::thread([&] {
            Scene scene;
            operation.prepare(scene);
            const Value value = *scene.atom.deref();
            const Value referred = *scene.reference.get();
            const auto version = scene.atom.version();
            const auto watches = scene.atom.get_watches().size();
            const bool guarded = static_cast<bool>(scene.atom.get_validator());
            const int heard = scene.heard;
            const NoRecordFree others;
            failed = false;
            bool threw = false;
            failing = n;
            armed = true;
            try {
                operation.run(scene);
            } catch (const std::bad_alloc&) {
                threw = true;
            }
            failing = 0;
            armed = false;

            EXPECT_TRUE(failed || !threw);
            if (threw && operation.may_be_committed && scene.atom.version() != version) {
                EXPECT_EQ(scene.heard, heard + 1) << "allocation " << n;
            } else if (threw) {
                EXPECT_EQ(*scene.atom.deref(), value) << "allocation " << n;
                EXPECT_EQ(scene.atom.version(), version) << "allocation " << n;
                EXPECT_EQ(*scene.reference.get(), referred) << "allocation " << n;
                EXPECT_EQ(scene.atom.get_watches().size(), watches) << "allocation " << n;
                EXPECT_EQ(static_cast<bool>(scene.atom.get_validator()), guarded);
                EXPECT_EQ(scene.heard, heard) << "allocation " << n;
            }
            if (!failed) first_passed = n;
            const auto now = scene.atom.version();
            EXPECT_EQ(scene.atom.swap(longer).version(), now + 1);
        }).join();

        atomos::collect();
        const auto made = atomos::detail::domain().record_count() - records;
        EXPECT_EQ(allocated.load(), before + static_cast<long>(made)) << "allocation " << n;
    }

    EXPECT_TRUE(first_passed.has_value());
}

inline const auto nothing = [](Scene&) {};
inline const auto all_slots = [](Scene& s) { s.fill_slots(); };
inline const auto watched = [](Scene& s) { s.watch(); };
inline const auto throwing = [](Scene& s) {
    s.atom.add_watch("throws", [](const std::string&, auto&, const Value&, const Value&) {
        if (armed) throw 1;
    });
    s.watch();
};
inline const auto everything = [](Scene& s) {
    s.watch();
    s.guard();
    s.fill_slots();
};

}  // namespace hazards
