/// \file
/// What an ARef gets when it is first watched or guarded, and keeps.
#pragma once

#include <atomos/detail/made.hpp>
#include <atomos/detail/watch.hpp>
#include <atomos/detail/watch_list.hpp>
#include <cstdint>
#include <memory>
#include <new>
#include <string>

namespace atomos::detail {

/// Of a scope in which nobody else makes changes.
struct Deaf {};
template <class Scope>
struct HearingOf {
    using type = Deaf;
};
template <class Scope>
    requires requires { typename Scope::Hearing; }
struct HearingOf<Scope> {
    using type = typename Scope::Hearing;
};

template <class Ref, class T, class Scope>
class Watched {
  public:
    using Snapshot = typename Scope::template Cell<T>::Snapshot;
    using Local = typename Scope::Local;
    using Watch = detail::Watch<Ref, Snapshot, Local>;
    using Home = detail::Home<Ref>;
    using Guards = typename Scope::template Guards<T>;
    using Hearing = typename HearingOf<Scope>::type;

    /// Whether changes are made elsewhere too, and can be heard of.
    static constexpr bool hears = requires { typename Scope::Hearing; };

    Watched() = default;
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    ~Watched() {
        delete hearing.load(std::memory_order_acquire);
        delete guards.load(std::memory_order_acquire);
        delete home_.load(std::memory_order_acquire);
    }

    WatchList<Watch, Local> watches;
    Atomic<Guards*> guards{nullptr};
    Atomic<Hearing*> hearing{nullptr};

    /// What those go by who come from elsewhere, made when it is first asked for.
    const std::shared_ptr<Home>& home(Ref& ref) {
        return made(home_, [&] {
            return std::make_unique<std::shared_ptr<Home>>(std::make_shared<Home>(ref));
        });
    }

    /// Nobody comes from elsewhere any more when it returns.
    void close_home() noexcept {
        const auto* const home = home_.load(std::memory_order_acquire);
        if (home == nullptr) return;
        (*home)->end();
        (*home)->wait_for_calls(Callee::Calls::all);
    }

    void insert(const std::shared_ptr<Watch>& added) {
        if (const auto replaced = watches.insert(added)) end(*replaced);
    }

    /// Takes a watch out of the list: nullptr if there is none of that key.
    std::shared_ptr<Watch> take_out(const std::string& key) {
        return take_out_if([&](const Watch& watch) { return watch.key == key; });
    }

    /// Removes this very watch. For want of memory it stays in the list, and is not called.
    bool drop(Watch& watch) noexcept {
        watch.end();
        try {
            return take_out_if([&](const Watch& one) { return &one == &watch; }) != nullptr;
        } catch (const std::bad_alloc&) {
            return true;
        }
    }

    /// The highest version that may never be told.
    std::uint64_t untold() const noexcept { return untold_.load(std::memory_order_seq_cst); }
    void untold(std::uint64_t version) noexcept {
        std::uint64_t known = untold();
        while (known < version &&
               !untold_.compare_exchange_strong(known, version, std::memory_order_seq_cst)) {
        }
    }

  private:
    template <class Is>
    std::shared_ptr<Watch> take_out_if(Is is) {
        auto removed = watches.take_out(is);
        if (removed) end(*removed);
        return removed;
    }

    /// No new call of a watch begins from now on.
    void end(Watch& watch) noexcept {
        watch.end();
        if constexpr (hears) {
            if (!watch.everyone) return;
            if (auto* const heard = hearing.load(std::memory_order_acquire)) heard->release();
        }
    }

    Atomic<std::shared_ptr<Home>*> home_{nullptr};
    Atomic<std::uint64_t> untold_{0};
};

}  // namespace atomos::detail
