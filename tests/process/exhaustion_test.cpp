/// \file
/// Memory or the system fails at every point of every operation: a typed error comes out, or it is done;
/// a failed one has changed nothing, nothing leaks, and the region goes on working.
#include <atomic>
#include <atomos/process.hpp>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include "process/failing.hpp"
#include "process/heard.hpp"
#include "process/killed.hpp"
#include "process/place.hpp"
#include "process/space.hpp"

namespace {

using atomos::process::Atom;
using atomos::process::AtomicLong;
using atomos::process::NamePage;
using atomos::process::Region;
using regions::Fail;
using regions::Failing;
using Text = Atom<std::string>;
using Names = std::vector<std::string>;

constexpr std::size_t small = 1 << 16;

/// What an operation works on: a region with a number and a text.
struct Scene {
    explicit Scene(const regions::Place& in) : place(in) {}
    ~Scene() {
        for (const auto& name : Region::list()) Region::remove(name);
    }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    void write() { text.reset("written"); }
    void leave_something() {
        regions::kill_after([this] {
            for (std::size_t i = 0; i < 10; ++i) text.reset(std::string(i * 100, 'd'));
        });
    }
    void fill_a_page() {
        while (names < NamePage::places - 2) AtomicLong(region, std::to_string(names++), 0);
    }

    const regions::Place& place;
    Region region = Region::create("r", {.bytes = small, .participants = 4});
    Region again = Region::open("r");
    AtomicLong number{region, "number", 1};
    Text text{again, "text", "first"};
    std::size_t names = 0;
};

struct Operation {
    std::string name;
    std::function<void(Scene&)> prepare;
    std::function<void(Scene&)> run;
};

void PrintTo(const Operation& operation, std::ostream* out) { *out << operation.name; }

auto look(Scene& scene) {
    return std::tuple(Region::list(), scene.region.variables().size(), *scene.text.deref(),
                      scene.text.version(), scene.text.get_watches().size(), scene.number.get());
}

/// The region is not, so nothing may say that it is damaged, of another kind or gone.
bool says_who_is_to_blame(const atomos::Error& error) {
    return dynamic_cast<const atomos::Unavailable*>(&error) != nullptr ||
           dynamic_cast<const atomos::PermissionDenied*>(&error) != nullptr ||
           dynamic_cast<const atomos::Full*>(&error) != nullptr;
}

/// Whether everything works that should.
void use(Scene& scene) {
    const auto version = scene.text.version();
    EXPECT_EQ(scene.text.reset("used").version(), version + 1);
    EXPECT_EQ(*Text(scene.region, "text", "").deref(), "used");
    const auto before = scene.number.get();
    EXPECT_EQ(scene.number.increment_and_get(), before + 1);
    EXPECT_EQ(AtomicLong(scene.region, "another", 5).get(), 5);
    for (const auto& name : Region::list()) EXPECT_NO_THROW(Region::open(name)) << name;
    scene.region.recover();
    EXPECT_EQ(scene.again.space().left, 0U);
    EXPECT_TRUE(regions::adds_up(scene.again.space()));
}

class Exhaustion : public testing::TestWithParam<Operation> {
  protected:
    /// Lets the n-th one fail, for every n until none does.
    void fail_each(Failing what) {
        const Operation& operation = GetParam();
        try_once(operation, what, 1'000'000);  // what is made once in a process is made now
        for (long n = 1; n < 2000; ++n) {
            bool failed = false;
            bool leaked = true;
            // What a thread's record is given once, and keeps, is no leak: that comes every time.
            for (int tries = 0; leaked && tries < 4; ++tries) {
                const auto before = held();
                failed = try_once(operation, what, n);
                leaked = held() != before;
            }
            EXPECT_FALSE(leaked) << Fail::call() << ", the " << n << "th";
            if (!failed || HasFailure()) return;
        }
        ADD_FAILURE() << "it fails again and again";
    }

  private:
    std::tuple<std::size_t, std::size_t, long> held() const {
        while (regions::threads() != 1) std::this_thread::yield();
        atomos::collect();
        const auto descriptors = regions::open_descriptors();
        const auto mapped = regions::mapped_regions();
        // A thread's record is kept for another thread.
        const auto records = static_cast<long>(atomos::detail::domain().record_count());
        return {descriptors, mapped, regions::allocated() - records};
    }
    bool try_once(const Operation& operation, Failing what, long n) {
        Scene scene(place);
        operation.prepare(scene);
        const auto before = look(scene);
        bool threw = false;
        bool failed = false;
        {
            const Fail fail(what, n);
            try {
                operation.run(scene);
            } catch (const atomos::Error& error) {
                threw = true;
                EXPECT_EQ(error.written(), atomos::Written::no);
                EXPECT_TRUE(says_who_is_to_blame(error)) << error.what();
            } catch (const std::bad_alloc&) {
                threw = true;
            }
            failed = fail.happened();
        }
        EXPECT_TRUE(failed || !threw) << "refused without a reason";
        EXPECT_TRUE(!threw || look(scene) == before)
            << "half done: " << Fail::call() << ", the " << n << "th";
        use(scene);
        return failed;
    }

    const regions::Place place;
};

TEST_P(Exhaustion, of_memory_at_each_point_changes_nothing_and_leaks_nothing) {
    fail_each(Failing::allocation);
}

TEST_P(Exhaustion, of_the_system_at_each_point_changes_nothing_and_leaks_nothing) {
    fail_each(Failing::system_call);
}

const auto nothing = [](Scene&) {};
const auto written = [](Scene& s) { s.write(); };
const auto watch = [](Scene& s) {
    s.text.add_watch("k", [](auto&, Text&, auto&, auto&) {}, regions::everyone);
};

INSTANTIATE_TEST_SUITE_P(
    During, Exhaustion,
    testing::Values(
        Operation{"create", nothing, [](Scene&) { Region::create("new", {.bytes = small}); }},
        Operation{"create_what_is_there", nothing,
                  [](Scene&) {
                      try {
                          Region::create("r");
                      } catch (const atomos::AlreadyExists&) {
                      }
                  }},
        Operation{"open", nothing, [](Scene&) { Region::open("r"); }},
        Operation{"open_read_only", nothing,
                  [](Scene&) { Region::open("r", {.read_only = true}); }},
        Operation{"open_or_create", nothing,
                  [](Scene&) { Region::open_or_create("new", {.bytes = small}); }},
        Operation{"anonymous", nothing, [](Scene&) { Region::anonymous({.bytes = small}); }},
        Operation{"from_descriptor", nothing,
                  [](Scene& s) { Region::from_descriptor(s.region.descriptor()); }},
        Operation{"remove", [](Scene&) { Region::create("old", {.bytes = small}); },
                  [](Scene&) { Region::remove("old"); }},
        Operation{"list", nothing, [](Scene&) { Region::list(); }},
        Operation{"first_write", nothing, [](Scene& s) { s.write(); }},
        Operation{"first_number", nothing, [](Scene& s) { AtomicLong(s.again, "new", 1); }},
        Operation{"first_atom", nothing, [](Scene& s) { Text(s.again, "new", "new"); }},
        Operation{"number", written, [](Scene& s) { AtomicLong(s.again, "new", 1); }},
        Operation{"atom", written, [](Scene& s) { Text(s.again, "new", std::string(900, 'n')); }},
        Operation{"last_name_of_a_page", [](Scene& s) { s.fill_a_page(); },
                  [](Scene& s) { AtomicLong(s.region, "new", 1); }},
        Operation{"swap", written,
                  [](Scene& s) { s.text.swap([](const std::string& was) { return was + was; }); }},
        Operation{"growth", written, [](Scene& s) { s.text.reset(std::string(200'000, 'g')); }},
        Operation{"deref", written, [](Scene& s) { static_cast<void>(s.text.deref()); }},
        Operation{"variables", written, [](Scene& s) { static_cast<void>(s.region.variables()); }},
        Operation{"participants", written,
                  [](Scene& s) { static_cast<void>(s.region.participants()); }},
        Operation{"space", written, [](Scene& s) { static_cast<void>(s.region.space()); }},
        Operation{"recover", [](Scene& s) { s.leave_something(); },
                  [](Scene& s) { s.again.recover(); }},
        Operation{"first_write_after_a_death", [](Scene& s) { s.leave_something(); },
                  [](Scene& s) { s.write(); }},
        Operation{"watch_for_everyone", nothing, watch},
        Operation{"second_watch_for_everyone",
                  [](Scene& s) {
                      s.text.add_watch(
                          "first", [](auto&, Text&, auto&, auto&) {}, regions::everyone);
                  },
                  watch},
        Operation{"remove_watch", watch, [](Scene& s) { s.text.remove_watch("k"); }}),
    [](const auto& operation) { return operation.param.name; });

class ExhaustionWhileJoining : public regions::WithPlace {};

TEST_F(ExhaustionWhileJoining, leaves_nothing_of_another_number_to_the_next_attempt) {
    bool failed = true;
    for (long n = 1; failed; ++n) {
        Region::create("r", {.bytes = small, .participants = 4});
        {
            Region left = Region::open("r");
            Text(left, "first", "of one who leaves").reset(std::string(1000, 'x'));
        }
        Region late = Region::open("r");
        Text first(late, "first", "");

        {
            const Fail fail(Failing::allocation, n);
            try {
                first.reset("one");
            } catch (const std::bad_alloc&) {
            }
            failed = fail.happened();
        }
        Region between = Region::open("r");
        Text second(between, "second", "");
        first.reset("one");
        Region last = Region::open("r");
        Text third(last, "third", "");

        for (int i = 0; i < 100; ++i) {
            const std::string text = std::to_string(i);
            first.reset("one " + text);
            second.reset("two " + text);
            third.reset("three " + text);
            ASSERT_EQ(*first.deref(), "one " + text) << "allocation " << n;
            ASSERT_EQ(*second.deref(), "two " + text) << "allocation " << n;
            ASSERT_EQ(*third.deref(), "three " + text) << "allocation " << n;
        }
        Region::remove("r");
    }
}

class ExhaustionElsewhere : public regions::WatchTest {};

TEST_F(ExhaustionElsewhere, of_memory_on_the_watcher_thread_delays_a_watch_and_ends_nothing) {
    bool failed = true;
    for (long n = 1; failed; ++n) {
        std::atomic<int> last{0};
        atom.add_watch(
            "k",
            [&last](auto&, auto&, auto&, const regions::IntSnapshot& now) {
                last = *now;
                last.notify_all();
            },
            regions::everyone);
        regions::fail_elsewhere(n);

        for (int i = 1; i <= 3; ++i) {
            const int value = static_cast<int>(n) * 10 + i;
            atom.reset(value);
            for (int seen = last; seen != value; seen = last) last.wait(seen);
        }

        failed = regions::allocations_elsewhere() >= n;
        regions::fail_elsewhere(0);
        atom.remove_watch("k");
    }
}

}  // namespace
