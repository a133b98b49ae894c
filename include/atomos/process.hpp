/// \file
/// The process scope: the same vocabulary in memory that processes share.
///
///     auto region = atomos::process::Region::open_or_create("shop");
///     atomos::process::AtomicLong orders{region, "orders", 0};
///     atomos::process::Atom<State> state{region, "state", State{}};
#pragma once

#include <atomos/atomos.hpp>
#include <atomos/process/array.hpp>
#include <atomos/process/processes.hpp>
#include <atomos/process/region.hpp>
#include <cstdint>
#include <type_traits>

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
/// `AtomicLongArray hits{region, "hits", 16, 0}`: opened, or made with so many elements. An array of another
/// length is Mismatch. Numbers and truth values stand side by side, sizeof(T) each, waits for any of them
/// meet, and copies of an element (`hits[3]`) are handles of it. References are variables of their own,
/// "hits[0]" and so on: for some thousand of them, as each is found by name.
template <class T>
using AtomicArray = BasicAtomicArray<
    std::conditional_t<std::is_arithmetic_v<T>, ArrayWords<T>, ArrayReferences<T>>>;
template <class T>
using AtomicReferenceArray = BasicAtomicArray<ArrayReferences<T>>;
using AtomicIntegerArray = AtomicArray<std::int32_t>;
using AtomicLongArray = AtomicArray<std::int64_t>;
using AtomicFloatArray = AtomicArray<double>;
using AtomicBooleanArray = AtomicArray<bool>;
template <class T>
using AtomicStampedReference = atomos::AtomicStampedReference<T, Processes>;
template <class T>
using AtomicMarkableReference = atomos::AtomicMarkableReference<T, Processes>;
/// `LongAdder served{region, "served"}`: opened, or made with 0.
using LongAdder = BasicLongAdder<Processes>;
using DoubleAdder = BasicDoubleAdder<Processes>;
/// `LongAccumulator longest{region, "longest", Max{}, 0}`: opened, or made with the identity. Another identity
/// is Mismatch; operations are not compared, so all have to bring the same one.
template <class Op>
using LongAccumulator = Accumulator<std::int64_t, Op, Processes>;
template <class Op>
using DoubleAccumulator = Accumulator<double, Op, Processes>;
template <class T>
using Atom = atomos::Atom<T, Processes>;
template <class T>
using ARef = atomos::ARef<T, Processes>;

}  // namespace atomos::process

namespace atomos {

namespace multiprocessing = process;

}  // namespace atomos
