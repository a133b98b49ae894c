#pragma once

#include <atomos/atomos.hpp>
#include <utility>

#include "../subject.hpp"

namespace bench {

template <class T>
class AtomosReference {
  public:
    static constexpr std::string_view name = "atomos::AtomicReference";
    static void settle() { atomos::collect(); }

    explicit AtomosReference(T first) : current_{std::move(first)} {}

    template <class F>
    [[gnu::always_inline]] auto peek(F look) const {
        return current_.read(look);
    }

    [[gnu::always_inline]] atomos::Snapshot<T> keep() const { return current_.get(); }

    template <class F>
    [[gnu::always_inline]] void swap(F change) {
        current_.update_and_get(change);
    }

  private:
    atomos::AtomicReference<T> current_;
};

template <class T>
class AtomosAtom {
  public:
    static constexpr std::string_view name = "atomos::Atom";
    static void settle() { atomos::collect(); }

    explicit AtomosAtom(T first) : current_{std::move(first)} {}

    template <class F>
    [[gnu::always_inline]] auto peek(F look) const {
        return current_.read(look);
    }

    [[gnu::always_inline]] atomos::Snapshot<T> keep() const { return current_.deref(); }

    template <class F>
    [[gnu::always_inline]] void swap(F change) {
        current_.swap(change);
    }

  private:
    atomos::Atom<T> current_;
};

inline const bool atomos_added = add_subject<AtomosReference>() && add_subject<AtomosAtom>();

}  // namespace bench
