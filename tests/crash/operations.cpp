#include "crash/operations.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace crash {

void join(World& world) { world.state.reset(Wide::of(1)); }

Operation on_world(std::string name, const Outcomes& outcomes, const Act& first, const Act& act) {
    return {
        .name = std::move(name),
        .prepare = [] { World::make_region(), World(); },
        .perform =
            [=] {
                const auto world = std::make_shared<World>();
                first(*world);
                return [=] { act(*world); };
            },
        .check = [=](bool acknowledged) { return World().inspect(acknowledged, outcomes); },
        .bystander = [=]() -> std::function<Wrong(bool)> {
            const auto world = std::make_shared<World>();
            world->region.recover();
            return [=](bool acknowledged) { return world->inspect(acknowledged, outcomes); };
        },
    };
}

namespace {

namespace process = atomos::process;
using process::Region;
using namespace std::chrono_literals;

void add_looks(std::vector<Operation>& all) {
    const auto look = [&](const char* name, const Act& act) {
        all.push_back(on_world(name, {}, join, act));
    };
    look("deref", [](World& world) { world.state.deref(); });
    look("read", [](World& world) { world.state.read([](const Wide&) {}); });
    look("deref_of_a_text", [](World& world) { world.text.deref(); });
    look("get_of_a_number", [](World& world) { world.count.get(); });
    look("wait", [](World& world) { world.state.wait_for(world.state.deref(), 1ms); });
    look("wait_for_a_number", [](World& world) { world.count.wait_for(1, 1ms); });
    look("list_variables", [](World& world) { world.region.variables(); });
    look("open", [](World&) { Region::open(World::name); });
    look("open_everything", [](World&) { World(); });
}

/// The bystander waits: what was committed wakes it, though who committed it was killed before it could
/// wake anybody.
Operation reset_that_wakes() {
    const Outcomes outcomes{.after = {.state = 2}};
    Operation one = on_world("reset_that_wakes", outcomes, join,
                             [](World& world) { world.state.reset(Wide::of(2)); });
    one.bystander = [=]() -> std::function<Wrong(bool)> {
        const auto world = std::make_shared<World>();
        const auto seen = world->state.deref();
        const auto waiting =
            std::make_shared<std::thread>([=] { static_cast<void>(world->state.wait(seen)); });
        return [=](bool acknowledged) {
            if (world->state.deref().same_as(seen)) world->state.reset(Wide::of(1));
            waiting->join();
            return world->inspect(acknowledged, outcomes);
        };
    };
    return one;
}

void add_changes(std::vector<Operation>& all) {
    const auto change = [&](const char* name, const Values& after, const Act& act,
                            const Act& first = join) {
        all.push_back(on_world(name, {.after = after}, first, act));
    };
    const auto plus = [](const Wide& value) { return Wide::of(value.number() + 1); };
    change("reset", {.state = 2}, [](World& world) { world.state.reset(Wide::of(2)); });
    change("swap", {.state = 2}, [=](World& world) { world.state.swap(plus); });
    change("swap_vals", {.state = 2}, [=](World& world) { world.state.swap_vals(plus); });
    change("compare_and_set", {.state = 2},
           [](World& world) { world.state.compare_and_set(world.state.deref(), Wide::of(2)); });
    change("compare_and_set_that_loses", {},
           [](World& world) { world.state.compare_and_set(Wide::of(0), Wide::of(2)); });
    change("reset_of_a_text_to_a_longer_one", {.text = std::string(1000, 'y')},
           [](World& world) { world.text.reset(std::string(1000, 'y')); });
    change("add", {.count = 2}, [](World& world) { world.count.add_and_get(1); });
    change("set_of_a_number", {.count = 2}, [](World& world) { world.count.set(2); });
    change("update_of_a_number", {.count = 2},
           [](World& world) { world.count.update_and_get([](std::int64_t n) { return n + 1; }); });
    change("compare_and_set_of_a_number", {.count = 2},
           [](World& world) { world.count.compare_and_set(1, 2); });
    change(
        "first_write", {.state = 2}, [](World& world) { world.state.reset(Wide::of(2)); },
        [](World&) {});

    all.push_back(reset_that_wakes());

    const Act wait_and_die = [](World& world) {
        join(world);
        in_a_process_that_is_killed([&] {
            world.state.wait_for(world.state.deref(), 1ms);
            world.count.wait_for(1, 1ms);
        });
    };
    change(
        "reset_with_a_dead_waiter", {.state = 2},
        [](World& world) { world.state.reset(Wide::of(2)); }, wait_and_die);
    change(
        "set_and_notify_with_a_dead_waiter", {.count = 2},
        [](World& world) {
            world.count.set(2);
            world.count.notify_all();
        },
        wait_and_die);
}

void add_watches(std::vector<Operation>& all) {
    const auto heard = std::make_shared<std::atomic<std::uint64_t>>(0);
    const Act watch = [=](World& world) {
        world.state.add_watch("killed",
                              [=](const std::string&, auto&, const Wide&, const Wide& now) {
                                  heard->store(now.number());
                                  heard->notify_one();
                              },
                              {.everyone = true});
    };
    const Act join_and_watch = [=](World& world) {
        join(world);
        watch(world);
    };
    all.push_back(on_world("add_watch", {}, join, watch));
    all.push_back(on_world("remove_watch", {}, join_and_watch,
                           [](World& world) { world.state.remove_watch("killed"); }));
    all.push_back(
        on_world("reset_that_is_heard", {.after = {.state = 2}}, join_and_watch, [=](World& world) {
            world.state.reset(Wide::of(2));
            for (auto last = heard->load(); last != 2; last = heard->load()) heard->wait(last);
        }));
}

void add_variables(std::vector<Operation>& all) {
    all.push_back(on_world("make_a_number", {}, join,
                           [](World& world) { process::AtomicLong(world.region, "more/3", 7); }));
    all.push_back(on_world("make_an_atom", {}, join, [](World& world) {
        process::Atom<Wide>(world.region, "last", Wide::of(7));
    }));

    Operation first = on_world("make_the_first_variable", {}, [](World&) {}, {});
    first.prepare = [] { World::make_region(); };
    first.perform = [] {
        return [region = Region::open(World::name)]() mutable {
            process::AtomicLong(region, "count", 1);
        };
    };
    first.bystander = [check = first.check] { return check; };
    all.push_back(first);
}

}  // namespace

std::vector<Operation> operations() {
    std::vector<Operation> all;
    add_looks(all);
    add_changes(all);
    add_watches(all);
    add_variables(all);
    add_adder_operations(all);
    add_region_operations(all);
    return all;
}

}  // namespace crash
