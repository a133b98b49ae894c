/// \file
/// What scenarios are written with: watched values, and the list of programs that a file offers.
#pragma once

#include <atomos/reference.hpp>
#include <atomos/thread.hpp>
#include <string>
#include <utility>
#include <vector>

#include "model/door.hpp"
#include "model/scheduler.hpp"
#include "model/value.hpp"

namespace model {

using Reference = atomos::AtomicReference<Value>;
using Snapshot = atomos::Snapshot<Value>;
template <class T>
using Shared = atomos::detail::Atomic<T>;

inline long look(const Reference& r) {
    return r.read([](const Value& v) { return v.number(); });
}
inline void add_one(Reference& r) {
    r.update_and_get([](const Value& v) { return Value(v.number() + 1); });
}

/// Fails unless this many nodes are left when everything that can be freed has been.
inline void expect_only(std::size_t nodes) {
    const std::size_t waiting = atomos::collect();
    if (allocations() != nodes || waiting != 0) {
        fail(Failure::leak, "%zu nodes are left instead of %zu", allocations(), nodes);
    }
}

/// A program on a State that each execution makes anew.
template <class State>
Program program(std::string name, std::vector<void (*)(State&)> threads,
                void (*after)(State&) = nullptr, bool barriers = true) {
    static State* state = nullptr;
    Program p;
    p.name = std::move(name);
    p.before = [] { state = new State; };
    for (auto* const thread : threads) p.threads.emplace_back([thread] { thread(*state); });
    p.after = [after] {
        if (after != nullptr) after(*state);
        delete state;
        atomos::collect();
    };
    p.barriers = barriers;
    return p;
}

}  // namespace model
