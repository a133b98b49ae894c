/// \file
/// The operations of the process scope, each as something to be killed in the middle of.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crash/every_instruction.hpp"
#include "crash/world.hpp"

namespace crash {

using Act = std::function<void(World&)>;

/// An operation on the world's variables: `first` is what the process does before.
Operation on_world(std::string name, const Outcomes& outcomes, const Act& first, const Act& act);

/// A first write that leaves the value as it is.
void join(World& world);

/// What is done to regions as a whole: making, removing, growing, adopting.
void add_region_operations(std::vector<Operation>& all);

/// What is done to adders and accumulators.
void add_adder_operations(std::vector<Operation>& all);

/// All of them.
std::vector<Operation> operations();

}  // namespace crash
