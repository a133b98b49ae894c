/// \file
/// Watching: a watch that goes with its handle.
#pragma once

#include <memory>
#include <utility>

namespace atomos {

namespace detail {

/// What a handle knows of its watch. It may be asked when the atom has ended.
class HeldWatch {
  public:
    HeldWatch() = default;
    HeldWatch(const HeldWatch&) = delete;
    HeldWatch& operator=(const HeldWatch&) = delete;
    virtual ~HeldWatch() = default;
    virtual bool remove() = 0;
    virtual void wait() = 0;
};

}  // namespace detail

/// Holds a watch: when it ends, the watch is removed, and no call of it is running any more.
///
///     {
///         const auto hearing = state.watching("log", [&](auto&, auto&, const State&, const State& now) {
///             log.push_back(now.users);
///         });
///         state.swap(join);
///     }   // nobody uses `log` from here on
///
/// It removes the very watch that it was made for: one that was added since under the same key stays. The
/// atom may end before its handles do.
///
/// Progress   Its end waits as ARef::remove_watch_and_wait does, and may end from inside of the watch.
/// Errors     None. (Where memory runs out, the watch stays in get_watches(), and is not called.)
class Watching {
  public:
    /// Holds nothing.
    Watching() = default;
    explicit Watching(std::unique_ptr<detail::HeldWatch> held) noexcept : held_(std::move(held)) {}
    Watching(Watching&&) noexcept = default;
    /// What was held before is removed.
    Watching& operator=(Watching&& other) noexcept {
        Watching former(std::move(*this));
        held_ = std::move(other.held_);
        return *this;
    }
    ~Watching() { remove(); }

    /// Removes the watch now. False if nothing is held, somebody else has removed it, or the atom has ended.
    bool remove() {
        const auto held = std::exchange(held_, nullptr);
        if (held == nullptr) return false;
        const bool removed = held->remove();
        held->wait();
        return removed;
    }

    /// Lets the watch stay: it is removed by its key, or goes with its atom.
    void release() noexcept { held_ = nullptr; }

    /// Whether it holds a watch. (It may have been removed by its key.)
    explicit operator bool() const noexcept { return held_ != nullptr; }

  private:
    std::unique_ptr<detail::HeldWatch> held_;
};

}  // namespace atomos
