/// \file
/// Memory runs out, at every point of every operation: std::bad_alloc comes out or the operation is done,
/// a failed one has changed nothing, nothing leaks, and the atom goes on working.
#include <gtest/gtest.h>

#include <atomic>
#include <atomos/atomos.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <new>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "hazards/child.hpp"

namespace {

/// The allocation of this thread that fails, counted down; 0: none.
thread_local long failing = 0;
thread_local bool failed = false;
thread_local bool armed = false;
std::atomic<long> allocated{0};

void* take(std::size_t size, std::size_t align) {
    if (failing > 0 && --failing == 0) {
        failed = true;
        throw std::bad_alloc();
    }
    void* const p = std::aligned_alloc(align, (size + align - 1) / align * align);
    if (p == nullptr) throw std::bad_alloc();
    allocated.fetch_add(1);
    return p;
}

void give(void* p) noexcept {
    if (p == nullptr) return;
    allocated.fetch_sub(1);
    std::free(p);
}

}  // namespace

void* operator new(std::size_t size) { return take(size, 16); }
void* operator new(std::size_t size, std::align_val_t align) {
    return take(size, static_cast<std::size_t>(align));
}
void operator delete(void* p) noexcept { give(p); }
void operator delete(void* p, std::size_t) noexcept { give(p); }
void operator delete(void* p, std::align_val_t) noexcept { give(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { give(p); }

namespace {

using namespace std::chrono_literals;
using atomos::Atom;
using atomos::AtomicReference;
using Value = std::vector<int>;  // allocates as it is copied
using State = Atom<Value>;

Value longer(const Value& value) {
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
    AtomicReference<Value> reference{Value{1}};
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

void PrintTo(const Operation& operation, std::ostream* out) { *out << operation.name; }

class FailingAllocation : public testing::TestWithParam<Operation> {};

TEST_P(FailingAllocation, at_each_point_changes_nothing_and_leaks_nothing) {
    const Operation& operation = GetParam();
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

const auto nothing = [](Scene&) {};
const auto all_slots = [](Scene& s) { s.fill_slots(); };
const auto watched = [](Scene& s) { s.watch(); };
const auto throwing = [](Scene& s) {
    s.atom.add_watch("throws", [](const std::string&, auto&, const Value&, const Value&) {
        if (armed) throw 1;
    });
    s.watch();
};
const auto everything = [](Scene& s) {
    s.watch();
    s.guard();
    s.fill_slots();
};

INSTANTIATE_TEST_SUITE_P(
    Of, FailingAllocation,
    testing::Values(
        Operation{"construct", nothing, [](Scene&) { const State other{Value{1}}; }},
        Operation{"deref", all_slots, [](Scene& s) { static_cast<void>(s.atom.deref()); }},
        Operation{
            "read", all_slots,
            [](Scene& s) { s.atom.read([&](const Value&) { s.atom.read([](const Value&) {}); }); }},
        Operation{"swap", nothing, [](Scene& s) { s.atom.swap(longer); }},
        Operation{"swap_of_all_slots", all_slots, [](Scene& s) { s.atom.swap(longer); }},
        Operation{"swap_watched", watched, [](Scene& s) { s.atom.swap(longer); }},
        Operation{"swap_whose_watch_throws", throwing,
                  [](Scene& s) {
                      try {
                          s.atom.swap(longer);
                      } catch (const atomos::WatchError&) {
                      }
                  },
                  true},
        Operation{"swap_of_everything", everything, [](Scene& s) { s.atom.swap(longer); }},
        Operation{"swap_vals", everything, [](Scene& s) { s.atom.swap_vals(longer); }},
        Operation{"try_swap", everything,
                  [](Scene& s) {
                      s.atom.try_swap([](const Value& v) { return std::optional(longer(v)); });
                  }},
        Operation{"reset", everything, [](Scene& s) { s.atom.reset(Value{1, 2}); }},
        Operation{"compare_and_set", everything,
                  [](Scene& s) { s.atom.compare_and_set(Value{1}, Value{1, 2}); }},
        Operation{"compare_and_set_seen", everything,
                  [](Scene& s) { s.atom.compare_and_set(s.kept.front(), Value{1, 2}); }},
        Operation{"reference_set", all_slots, [](Scene& s) { s.reference.set(Value{1, 2}); }},
        Operation{"reference_get_and_set", all_slots,
                  [](Scene& s) { s.reference.get_and_set(Value{1, 2}); }},
        Operation{"reference_update", all_slots,
                  [](Scene& s) { s.reference.update_and_get(longer); }},
        Operation{"first_add_watch", nothing, [](Scene& s) { s.watch(); }},
        Operation{"add_watch", everything,
                  [](Scene& s) {
                      s.atom.add_watch("more", [](const std::string&, auto&, auto&, auto&) {});
                  }},
        Operation{"remove_watch", everything, [](Scene& s) { s.atom.remove_watch("hears"); }},
        Operation{"get_watches", everything, [](Scene& s) { s.atom.get_watches(); }},
        Operation{"first_set_validator", nothing, [](Scene& s) { s.guard(); }},
        Operation{"set_validator", everything, [](Scene& s) { s.atom.set_validator({}); }},
        Operation{"get_validator", everything, [](Scene& s) { s.atom.get_validator(); }},
        Operation{"wait_for", all_slots, [](Scene& s) { s.atom.wait_for(s.kept.front(), 1us); }},
        Operation{"snapshot_of", all_slots, [](Scene&) { atomos::Snapshot<Value>::of(Value{1}); }}),
    [](const auto& operation) { return operation.param.name; });

TEST(FailedAllocation, at_a_threads_first_use_lets_it_try_again) {
    State atom{Value{1}};
    const auto first_uses = {
        std::function<void()>([&] { static_cast<void>(atom.deref()); }),
        std::function<void()>([&] { atom.read([](const Value&) {}); }),
        std::function<void()>([&] { atom.swap(longer); }),
        std::function<void()>([&] { atomos::collect(); }),
        std::function<void()>([&] { const State other{Value{1}}; }),
        std::function<void()>([&] {
            const atomos::AtomicLong number{1};
            number.notify_all();
        }),
    };

    for (const auto& use : first_uses) {
        bool passed = false;
        for (long n = 1; !passed; ++n) {
            const NoRecordFree others;
            std::thread([&] {
                failed = false;
                failing = n;
                try {
                    use();
                    passed = !failed;
                } catch (const std::bad_alloc&) {
                }
                failing = 0;
                use();
            }).join();
        }
    }
}

TEST(FailedAllocation, at_a_processs_first_use_lets_it_try_again) {
    if (atomos::detail::this_thread().record != nullptr) {
        GTEST_SKIP() << "another test has run in this process";
    }

    for (long n = 1; n <= 6; ++n) {
        EXPECT_TRUE(hazards::ended_well(hazards::status_of_child([&] {
            failing = n;
            std::optional<State> atom;
            try {
                atom.emplace(Value{1});
            } catch (const std::bad_alloc&) {
            }
            failing = 0;
            if (!atom) atom.emplace(Value{1});
            return atom->swap(longer)->size() == 2 ? 0 : 1;
        })));
    }
}

TEST(FailedAllocation, cannot_be_in_a_look_a_copy_or_a_drop_of_a_snapshot_while_a_slot_is_free) {
    const State atom{Value{1}};
    static_cast<void>(atom.deref());

    failing = 1;
    auto kept = atom.deref();
    auto copy = kept;
    copy = std::move(kept);
    atom.read([&](const Value&) { kept = atom.deref(); });
    kept = {};
    copy = {};
    const bool none = failing == 1;
    failing = 0;

    EXPECT_TRUE(none);
}

}  // namespace
