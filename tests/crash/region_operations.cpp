#include <atomic>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "crash/gate.hpp"
#include "crash/operations.hpp"

namespace crash {
namespace {

namespace process = atomos::process;
using process::Region;

/// A process that has opened the world and done something; it stays until it is killed.
class Neighbour {
  public:
    explicit Neighbour(const Act& act)
        : process_([&]() -> Wrong {
              World world;
              act(world);
              ready_->open();
              never_->pass();
              return {};
          }) {
        process_.await(*ready_);
    }

  private:
    Shared<Gate> ready_;
    Shared<Gate> never_;
    Fresh process_;
};

/// Leaves free blocks of many sizes.
void leave_blocks(World& world) {
    for (const std::size_t length : {100U, 500U, 1500U, 3000U}) {
        for (int i = 0; i < 6; ++i) world.text.reset(std::string(length, 'x'));
    }
    world.text.reset("one");
    join(world);
}

/// Leaves free blocks, and no other space.
void use_up(World& world) {
    for (int i = 0; i < 4; ++i) world.text.reset("one");
    try {
        for (std::size_t length = 8000; length > 200; length -= length / 8) {
            for (int i = 0; i < 4; ++i) world.text.reset(std::string(length, 'x'));
        }
    } catch (const atomos::Full&) {
    }
    world.text.reset("one");
}

/// A writer finds space only with a neighbour who has died.
Operation short_of_space() {
    Operation one = on_world(
        "reset_where_only_the_dead_have_space", {.after = {.text = std::string(1500, 'y')}},
        [](World& world) {
            join(world);
            const Neighbour neighbour(use_up);
        },
        [](World& world) { world.text.reset(std::string(1500, 'y')); });
    one.prepare = [] { World::make_region(World::bytes), World(); };
    return one;
}

/// Where who is killed has a dead neighbour, whose blocks nobody has adopted yet.
void add_adoptions(std::vector<Operation>& all) {
    const Act beside_a_dead_one = [](World& world) {
        const Neighbour neighbour(leave_blocks);
        join(world);
    };
    const Act after_a_dead_one = [](World&) { const Neighbour neighbour(leave_blocks); };
    const Act write = [](World& world) { world.state.reset(Wide::of(2)); };
    all.push_back(
        on_world("recover", {}, beside_a_dead_one, [](World& world) { world.region.recover(); }));
    all.push_back(on_world("recover_before_the_first_write", {}, after_a_dead_one,
                           [](World& world) { world.region.recover(); }));
    all.push_back(short_of_space());
    all.push_back(
        on_world("first_write_after_a_dead_one", {.after = {.state = 2}}, after_a_dead_one, write));
}

/// The file is whole or not there, and nothing is beside it.
Wrong only_the_region(const std::function<Wrong(bool)>& check, bool acknowledged, bool there) {
    const bool found = !Region::list().empty();
    if (acknowledged && found != there) return "acknowledged, but not so";
    std::ptrdiff_t files = 0;
    for ([[maybe_unused]] const auto& file :
         std::filesystem::directory_iterator(std::getenv("ATOMOS_REGIONS"))) {
        ++files;
    }
    if (files != (found ? 1 : 0)) return "there are other files";
    if (!found) World::make_region();
    return check(false);
}

void add_files(std::vector<Operation>& all) {
    const auto on_file = [&](const char* name, bool there, const std::function<void()>& prepare,
                             const std::function<void()>& act) {
        Operation one = on_world(name, {}, {}, {});
        one.prepare = prepare;
        one.perform = [=] { return act; };
        one.check = [=, check = one.check](bool acknowledged) {
            return only_the_region(check, acknowledged, there);
        };
        one.bystander = [check = one.check] { return check; };
        all.push_back(one);
    };
    on_file("create", true, [] {}, [] { World::make_region(); });
    on_file("open_or_create", true, [] {}, [] { Region::open_or_create(World::name); });
    on_file(
        "remove", false, [] { World::make_region(), World(); },
        [] { Region::remove(World::name); });
}

/// Takes what is untouched, but for less than the first blocks of a size need.
void fill(World& world) {
    using process::SizeClass;
    for (int i = 0;; ++i) {
        const std::size_t units = world.region.space().untouched / process::unit;
        unsigned size_class = SizeClass::of_units(48);
        if (units <= SizeClass::units(size_class)) break;
        while (SizeClass::units(size_class + 1) < units) ++size_class;
        const std::size_t bytes = SizeClass::units(size_class) * process::unit;
        process::Atom<std::string>(world.region, "fill/" + std::to_string(i),
                                   std::string(bytes - process::Block::header, 'x'));
    }
    if (world.region.bytes() != World::bytes) throw std::logic_error("it has grown already");
}

/// A text for which the region is too small at first.
void add_growth(std::vector<Operation>& all) {
    const Values longer{.text = std::string(1500, 'y')};
    Operation grow = on_world(
        "grow", {.after = longer, .others = true}, [](World&) {},
        [=](World& world) { world.text.reset(longer.text); });
    grow.prepare = [=] {
        World::make_region();
        World world;
        fill(world);
    };
    grow.check = [check = grow.check](bool acknowledged) -> Wrong {
        const bool grown = Region::open(World::name).bytes() > World::bytes;
        return acknowledged && !grown ? "it has not grown" : check(acknowledged);
    };
    all.push_back(grow);
}

}  // namespace

void add_region_operations(std::vector<Operation>& all) {
    add_adoptions(all);
    add_files(all);
    add_growth(all);
}

}  // namespace crash
