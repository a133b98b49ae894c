#pragma once

/// The version of these headers; the build, the packages and pkg-config read it from here.

#define ATOMOS_VERSION_MAJOR 0
#define ATOMOS_VERSION_MINOR 4
#define ATOMOS_VERSION_PATCH 0
#define ATOMOS_VERSION_STRING "0.4.0"
