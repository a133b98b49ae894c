/// \file
/// The region that operations are killed in: a few variables, and what must be true of them afterwards.
#pragma once

#include <atomos/process.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "crash/fresh.hpp"
#include "crash/wide.hpp"

namespace crash {

struct Values {
    std::uint64_t state = 1;
    std::int64_t count = 1;
    std::string text = "one";
    bool operator==(const Values&) const = default;
};

/// What a kill may have left: the values before the operation, or the values after it.
struct Outcomes {
    Values before = {};
    Values after = {};
    /// The region has other variables too.
    bool others = false;
};

class World {
  public:
    static constexpr const char* name = "crash";
    static constexpr std::size_t bytes = 64 << 10U;

    /// Makes the region, small enough to be looked at after each instruction, without a variable.
    static atomos::process::Region make_region(std::size_t limit = 1 << 20U);

    /// Opens the region, and opens or makes its variables.
    World();

    /// Finds out how many bytes stand in a region in which nobody was ever killed, after all that
    /// inspect() does. To be called before inspect() is, by a parent of who calls that.
    static void learn_size();

    /// Looks at the values, then uses every variable, then asks where the space is.
    Wrong inspect(bool acknowledged, const Outcomes& outcomes);

    atomos::process::Region region;
    atomos::process::Atom<Wide> state;
    atomos::process::AtomicLong count;
    atomos::process::Atom<std::string> text;
    /// Nobody changes it, and its block is of the same size as the state's.
    atomos::process::Atom<Wide> steady;

  private:
    Wrong look(bool acknowledged, const Outcomes& outcomes);
    Wrong look_only(const Values& values) const;
    Wrong use_state();
    Wrong use_count();
    Wrong use_text();
    Wrong make_more();
    Wrong use_watch();
    Wrong account(bool others);
};

}  // namespace crash
