/// \file
/// ARef<T>: something that changes, and the watches that hear of it.
#pragma once

#include <algorithm>
#include <atomos/errors.hpp>
#include <atomos/reference.hpp>
#include <atomos/watches.hpp>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace atomos {

/// Something that changes, and the watches that hear of it. An Atom is one.
///
/// By itself it holds watches only: whoever changes what it stands for calls notify_watches.
///
/// Progress   Lock-free. Watches run on the thread that notifies, with nothing locked.
/// Bound      8 bytes until the first watch is added.
/// Source     Clojure's ARef and IRef.
template <class T, class Scope = Threads>
class ARef {
  public:
    using Snapshot = typename Scope::template Cell<T>::Snapshot;
    using WatchFunction =
        std::function<void(const std::string&, ARef&, const Snapshot&, const Snapshot&)>;

    ARef() = default;
    ARef(const ARef&) = delete;
    ARef& operator=(const ARef&) = delete;
    ~ARef() { delete attached_.load(std::memory_order_acquire); }

    /// Calls fn(key, ref, old, new) after each change from the next one on.
    ///
    /// `old` and `new` are snapshots, or values if fn takes values. The watches run one after another in
    /// the order in which their keys were first added, on the thread that made the change, after it is
    /// committed. Across threads the order is not that of the changes: `new.version()` tells. A watch may
    /// add, remove, look, and change the same atom (its round then nests). One that throws does not stop
    /// the others. The same key replaces the function and keeps its place.
    ///
    /// Errors     std::invalid_argument if the function is empty; std::bad_alloc. Nothing has changed.
    template <class F>
    void add_watch(std::string key, F fn, WatchOptions options = {}) {
        static_cast<void>(options);
        add(std::move(key), adapt<ARef>(std::move(fn)));
    }

    /// Removes a watch. False if there is none of that key. No new call of it begins afterwards; one
    /// that has begun on another thread may still be running.
    bool remove_watch(const std::string& key) {
        Attached* const attached = attached_.load(std::memory_order_acquire);
        if (attached == nullptr) return false;
        std::shared_ptr<Watch> removed;
        const auto attempt =
            attached->watches.try_update([&](const List& list) -> std::optional<List> {
                const auto at = locate(list, key);
                if (at == list.end()) return std::nullopt;
                removed = *at;
                List rest(list.begin(), at);
                rest.insert(rest.end(), std::next(at), list.end());
                return rest;
            });
        if (attempt.won) end(*removed);
        return attempt.won;
    }

    /// The watches that there are now: a copy.
    Watches<WatchFunction> get_watches() const {
        Attached* const attached = attached_.load(std::memory_order_acquire);
        if (attached == nullptr) return {};
        std::vector<std::pair<std::string, WatchFunction>> copy;
        const auto list = attached->watches.get();
        copy.reserve(list->size());
        for (const auto& watch : *list) copy.emplace_back(watch->key, watch->function);
        return Watches<WatchFunction>(std::move(copy));
    }

    /// Tells all watches of a change, in order. A watch that is removed meanwhile is not called any more.
    ///
    /// Errors     WatchError with what each of them threw, when all have run. (std::bad_alloc, when even
    ///            that cannot be said for want of memory.)
    void notify_watches(const Snapshot& old, const Snapshot& now) {
        Attached* const attached = attached_.load(std::memory_order_seq_cst);
        if (attached == nullptr) return;
        std::vector<WatchError::Failure> failures;
        bool unsaid = false;
        const auto list = attached->watches.get();
        for (const auto& watch : *list) {
            if (watch->hears_everyone() || watch->gone.load(std::memory_order_seq_cst)) continue;
            try {
                watch->function(watch->key, *this, old, now);
            } catch (...) {
                // A thread's cancellation passes through a catch, and is no exception.
                if (!std::current_exception()) throw;
                unsaid |= !record(failures, watch->key, std::current_exception());
            }
        }
        if (unsaid) throw std::bad_alloc();
        if (!failures.empty()) throw WatchError(now.version(), std::move(failures));
    }

    /// As above, for values that no atom holds.
    void notify_watches(T old, T now)
        requires requires(T v) { Snapshot::of(std::move(v)); }
    {
        notify_watches(Snapshot::of(std::move(old)), Snapshot::of(std::move(now)));
    }

  protected:
    /// Adds a watch whose function is in its general form. `told`: the value that one which hears of
    /// everyone knows.
    void add(std::string key, WatchFunction fn, Snapshot told = {}) {
        if (!fn) {
            throw std::invalid_argument("add_watch(\"" + key +
                                        "\"): the function is empty; a callable is needed");
        }
        const auto added = std::make_shared<Watch>(std::move(key), std::move(fn), std::move(told));
        std::shared_ptr<Watch> replaced;
        attached().watches.update_and_get([&](const List& list) {
            List longer = list;
            const auto at = locate(longer, added->key);
            replaced = at == longer.end() ? nullptr : *at;
            if (at == longer.end()) {
                longer.push_back(added);
            } else {
                *at = added;
            }
            return longer;
        });
        if (replaced) end(*replaced);
    }

    /// Tells the watches that hear of everyone that `now` stands. Called by one thread at a time.
    void tell_everyone(const Snapshot& now) noexcept {
        const auto list = attached().watches.get();
        for (const auto& watch : *list) {
            if (!watch->hears_everyone() || watch->gone.load(std::memory_order_seq_cst)) continue;
            if (watch->told.same_as(now)) continue;
            try {
                watch->function(watch->key, *this, watch->told, now);
            } catch (const std::exception& error) {
                complain(watch->key, error.what());
            } catch (...) {
                complain(watch->key, "not a std::exception");
            }
            watch->told = now;
        }
    }

    /// What hears of all processes' changes, made by make() when it is first asked for.
    template <class Make>
    auto& hearing(Make make) {
        return made(attached().hearing, make);
    }

    /// No watch is called by others any more when this returns, unless it is called by one.
    void stop_hearing() noexcept {
        if constexpr (hears) {
            if (Attached* const attached = attached_.load(std::memory_order_acquire)) {
                delete attached->hearing.exchange(nullptr, std::memory_order_seq_cst);
            }
        }
    }

    /// Brings a function to its general form: it may take the ref as any type that this one is, and
    /// the values as snapshots or as they are.
    template <class Ref, class F>
    static WatchFunction adapt(F fn) {
        if constexpr (std::is_pointer_v<F> || requires { fn.operator bool(); }) {
            if (!fn) return {};
        }
        if constexpr (std::invocable<F&, const std::string&, Ref&, const Snapshot&,
                                     const Snapshot&>) {
            return [fn = std::move(fn)](const std::string& key, ARef& ref, const Snapshot& old,
                                        const Snapshot& now) mutable {
                std::invoke(fn, key, static_cast<Ref&>(ref), old, now);
            };
        } else {
            static_assert(
                std::invocable<F&, const std::string&, Ref&, const T&, const T&>,
                "a watch is called as fn(key, ref, old, new), with snapshots or with values");
            return [fn = std::move(fn)](const std::string& key, ARef& ref, const Snapshot& old,
                                        const Snapshot& now) mutable {
                std::invoke(fn, key, static_cast<Ref&>(ref), *old, *now);
            };
        }
    }

    /// Whether anybody has ever watched.
    bool watched() const noexcept { return attached_.load(std::memory_order_seq_cst) != nullptr; }

    using Guards = typename Scope::template Guards<T>;

    /// The validators, made when they are first asked for.
    Guards& guards() {
        return made(attached().guards, [] { return std::make_unique<Guards>(); });
    }

    /// Whether changes are made elsewhere too, and can be heard of.
    static constexpr bool hears = requires { typename Scope::Hearing; };

  private:
    struct Watch {
        Watch(std::string k, WatchFunction f, Snapshot t)
            : key(std::move(k)), function(std::move(f)), told(std::move(t)), everyone(bool(told)) {}
        bool hears_everyone() const noexcept { return hears && everyone; }
        std::string key;
        WatchFunction function;
        Snapshot told;
        bool everyone;
        detail::Atomic<bool> gone{false};
    };
    using List = std::vector<std::shared_ptr<Watch>>;

    struct Deaf {};
    template <class S>
    struct HearingOf {
        using type = Deaf;
    };
    template <class S>
        requires requires { typename S::Hearing; }
    struct HearingOf<S> {
        using type = typename S::Hearing;
    };
    using Hearing = typename HearingOf<Scope>::type;

    /// What an atom gets when it is first watched or guarded, and keeps.
    struct Attached {
        AtomicReference<List, typename Scope::Local> watches;
        detail::Atomic<Guards*> guards{nullptr};
        detail::Atomic<Hearing*> hearing{nullptr};
        Attached() = default;
        Attached(const Attached&) = delete;
        Attached& operator=(const Attached&) = delete;
        ~Attached() {
            delete hearing.load(std::memory_order_acquire);
            delete guards.load(std::memory_order_acquire);
        }
    };

    /// No new call of a watch begins from now on.
    void end(Watch& watch) {
        watch.gone.store(true, std::memory_order_seq_cst);
        if constexpr (hears) {
            if (watch.everyone) attached().hearing.load(std::memory_order_acquire)->release();
        }
    }

    static void complain(const std::string& key, const char* what) noexcept {
        std::fprintf(stderr, "atomos: watch \"%s\", which hears of everyone, threw: %s\n",
                     key.c_str(), what);
    }

    /// False: no memory.
    static bool record(std::vector<WatchError::Failure>& failures, const std::string& key,
                       std::exception_ptr error) noexcept {
        try {
            failures.push_back({key, std::move(error)});
            return true;
        } catch (const std::bad_alloc&) {
            return false;
        }
    }

    template <class L>
    static auto locate(L& list, const std::string& key) {
        return std::find_if(list.begin(), list.end(), [&](const auto& w) { return w->key == key; });
    }

    Attached& attached() {
        return made(attached_, [] { return std::make_unique<Attached>(); });
    }

    /// What the place points to, made by the first who needs it.
    template <class Made, class Make>
    static Made& made(detail::Atomic<Made*>& place, Make make) {
        if (Made* const found = place.load(std::memory_order_acquire)) return *found;
        std::unique_ptr<Made> fresh = make();
        Made* found = nullptr;
        if (place.compare_exchange_strong(found, fresh.get(), std::memory_order_seq_cst)) {
            return *fresh.release();
        }
        return *found;
    }

    detail::Atomic<Attached*> attached_{nullptr};
};

}  // namespace atomos
