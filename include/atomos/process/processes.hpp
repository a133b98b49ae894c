/// \file
/// Processes: what the front types ask the process scope for.
#pragma once

#include <atomos/process/cell.hpp>
#include <atomos/process/fold.hpp>
#include <atomos/process/guards.hpp>
#include <atomos/process/number.hpp>
#include <atomos/process/sums.hpp>
#include <atomos/process/tagged.hpp>
#include <atomos/process/watcher.hpp>

namespace atomos {

/// The scope of processes that share memory.
struct Processes {
    /// Where watches and validators live: they belong to a process.
    using Local = Threads;
    template <class T>
    using Cell = process::Cell<T>;
    template <class T>
    using Number = process::Number<T>;
    template <class T>
    using Guards = process::Guards<T, Local>;
    using LongSum = process::LongSum;
    using DoubleSum = process::DoubleSum;
    template <class T, class Op>
    using Fold = process::Fold<T, Op>;
    /// A reference and its tag, for stamped and markable references.
    template <class T, class Tag>
    using Tagged = process::Tagged<T, Tag>;
    /// What hears of all processes' changes.
    using Hearing = process::Hearing;
};

}  // namespace atomos
