/// \file
/// Adders and accumulators, to be killed in the middle of adding, draining and making.

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "crash/operations.hpp"

namespace crash {
namespace {

namespace process = atomos::process;

/// What adders hold: each after a drain, and 1 again.
struct Sums {
    std::int64_t longs = 1;
    double doubles = 1;
    std::int64_t plus = 1;
    bool operator==(const Sums&) const = default;
};

std::string shown(const Sums& sums) {
    return "{" + std::to_string(sums.longs) + ", " + std::to_string(sums.doubles) + ", " +
           std::to_string(sums.plus) + "}";
}

class Adders {
  public:
    process::Region region = process::Region::open(World::name);
    process::LongAdder longs{region, "longs"};
    process::DoubleAdder doubles{region, "doubles"};
    process::LongAccumulator<std::plus<std::int64_t>> plus{region, "plus", {}, 0};

    Sums sums() const { return {longs.sum(), doubles.sum(), plus.get()}; }
    Sums drain() {
        return {longs.sum_then_reset(), doubles.sum_then_reset(), plus.get_then_reset()};
    }
    void add(std::int64_t x) {
        longs.add(x);
        doubles.add(static_cast<double>(x));
        plus.accumulate(x);
    }

    /// What stands is from before the operation or from after it, and everything works.
    Wrong inspect(bool acknowledged, const Sums& before, const Sums& after) {
        const Sums now = sums();
        if (now != after && acknowledged) return "acknowledged, but there stands " + shown(now);
        if (now != after && now != before) return "there stands " + shown(now);
        add(5);
        const Sums more{now.longs + 5, now.doubles + 5, now.plus + 5};
        if (sums() != more) return "an add is not seen: " + shown(sums());
        if (const Sums drained = drain(); drained != more) return "drained " + shown(drained);
        return sums() == Sums{0, 0, 0} ? "" : "after a drain there stands " + shown(sums());
    }
};

using Change = std::function<void(Adders&)>;

Wrong then_the_rest(const Wrong& wrong, bool acknowledged) {
    return wrong.empty() ? World().inspect(acknowledged, {.others = true}) : wrong;
}

Operation on_adders(std::string name, const Sums& after, const Change& act) {
    return {
        .name = std::move(name),
        .prepare =
            [] {
                World::make_region();
                World();
                Adders adders;
                adders.add(3);
                adders.drain();
                adders.add(1);
            },
        .perform =
            [=] {
                const auto adders = std::make_shared<Adders>();
                adders->drain();
                adders->add(1);
                return [=] { act(*adders); };
            },
        .check =
            [=](bool acknowledged) {
                return then_the_rest(Adders().inspect(acknowledged, {}, after), acknowledged);
            },
        .bystander = [=]() -> std::function<Wrong(bool)> {
            const auto adders = std::make_shared<Adders>();
            return [=](bool acknowledged) {
                return then_the_rest(adders->inspect(acknowledged, {}, after), acknowledged);
            };
        },
    };
}

/// Made by who is killed, or by who comes next.
Operation make_an_adder() {
    const Sums none{0, 0, 0};
    Operation one = on_world("make_an_adder", {.others = true}, join,
                             [](World& world) { process::LongAdder(world.region, "longs"); });
    one.check = [=](bool acknowledged) {
        return then_the_rest(Adders().inspect(acknowledged, none, none), acknowledged);
    };
    one.bystander = [check = one.check] { return check; };
    return one;
}

}  // namespace

void add_adder_operations(std::vector<Operation>& all) {
    const auto on = [&](const char* name, const Sums& after, const Change& act) {
        all.push_back(on_adders(name, after, act));
    };
    on("sum", {}, [](Adders& adders) { adders.sums(); });
    on("add_to_an_adder", {.longs = 2}, [](Adders& adders) { adders.longs.increment(); });
    on("add_to_an_adder_of_doubles", {.doubles = 2}, [](Adders& adders) { adders.doubles.add(1); });
    on("accumulate", {.plus = 2}, [](Adders& adders) { adders.plus.accumulate(1); });
    on("drain_an_adder", {.longs = 0}, [](Adders& adders) { adders.longs.sum_then_reset(); });
    on("drain_an_adder_of_doubles", {.doubles = 0},
       [](Adders& adders) { adders.doubles.sum_then_reset(); });
    on("drain_an_accumulator", {.plus = 0}, [](Adders& adders) { adders.plus.get_then_reset(); });
    all.push_back(make_an_adder());
}

}  // namespace crash
