/// \file
/// How a watch wants to hear, and which watches there are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace atomos {

/// In which order, and how many of the changes, a watch hears.
enum class Delivery {
    /// Each change once, on the thread that made it, before the change returns. Rivals' calls overlap, and
    /// come in any order.
    direct,
    /// Each change once, in the order of versions, never two calls at a time. Of several threads that make
    /// changes at once, one tells them all; the others do not wait for it. A change that the watch itself
    /// makes is told when its call is over.
    ///
    /// A change is held back until those before it have come: their writers are on their way here. What is
    /// given to notify_watches by hand, and is no next version of the atom, is told as it comes. One that
    /// could not be queued (std::bad_alloc came out of the call that made it) is left out, and then others
    /// that were under way may be told late.
    ///
    /// Bound   About 64 bytes and two snapshots for each change that was not told yet.
    ordered,
    /// The newest value, never two calls at a time. Versions are skipped when it is late; `old` is then
    /// the value that it was told last. It never rests on an old value.
    latest,
};

/// What runs functions somewhere: in a pool, in an event loop.
using Executor = std::function<void(std::function<void()>)>;

/// How a watch wants to hear of changes.
struct WatchOptions {
    /// Hear the changes of all processes, not only those that this process commits. All threads of a
    /// process are heard in any case.
    ///
    /// Such a watch is called on a thread of its own, in the order of versions and never two at a time.
    /// When it is late it skips versions: `old` is then the value that it was told last. It never rests
    /// on an old value. What it throws has no caller, and goes to the handler (watch_errors.hpp).
    bool everyone = false;

    /// Not `ordered` where other processes make changes too: those in between are not heard of.
    Delivery delivery = Delivery::direct;

    /// Hear of one change; then the watch is removed. Of rivals' changes it is told one. (For want of
    /// memory it may stay in get_watches(), and is not called.)
    bool once = false;

    /// Where the watch is called; an empty one: on the thread that made the change. What the watch throws
    /// goes to the handler (watch_errors.hpp).
    ///
    /// It is given a function without arguments, by several threads at a time, and may run it at once,
    /// later, or never. With `direct` there is one for each change, and what it never runs is not told;
    /// otherwise there is one for what has come since the last, and what it never ran is told with the
    /// next change. If it throws, that is as if it never ran it, and the change throws a WatchError. What it
    /// has not begun when the atom ends is not told; the atom's end waits for what it has begun.
    Executor executor{};
};

/// The watches of an ARef by key, in the order in which they are called. A copy: it does not change.
template <class Function>
class Watches {
  public:
    using value_type = std::pair<std::string, Function>;
    using const_iterator = typename std::vector<value_type>::const_iterator;

    Watches() = default;
    explicit Watches(std::vector<value_type> watches) : watches_(std::move(watches)) {}

    std::size_t size() const noexcept { return watches_.size(); }
    bool empty() const noexcept { return watches_.empty(); }
    const_iterator begin() const noexcept { return watches_.begin(); }
    const_iterator end() const noexcept { return watches_.end(); }

    const_iterator find(const std::string& key) const {
        return std::find_if(begin(), end(), [&](const value_type& w) { return w.first == key; });
    }
    bool contains(const std::string& key) const { return find(key) != end(); }

    /// The function under a key. Errors: std::out_of_range names the key.
    const Function& at(const std::string& key) const {
        const auto found = find(key);
        if (found == end()) throw std::out_of_range("no watch has the key \"" + key + "\"");
        return found->second;
    }

  private:
    std::vector<value_type> watches_;
};

}  // namespace atomos
