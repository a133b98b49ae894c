#pragma once

#include <memory>

#include <atomos/process/region.hpp>

#include "place.hpp"
#include "typed.hpp"

namespace atomos::tool {

/// A LongAdder or a DoubleAdder: its value is its sum.
std::unique_ptr<Typed> open_adder(const process::Region& region, const Place& place,
                                  const process::Variable& variable);

}  // namespace atomos::tool
