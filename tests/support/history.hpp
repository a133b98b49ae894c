/// \file
/// Records what several threads do to one object.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/linearizability.hpp"
#include "support/together.hpp"

namespace atomos::testing {

/// A clock whose times are unique and in the order of what happens.
///
/// It is one word that everybody adds to, and therefore orders more than the object itself does:
/// what only a missing barrier would show, it hides. The model checker looks for that.
class Ticks {
  public:
    std::uint64_t next() noexcept { return ticks_.fetch_add(1); }

  private:
    std::atomic<std::uint64_t> ticks_{1};
};

/// Runs `operations(thread, i)` on `threads` threads that start together, `each` on each, and
/// records what `perform(operation)` returned.
template <class Spec, class Operations, class Perform>
History<Spec> record(int threads, int each, Operations operations, Perform perform) {
    Ticks clock;
    std::vector<History<Spec>> parts(static_cast<std::size_t>(threads));
    together(threads, [&](int thread) {
        History<Spec>& part = parts[static_cast<std::size_t>(thread)];
        part.reserve(static_cast<std::size_t>(each));
        for (int i = 0; i < each; ++i) {
            auto& one = part.emplace_back();
            one.thread = thread;
            one.operation = operations(thread, i);
            one.invoked = clock.next();
            one.result = perform(one.operation);
            one.responded = clock.next();
        }
    });
    History<Spec> whole;
    for (const History<Spec>& part : parts) whole.insert(whole.end(), part.begin(), part.end());
    return whole;
}

}  // namespace atomos::testing
