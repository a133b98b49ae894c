/// \file
/// Which scopes the laws hold in, and how a law makes its variables.
///
/// A new scope is one more name in `InEvery`, and in `InMemory` if it stores any T as it is. Where
/// variables have a place, `Made` is specialised.
#pragma once

#include <atomic>
#include <atomos/atom.hpp>
#include <atomos/boolean.hpp>
#include <atomos/detail/atomic.hpp>
#include <atomos/number.hpp>
#include <atomos/process.hpp>
#include <atomos/reference.hpp>
#include <atomos/thread.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "hazards/sanitizers.hpp"
#include "support/oracle.hpp"

namespace laws {

using atomos::testing::Oracle;

// A build that is broken on purpose tries the laws on what is broken, and nothing else.
inline constexpr bool broken = !std::string_view(ATOMOS_MUTANT).empty();

// Sanitizers look at the library; the oracle shows elsewhere that the laws can be kept.
inline constexpr bool sanitized = hazards::address_sanitizer || hazards::thread_sanitizer;

template <class... Ours>
using WithOracle =
    std::conditional_t<sanitized, ::testing::Types<Ours...>, ::testing::Types<Ours..., Oracle>>;
using InMemory =
    std::conditional_t<broken, ::testing::Types<atomos::Threads>, WithOracle<atomos::Threads>>;
using InEvery = std::conditional_t<broken, ::testing::Types<atomos::Threads>,
                                   WithOracle<atomos::Threads, atomos::Processes>>;

struct ScopeNames {
    template <class Scope>
    static std::string GetName(int) {
        if (std::is_same_v<Scope, atomos::Processes>) return "Processes";
        return std::is_same_v<Scope, atomos::Threads> ? "Threads" : "Oracle";
    }
};

/// Makes variables in a scope.
template <class Scope>
struct Made {
    template <class T>
    static auto cell(T initial) {
        return typename Scope::template Cell<T>([&]() -> T { return std::move(initial); });
    }
    template <class T>
    static auto reference(T initial) {
        return atomos::AtomicReference<T, Scope>(std::move(initial));
    }
    template <class T>
    static auto atom(T initial) {
        return atomos::Atom<T, Scope>(std::move(initial));
    }
    template <class T>
    static auto number(T initial) {
        return atomos::AtomicNumber<T, Scope>(initial);
    }
    static auto boolean(bool initial) { return atomos::BasicAtomicBoolean<Scope>(initial); }
    /// Replaced values that nobody holds are gone when it returns.
    static void settle() {
        if constexpr (std::is_same_v<Scope, atomos::Threads>) atomos::collect();
    }
};

/// In the process scope each variable has a name of its own, in a region that goes with the test.
template <>
struct Made<atomos::Processes> {
    template <class T>
    static auto cell(T initial) {
        return atomos::Processes::Cell<T>(region(), name(),
                                          [&]() -> T { return std::move(initial); });
    }
    template <class T>
    static auto reference(T initial) {
        return atomos::process::AtomicReference<T>(region(), name(), std::move(initial));
    }
    template <class T>
    static auto atom(T initial) {
        return atomos::process::Atom<T>(region(), name(), std::move(initial));
    }
    template <class T>
    static auto number(T initial) {
        return atomos::process::AtomicNumber<T>(region(), name(), initial);
    }
    static auto boolean(bool initial) {
        return atomos::process::AtomicBoolean(region(), name(), initial);
    }
    static void settle() {}

  private:
    static atomos::process::Region& region() {
        static auto made = atomos::process::Region::anonymous();
        return made;
    }
    static std::string name() {
        static std::atomic<int> made{0};
        return "variable " + std::to_string(made.fetch_add(1));
    }
};

/// The fixture of every law.
template <class Scope>
class Law : public ::testing::Test {
  protected:
    using Makes = Made<Scope>;
    template <class T>
    using Atom = atomos::Atom<T, Scope>;
    template <class T>
    using Reference = atomos::AtomicReference<T, Scope>;
    template <class T>
    using Snapshot = typename Scope::template Cell<T>::Snapshot;
};

}  // namespace laws
