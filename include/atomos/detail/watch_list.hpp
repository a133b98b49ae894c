/// \file
/// The watches of an ARef, in the order in which they are called; and how a function becomes one.
#pragma once

#include <algorithm>
#include <atomos/reference.hpp>
#include <concepts>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace atomos::detail {

/// Watches by key. It is replaced whole, so that a round goes on with the list that it began with.
template <class Watch, class Local>
class WatchList {
  public:
    using List = std::vector<std::shared_ptr<Watch>>;

    auto get() const { return list_.get(); }

    /// Adds a watch at the end, or in the place of the one that has its key: that is returned.
    std::shared_ptr<Watch> insert(const std::shared_ptr<Watch>& added) {
        std::shared_ptr<Watch> replaced;
        list_.update_and_get([&](const List& list) {
            List longer = list;
            const auto at = std::find_if(longer.begin(), longer.end(),
                                         [&](const auto& w) { return w->key == added->key; });
            replaced = at == longer.end() ? nullptr : *at;
            if (at == longer.end()) {
                longer.push_back(added);
            } else {
                *at = added;
            }
            return longer;
        });
        return replaced;
    }

    /// Takes out the first that is so; nullptr: none is.
    template <class Is>
    std::shared_ptr<Watch> take_out(Is is) {
        std::shared_ptr<Watch> removed;
        const auto attempt = list_.try_update([&](const List& list) -> std::optional<List> {
            const auto at = std::find_if(list.begin(), list.end(),
                                         [&](const auto& watch) { return is(*watch); });
            if (at == list.end()) return std::nullopt;
            removed = *at;
            List rest(list.begin(), at);
            rest.insert(rest.end(), std::next(at), list.end());
            return rest;
        });
        return attempt.won ? removed : nullptr;
    }

  private:
    AtomicReference<List, Local> list_;
};

/// Brings a function to its general form: it may take the ref as any type that this one is, and the
/// values as snapshots or as they are.
template <class Ref, class Base, class Snapshot, class F>
std::function<void(const std::string&, Base&, const Snapshot&, const Snapshot&)> watch_function(
    F fn) {
    using T = typename Snapshot::value_type;
    if constexpr (std::is_pointer_v<F> || requires { fn.operator bool(); }) {
        if (!fn) return {};
    }
    if constexpr (std::invocable<F&, const std::string&, Ref&, const Snapshot&, const Snapshot&>) {
        return [fn = std::move(fn)](const std::string& key, Base& ref, const Snapshot& old,
                                    const Snapshot& now) mutable {
            std::invoke(fn, key, static_cast<Ref&>(ref), old, now);
        };
    } else {
        static_assert(std::invocable<F&, const std::string&, Ref&, const T&, const T&>,
                      "a watch is called as fn(key, ref, old, new), with snapshots or with values");
        return [fn = std::move(fn)](const std::string& key, Base& ref, const Snapshot& old,
                                    const Snapshot& now) mutable {
            std::invoke(fn, key, static_cast<Ref&>(ref), *old, *now);
        };
    }
}

}  // namespace atomos::detail
