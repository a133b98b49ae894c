/// \file
/// The whole thread scope.
#pragma once

#include <atomos/accumulator.hpp>
#include <atomos/adder.hpp>
#include <atomos/aref.hpp>
#include <atomos/array.hpp>
#include <atomos/atom.hpp>
#include <atomos/boolean.hpp>
#include <atomos/cell.hpp>
#include <atomos/cursor.hpp>
#include <atomos/errors.hpp>
#include <atomos/markable.hpp>
#include <atomos/number.hpp>
#include <atomos/options.hpp>
#include <atomos/reference.hpp>
#include <atomos/snapshot.hpp>
#include <atomos/stamped.hpp>
#include <atomos/thread.hpp>
#include <atomos/transact.hpp>
#include <atomos/version.hpp>
#include <atomos/view.hpp>
#include <atomos/watch_errors.hpp>
#include <atomos/watches.hpp>
#include <atomos/watching.hpp>
