/// \file
/// The process scope: the same vocabulary in memory that processes share.
///
///     auto region = atomos::process::Region::open_or_create("shop");
///     atomos::process::AtomicLong orders{region, "orders", 0};
///     atomos::process::Atom<State> state{region, "state", State{}};
#pragma once

#include <atomos/atomos.hpp>
#include <atomos/process/processes.hpp>
#include <atomos/process/region.hpp>
#include <cstdint>

namespace atomos::process {

template <class T>
using AtomicNumber = atomos::AtomicNumber<T, Processes>;
using AtomicInteger = AtomicNumber<std::int32_t>;
using AtomicLong = AtomicNumber<std::int64_t>;
using AtomicUInteger = AtomicNumber<std::uint32_t>;
using AtomicULong = AtomicNumber<std::uint64_t>;
using AtomicFloat = AtomicNumber<double>;
using AtomicBoolean = BasicAtomicBoolean<Processes>;
template <class T>
using AtomicReference = atomos::AtomicReference<T, Processes>;
template <class T>
using Atom = atomos::Atom<T, Processes>;
template <class T>
using ARef = atomos::ARef<T, Processes>;

}  // namespace atomos::process

namespace atomos {

namespace multiprocessing = process;

}  // namespace atomos
