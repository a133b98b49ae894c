#include "room.hpp"

atomos::Atom<std::string>& room() {
    static atomos::Atom<std::string> state{"empty"};
    return state;
}

std::string look() { return *room().deref(); }
