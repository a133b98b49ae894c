/// \file
/// The total order S of all seq_cst operations and fences, as far as it is decided.
#pragma once

#include "model/clock.hpp"

namespace model {

/// A partial order that only ever grows, without cycles: some total order S fits it.
///
/// C++20 [atomics.order] 3 and 4 say which edges S must have. An execution is allowed as long as there is
/// an S, so nothing is decided before it has to be: S need not be the order in which the model runs.
class ScOrder {
  public:
    struct Node {
        int thread = 0;
        std::uint32_t number = 0;
    };

    void reset() {
        for (auto& nodes : ancestors_) nodes.clear();
    }

    /// The nodes in `direct` and all that precede them.
    Clock closed(const Clock& direct) const {
        Clock all = direct;
        for (int t = 0; t < max_threads; ++t) {
            if (direct[t] != 0) all.join(of({t, direct[t]}));
        }
        return all;
    }

    /// A new node after those in `direct`.
    Node add(int thread, const Clock& direct) {
        auto& nodes = ancestors_[static_cast<std::size_t>(thread)];
        Clock before = closed(direct);
        before[thread] = static_cast<std::uint32_t>(nodes.size());
        if (!nodes.empty()) before.join(nodes.back());
        nodes.push_back(before);
        return {thread, static_cast<std::uint32_t>(nodes.size())};
    }

    /// An edge from each node in `direct` to `to`, which must not precede any of them.
    void precede(const Clock& direct, Node to) {
        if (of(to).at == joined(of(to), direct).at) return;
        const Clock all = closed(direct);
        for (int t = 0; t < max_threads; ++t) {
            auto& nodes = ancestors_[static_cast<std::size_t>(t)];
            for (std::uint32_t n = 1; n <= nodes.size(); ++n) {
                Clock& before = nodes[n - 1];
                const bool is = t == to.thread && n == to.number;
                if (is || before.has(to.thread, to.number)) before.join(all);
            }
        }
    }

  private:
    static Clock joined(Clock a, const Clock& b) {
        a.join(b);
        return a;
    }
    const Clock& of(Node node) const {
        return ancestors_[static_cast<std::size_t>(node.thread)][node.number - 1];
    }

    std::array<Row<Clock>, max_threads> ancestors_;
};

}  // namespace model
