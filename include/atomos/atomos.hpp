/// \file
/// The whole thread scope.
#pragma once

#include <atomos/aref.hpp>
#include <atomos/atom.hpp>
#include <atomos/boolean.hpp>
#include <atomos/cell.hpp>
#include <atomos/errors.hpp>
#include <atomos/number.hpp>
#include <atomos/reference.hpp>
#include <atomos/snapshot.hpp>
#include <atomos/thread.hpp>
#include <atomos/version.hpp>
