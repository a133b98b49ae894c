/// \file
/// The names in a region.
#pragma once

#include <atomos/process/memory.hpp>
#include <atomos/process/region.hpp>
#include <functional>
#include <string_view>

namespace atomos::process {

/// Calls f for each block that holds an entry or a name page, until f returns false.
///
/// Errors   Damaged.
void each_entry(Memory& memory, const std::function<bool(Index, Entry&)>& f);
void each_name_page(Memory& memory, const std::function<void(Index)>& f);

/// The bytes that stand in a reference, with all checksums compared. Errors: Damaged.
RawValue value_of(Memory& memory, Index cell);

std::string_view name_of(const Entry& entry) noexcept;
std::string_view type_of(const Entry& entry) noexcept;

}  // namespace atomos::process
