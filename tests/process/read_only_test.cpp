/// \file
/// A region that is open for reading only: everything can be seen, nothing can be changed.
#include <sys/mman.h>

#include <atomic>
#include <atomos/process.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crash/gate.hpp"
#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "hazards/sanitizers.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"
#include "process/values.hpp"

namespace {

using namespace std::chrono_literals;
using atomos::process::Atom;
using atomos::process::AtomicBoolean;
using atomos::process::AtomicLong;
using atomos::process::AtomicReference;
using atomos::process::Region;
using regions::refused;

/// A writer's view and a reader's view of the same variables.
struct Variables {
    explicit Variables(Region region) : shared(std::move(region)) {}
    Region shared;
    AtomicLong number{shared, "number", 1};
    AtomicBoolean flag{shared, "flag", true};
    AtomicReference<regions::Point> point{shared, "point", regions::Point{1, 2}};
    Atom<std::string> text{shared, "text", "t"};
    Atom<regions::Large> large{shared, "large", regions::Large::of(3)};
};

class ReadOnlyTest : public regions::WithPlace {
  protected:
    Variables writer{Region::create("r")};
    Variables reader{Region::open("r", {.read_only = true})};
};

TEST_F(ReadOnlyTest, it_sees_what_others_write) {
    writer.number.set(5);
    writer.flag.set(false);
    writer.point.set({7, 8});
    writer.text.swap([](const std::string& t) { return t + "t"; });
    writer.large.reset(regions::Large::of(9));

    EXPECT_TRUE(reader.shared.read_only());
    EXPECT_EQ(reader.number.get(), 5);
    EXPECT_FALSE(reader.flag.get());
    EXPECT_EQ(*reader.point.get(), (regions::Point{7, 8}));
    EXPECT_EQ(*reader.text.deref(), "tt");
    EXPECT_EQ(reader.large.read([](const regions::Large& l) { return l.number(); }), 9U);
    EXPECT_EQ(reader.text.version(), 2U);
    EXPECT_EQ(reader.shared.variables().size(), 5U);
    EXPECT_EQ(reader.shared.space().fixed, writer.shared.space().fixed);
}

TEST_F(ReadOnlyTest, every_mutator_is_refused_and_nothing_has_changed) {
    const auto before = place.bytes("r");
    auto& r = reader;
    const auto seen = r.text.deref();
    const auto point = r.point.get();
    const std::pair<const char*, std::function<void()>> mutators[] = {
        {"set", [&] { r.number.set(2); }},
        {"get_and_set", [&] { r.number.get_and_set(2); }},
        {"compare_and_set", [&] { r.number.compare_and_set(1, 2); }},
        {"compare_and_exchange", [&] { r.number.compare_and_exchange(1, 2); }},
        {"add_and_get", [&] { r.number.add_and_get(2); }},
        {"increment_and_get", [&] { r.number.increment_and_get(); }},
        {"get_and_decrement", [&] { r.number.get_and_decrement(); }},
        {"update_and_get", [&] { r.number.update_and_get([](long n) { return n + 1; }); }},
        {"accumulate", [&] { r.number.accumulate_and_get(1, std::plus<>()); }},
        {"try_add", [&] { r.number.try_add(1, 0, 9); }},
        {"max_and_get", [&] { r.number.max_and_get(9); }},
        {"bitwise", [&] { r.number.bitwise_or_and_get(2); }},
        {"checked_add", [&] { r.number.checked_add_and_get(2); }},
        {"notify", [&] { r.number.notify_all(); }},
        {"flag.set", [&] { r.flag.set(false); }},
        {"flag.get_and_set", [&] { r.flag.get_and_set(false); }},
        {"flag.toggle", [&] { r.flag.get_and_toggle(); }},
        {"flag.compare_and_set", [&] { r.flag.compare_and_set(true, false); }},
        {"point.set", [&] { r.point.set({}); }},
        {"point.get_and_set", [&] { r.point.get_and_set({}); }},
        {"point.compare_and_set", [&] { r.point.compare_and_set(point, {}); }},
        {"point.compare_and_set value", [&] { r.point.compare_and_set(regions::Point{1, 2}, {}); }},
        {"point.update",
         [&] { r.point.update_and_get([](regions::Point) { return regions::Point{}; }); }},
        {"text.reset", [&] { r.text.reset("u"); }},
        {"text.reset_vals", [&] { r.text.reset_vals("u"); }},
        {"text.swap", [&] { r.text.swap([](const std::string& t) { return t + "!"; }); }},
        {"text.swap_vals", [&] { r.text.swap_vals([](const std::string& t) { return t + "!"; }); }},
        {"text.try_swap",
         [&] { r.text.try_swap([](const std::string& t) { return std::optional(t + "!"); }); }},
        {"text.compare_and_set", [&] { r.text.compare_and_set(seen, "u"); }},
        {"large.reset", [&] { r.large.reset(regions::Large::of(1)); }},
        {"recover", [&] { r.shared.recover(); }},
    };

    for (const auto& [name, mutate] : mutators) {
        EXPECT_TRUE(refused<atomos::PermissionDenied>(
            mutate, {"\"r\"", "reading only", "nothing was changed"}))
            << name;
    }

    EXPECT_EQ(place.bytes("r"), before);
    EXPECT_EQ(writer.number.get(), 1);
    EXPECT_EQ(*writer.text.deref(), "t");
}

TEST_F(ReadOnlyTest, a_variable_that_is_not_there_is_not_made) {
    const auto before = place.bytes("r");

    EXPECT_TRUE(refused<atomos::NotFound>([&] { AtomicLong(reader.shared, "other", 1); },
                                          {"\"r\"", "\"other\"", "reading only"}));
    EXPECT_THROW(Atom<int>(reader.shared, "another", 1), atomos::NotFound);

    EXPECT_EQ(place.bytes("r"), before);
}

TEST_F(ReadOnlyTest, looking_stores_nothing_and_takes_no_participant) {
    const auto before = place.bytes("r");

    for (int i = 0; i < 100; ++i) {
        static_cast<void>(reader.number.get());
        static_cast<void>(reader.large.deref());
        reader.text.read([](const std::string& t) { return t.size(); });
        EXPECT_FALSE(reader.text.wait_for(reader.text.deref(), 10us).has_value());
    }

    EXPECT_EQ(place.bytes("r"), before);
    EXPECT_EQ(reader.shared.participants().size(), 1U);
}

TEST_F(ReadOnlyTest, it_is_really_mapped_without_write_permission) {
    EXPECT_EQ(mprotect(reader.shared.memory()->at<void>(0), 4096, PROT_READ | PROT_WRITE), -1);
    EXPECT_EQ(errno, EACCES);
}

TEST_F(ReadOnlyTest, a_wait_ends_with_a_writers_change_or_its_time) {
    const auto seen = reader.text.deref();
    EXPECT_FALSE(reader.text.wait_for(seen, 1ms).has_value());
    EXPECT_FALSE(reader.number.wait_for(1, 1ms).has_value());
    crash::Shared<crash::Gate> gate;
    const pid_t child = fork();
    if (child == 0) {
        alarm(120);
        gate->pass();
        writer.text.reset("u");
        gate->pass();
        writer.number.set(2);
        std::_Exit(0);
    }

    gate->open();
    EXPECT_EQ(*reader.text.wait(seen), "u");
    gate->open();
    EXPECT_EQ(reader.number.wait(1), 2);

    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_TRUE(hazards::ended_well(status));
}

TEST_F(ReadOnlyTest, a_watch_for_everyone_hears_of_a_writers_changes) {
    std::atomic<int> last{0};
    Atom<int> written{writer.shared, "n", 0};
    Atom<int> watched{reader.shared, "n", 0};
    watched.add_watch("hears",
                      [&](const std::string&, auto&, int old, int now) {
                          if (old < now) last = now;
                          last.notify_all();
                      },
                      {.everyone = true});

    for (const int n : {5, 9}) {
        written.reset(n);
        for (int seen = last; seen != n; seen = last) last.wait(seen);
    }

    EXPECT_TRUE(watched.remove_watch("hears"));
}

}  // namespace
