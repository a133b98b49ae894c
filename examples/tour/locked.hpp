#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <atomos/atomos.hpp>

namespace tour {

/// A value behind a std::mutex, with the words of Atom that the server uses: what the tour compares
/// with.
///
/// Not a second library: watches are added before the threads start and removed after they ended.
template <class T>
class Locked {
  public:
    /// A copy of the value; the counterpart of Atom's Snapshot.
    class Copy {
      public:
        explicit Copy(T value) : value_(std::move(value)) {}
        const T& operator*() const { return value_; }
        const T* operator->() const { return &value_; }

      private:
        T value_;
    };

    struct Vals {
        Copy old;
        Copy now;
    };

    using Watch = std::function<void(const std::string&, Locked&, const T& old, const T& now)>;

    explicit Locked(T value) : value_(std::move(value)) {}

    [[nodiscard]] Copy deref() const {
        const std::lock_guard lock(mutex_);
        return Copy{value_};
    }

    /// Looks at the value under the lock.
    template <class Look>
    decltype(auto) read(Look&& look) const {
        const std::lock_guard lock(mutex_);
        return std::forward<Look>(look)(value_);
    }

    template <class Change, class... Args>
    void swap(Change&& change, const Args&... args) {
        if (!watches_.empty()) {
            swap_vals(change, args...);
            return;
        }
        std::optional<T> old;  // destroyed after the lock is gone
        const std::lock_guard lock(mutex_);
        old = std::exchange(value_, change(value_, args...));
    }

    template <class Change, class... Args>
    Vals swap_vals(Change&& change, const Args&... args) {
        std::unique_lock lock(mutex_);
        Copy old{std::exchange(value_, change(value_, args...))};
        Vals vals{std::move(old), Copy{value_}};
        lock.unlock();
        tell(*vals.old, *vals.now);
        return vals;
    }

    template <class Change, class... Args>
    atomos::Attempt<Copy> try_swap(Change&& change, const Args&... args) {
        std::unique_lock lock(mutex_);
        std::optional<T> next = change(value_, args...);
        if (!next) {
            return {false, Copy{value_}};
        }
        const Copy old{std::exchange(value_, *std::move(next))};
        Copy now{value_};
        lock.unlock();
        tell(*old, *now);
        return {true, std::move(now)};
    }

    void add_watch(std::string key, Watch watch) {
        watches_.emplace_back(std::move(key), std::move(watch));
    }

    void remove_watch(const std::string& key) {
        std::erase_if(watches_, [&](const auto& entry) { return entry.first == key; });
    }

  private:
    void tell(const T& old, const T& now) {
        for (const auto& [key, watch] : watches_) {
            watch(key, *this, old, now);
        }
    }

    mutable std::mutex mutex_;
    T value_;
    std::vector<std::pair<std::string, Watch>> watches_;
};

}  // namespace tour
