/// \file
/// A region with two cells, and the real code that works on it: process/place.hpp, process/memory.hpp and
/// src/process/memory.cpp. Only the arena and the system are the model's (region.cpp). Each model thread is
/// a process.
#pragma once

#include <array>
#include <atomos/errors.hpp>
#include <atomos/process/place.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "model/ledger.hpp"
#include "model/scenario.hpp"

namespace model {

namespace process = atomos::process;

/// Calls f, which finds nothing damaged.
template <class F>
auto sound(F f) {
    try {
        return f();
    } catch (const atomos::Damaged& error) {
        fail(Failure::wrong, "what is sound is refused: %s", error.what());
    }
}

/// Maps the region for one more process.
std::shared_ptr<process::Memory> map_region();
/// Makes a new one, with this many blocks for each process, and two cells, where nothing stands yet.
void make_region(unsigned blocks_each);
/// Once, before all programs.
void prepare_region();
/// Where the cell's entry is.
process::Index entry_of(unsigned cell);

/// A process's two places.
class Process {
  public:
    struct Seen {
        process::Standing standing;
        Said value;
    };

    Process()
        : memory_(map_region()),
          places_{process::Place(memory_, entry_of(0)), process::Place(memory_, entry_of(1))} {}

    process::Memory& memory() const { return *memory_; }

    /// As Cell::get.
    Seen get(unsigned cell) const {
        const process::Place& place = places_[cell];
        Seen seen;
        const auto attempt = [&](process::Head head) {
            const auto version = place.look<least>(head, [&](const process::Block& from) {
                atomos::detail::load_words(&seen.value, from.words, sizeof seen.value);
                return true;
            });
            if (!version) return false;
            seen.standing = {head, *version};
            return true;
        };
        if (!attempt(place.head())) sound([&] { place.look_again(attempt); });
        ledger().seen(cell, seen.standing.version, seen.value);
        return seen;
    }

    /// As Cell::read of a big value; looks twice.
    void read_pinned(unsigned cell) const {
        const auto pinned =
            sound([&] { return process::Place::PinnedBlock<least>(places_[cell]); });
        if (!pinned) return;
        const auto* words = static_cast<const Shared<std::uint64_t>*>(pinned.value());
        std::array<Said, 2> values;
        for (Said& value : values) atomos::detail::load_words(&value, words, sizeof value);
        expect(values[0].again == ~values[0].what, "a pinned value is not torn");
        expect(values[0].what == values[1].what, "a pinned value stays");
    }

    bool replace(unsigned cell, const Seen& seen) {
        const Said value = ledger().next();
        const auto now = places_[cell].replace(seen.standing, bytes(value), [] { return true; });
        if (now) ledger().committed(cell, now->version, value);
        return now.has_value();
    }
    void change(unsigned cell) {
        while (!replace(cell, get(cell))) yield();
    }
    void overwrite(unsigned cell) {
        const Said value = ledger().next();
        const auto now = sound([&] { return places_[cell].overwrite(bytes(value)); });
        ledger().committed(cell, now->version, value);
    }
    void wait(unsigned cell, const Seen& seen) const { places_[cell].wait(seen.standing, nullptr); }

  private:
    static constexpr std::size_t least = process::Block::header + sizeof(Said);

    static process::Bytes bytes(const Said& value) {
        return {&value, sizeof value, 0, process::SizeClass::of_value(sizeof value)};
    }

    std::shared_ptr<process::Memory> memory_;
    mutable std::array<process::Place, 2> places_;
};

/// Three processes. The first has written both cells.
struct Three {
    std::array<std::unique_ptr<Process>, 3> all;

    Three();
    /// The current thread's.
    Process& own() { return *all[static_cast<std::size_t>(self() - 1)]; }
};

}  // namespace model
