/// \file
/// How a watch wants to hear, and which watches there are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace atomos {

/// How a watch wants to hear of changes.
struct WatchOptions {
    /// Hear the changes of all processes, not only those that this process commits. All threads of a
    /// process are heard in any case.
    ///
    /// Such a watch is called on a thread of its own, in the order of versions and never two at a time.
    /// When it is late it skips versions: `old` is then the value that it was told last. It never rests
    /// on an old value. What it throws has no caller, and goes to standard error.
    bool everyone = false;
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
