#include "crash/world.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "crash/directory.hpp"

namespace crash {
namespace {

namespace process = atomos::process;
using process::Region;
using namespace std::chrono_literals;

std::size_t live_without_a_kill = 0;

Wrong when(bool wrong, const char* what) { return wrong ? what : ""; }

std::string shown(const Values& values) {
    return "{" + std::to_string(values.state) + ", " + std::to_string(values.count) + ", " +
           values.text.substr(0, 10) + "}";
}

}  // namespace

Region World::make_region(std::size_t limit) {
    return Region::create(name, {.bytes = bytes, .limit = limit, .participants = 4});
}

World::World()
    : region(Region::open(name)),
      state(region, "state", Wide::of(1)),
      count(region, "count", 1),
      text(region, "text", "one"),
      steady(region, "steady", Wide::of(9)) {}

void World::learn_size() {
    const Directory directory;
    const Shared<std::size_t> live;
    const Wrong wrong = in_a_fresh_process([&] {
        directory.enter();
        make_region();
        World world;
        const Wrong found = world.inspect(true, {.others = true});
        *live = world.region.space().live;
        return found;
    });
    if (!wrong.empty()) throw std::runtime_error("without a kill: " + wrong);
    live_without_a_kill = *live;
}

Wrong World::inspect(bool acknowledged, const Outcomes& outcomes) {
    if (Wrong wrong = look(acknowledged, outcomes); !wrong.empty()) return wrong;
    for (const auto use : {&World::use_state, &World::use_count, &World::use_text,
                           &World::make_more, &World::use_watch}) {
        if (Wrong wrong = (this->*use)(); !wrong.empty()) return wrong;
    }
    if (*steady.deref() != Wide::of(9)) return "what nobody changes has changed";
    return account(outcomes.others);
}

Wrong World::look(bool acknowledged, const Outcomes& outcomes) {
    const auto standing = state.deref();
    if (!standing->whole() || !state.read([](const Wide& value) { return value.whole(); })) {
        return "the state is torn";
    }
    const Values now{standing->number(), count.get(), *text.deref()};
    if (now == outcomes.after) return look_only(now);
    if (acknowledged) return "acknowledged, but there stands " + shown(now);
    return now == outcomes.before ? look_only(now) : "there stands " + shown(now);
}

/// Who may not write sees the same.
Wrong World::look_only(const Values& values) const {
    Region looked = Region::open(name, {.read_only = true});
    const process::Atom<Wide> its_state{looked, "state", Wide::of(0)};
    const process::AtomicLong its_count{looked, "count", 0};
    const process::Atom<std::string> its_text{looked, "text", ""};
    const Values seen{its_state.deref()->number(), its_count.get(), *its_text.deref()};
    return seen == values ? "" : "a reader sees " + shown(seen);
}

Wrong World::use_state() {
    const auto found = state.deref();
    if (state.wait_for(found, 1ms)) return "a wait ends without a change";
    for (std::uint64_t i = 0; i < 40; ++i) {
        const auto before = state.deref();
        if (*state.reset(Wide::of(100 + i)) != Wide::of(100 + i)) return "a reset is not seen";
        if (*before == Wide::of(100 + i)) return "a snapshot has changed";
    }
    const auto seen = state.swap([](Wide value) { return Wide::of(value.number() + 1); });
    if (seen->number() != 140) return "a swap is not seen";
    if (seen.version() != found.version() + 41) return "versions are lost";
    if (!state.compare_and_set(seen, Wide::of(141))) return "a comparison fails";
    if (state.compare_and_set(seen, Wide::of(142))) return "a comparison succeeds";
    return when(state.wait(seen)->number() != 141, "a wait gives an old value");
}

Wrong World::use_count() {
    const std::int64_t found = count.get();
    if (count.wait_for(found, 1ms)) return "a wait for a number ends without a change";
    if (count.add_and_get(5) != found + 5) return "an add is lost";
    if (!count.compare_and_set(found + 5, found)) return "a number's comparison fails";
    return when(count.wait(found + 5) != found, "a wait gives an old number");
}

Wrong World::use_text() {
    for (const std::size_t length : {300U, 2000U, 100U, 3U}) {
        text.reset(std::string(length, 'x'));
        if (text.deref()->size() != length) return "a text is not seen";
    }
    return {};
}

/// Enough to use the blocks that are free; then each must hold what was put there.
Wrong World::make_more() {
    const auto more = [this](std::int64_t i) {
        return process::AtomicLong(region, "more/" + std::to_string(i), -1);
    };
    for (std::int64_t i = 0; i < 8; ++i) more(i).set(i);
    for (std::int64_t i = 0; i < 8; ++i) {
        if (more(i).get() != i) return "another variable has lost its value";
    }
    process::Atom<Wide> last{region, "last", Wide::of(7)};
    if (!last.deref()->whole()) return "another atom has no initial value";
    return when(region.variables().size() < 13, "a variable is lost");
}

Wrong World::use_watch() {
    std::atomic<std::uint64_t> heard{0};
    state.add_watch("crash",
                    [&](const std::string&, auto&, const Wide&, const Wide& now) {
                        heard.store(now.number());
                        heard.notify_one();
                    },
                    {.everyone = true});
    state.reset(Wide::of(150));
    for (std::uint64_t last = heard.load(); last != 150; last = heard.load()) heard.wait(last);
    state.remove_watch("crash");
    return {};
}

Wrong World::account(bool others) {
    region.recover();
    const process::Space space = region.space();
    if (space.left != 0) return std::to_string(space.left) + " bytes are left by the dead";
    if (space.fixed + space.live + space.owned + space.left + space.unowned + space.untouched !=
        space.bytes) {
        return "of " + std::to_string(space.bytes) + " bytes some are nowhere";
    }
    if (others || space.live == live_without_a_kill) return {};
    return std::to_string(space.live) + " bytes stand, not " + std::to_string(live_without_a_kill);
}

}  // namespace crash
