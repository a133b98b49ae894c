#pragma once

#include <atomos/atomos.hpp>
#include <string>

#define ROOM_API __attribute__((visibility("default")))

/// An atom that the library made and owns.
ROOM_API atomos::Atom<std::string>& room();

/// What the library itself finds in the room.
ROOM_API std::string look();
