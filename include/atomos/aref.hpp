/// \file
/// ARef<T>: something that changes, and the watches that hear of it.
#pragma once

#include <atomos/detail/watched.hpp>
#include <atomos/errors.hpp>
#include <atomos/watches.hpp>
#include <atomos/watching.hpp>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace atomos {

/// Something that changes, and the watches that hear of it. An Atom is one.
///
/// By itself it holds watches only: whoever changes what it stands for calls notify_watches.
///
/// Progress   Lock-free, but for what waits by its name. Watches run with nothing locked, on the thread
///            that notifies or where their options say (watches.hpp).
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
    /// Not while anybody uses it. Waits for watches that run on behalf of others: in an executor. (A
    /// class that is derived from this one calls stop_hearing() first, in its own destructor.)
    ~ARef() {
        stop_hearing();
        delete attached_.load(std::memory_order_acquire);
    }

    /// Calls fn(key, ref, old, new) after each change from the next one on.
    ///
    /// `old` and `new` are snapshots, or values if fn takes values. The watches run one after another in
    /// the order in which their keys were first added, on the thread that made the change, after it is
    /// committed. Across threads the order is not that of the changes: `new.version()` tells, and
    /// Delivery::ordered puts them in order. A watch may add, remove, look, and change the same atom (its
    /// round then nests). One that throws does not stop the others. The same key replaces the function and
    /// its options, and keeps its place.
    ///
    /// Errors     std::invalid_argument if the function is empty, or the options do not go together;
    ///            std::bad_alloc. Nothing has changed.
    template <class F>
    void add_watch(std::string key, F fn, WatchOptions options = {}) {
        add(std::move(key), adapt<ARef>(std::move(fn)), std::move(options));
    }

    /// As add_watch, for as long as the handle lives.
    template <class F>
    [[nodiscard]] Watching watching(std::string key, F fn, WatchOptions options = {}) {
        return add_held(std::move(key), adapt<ARef>(std::move(fn)), std::move(options));
    }

    /// Removes a watch. False if there is none of that key. No new call of it begins afterwards; one
    /// that has begun on another thread may still be running.
    bool remove_watch(const std::string& key) { return take_out(key) != nullptr; }

    /// As remove_watch; and no call of it is running any more when it returns.
    ///
    /// From inside of the watch itself it does not wait for that very call. From inside of any watch it
    /// does not wait for a call which itself waits in here or in a Watching's end: so two that remove each
    /// other both come through. The function object may be destroyed later, and elsewhere.
    ///
    /// Progress   Blocking while a call is running. Of earlier functions under the same key it knows nothing.
    bool remove_watch_and_wait(const std::string& key) {
        const auto removed = take_out(key);
        if (removed) removed->wait_for_calls();
        return removed != nullptr;
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
        Round round{*this, now.version()};
        const auto list = attached->watches.get();
        for (const auto& watch : *list) {
            try {
                if (!watch->direct) [[unlikely]] {
                    watch->hear(watch, *this, old, now, round.failures);
                } else if (const detail::Call call(*watch); call) {
                    detail::count(detail::Event::watch_call);
                    watch->function(watch->key, *this, old, now);
                }
            } catch (...) {
                // A thread's cancellation passes through a catch, and is no exception.
                if (!std::current_exception()) throw;
                round.failures.add(watch->key);
            }
        }
        round.over = true;
        round.failures.raise(now.version());
    }

    /// As above, for values that no atom holds.
    void notify_watches(T old, T now)
        requires requires(T v) { Snapshot::of(std::move(v)); }
    {
        notify_watches(Snapshot::of(std::move(old)), Snapshot::of(std::move(now)));
    }

  protected:
    /// Looks at nothing: what is watched has no value of its own.
    struct NoValue {};

    /// Adds a watch whose function is in its general form. `look()` gives the standing value.
    template <class Look = NoValue>
    void add(std::string key, WatchFunction fn, WatchOptions options, Look look = {}) {
        insert(make(std::move(key), std::move(fn), std::move(options), look), look);
    }

    template <class Look = NoValue>
    Watching add_held(std::string key, WatchFunction fn, WatchOptions options, Look look = {}) {
        auto watch = make(std::move(key), std::move(fn), std::move(options), look);
        watch->home = attached().home(*this);
        auto held = std::make_unique<Held>(watch);
        insert(std::move(watch), look);
        return Watching(std::move(held));
    }

    /// A change up to this version may never be told, since memory ran out or its thread was cancelled:
    /// `ordered` does not wait for it.
    void untold(std::uint64_t version) noexcept {
        Attached* const attached = attached_.load(std::memory_order_seq_cst);
        if (attached != nullptr) attached->untold(version);
    }

    /// Tells the watches that hear of everyone that `now` stands. Called by one thread at a time.
    void tell_everyone(const Snapshot& now) noexcept {
        const auto list = attached().watches.get();
        for (const auto& watch : *list) {
            try {
                watch->hear_of_everyone(watch, *this, now);
            } catch (...) {
                detail::report<Local>({this, watch->key, now.version(), std::current_exception()});
            }
        }
    }

    /// What hears of all processes' changes, made by make() when it is first asked for.
    template <class Make>
    auto& hearing(Make make) {
        return detail::made(attached().hearing, make);
    }

    /// No watch is called by others any more when this returns, unless it is called by one.
    void stop_hearing() noexcept {
        Attached* const attached = attached_.load(std::memory_order_acquire);
        if (attached == nullptr) return;
        attached->close_home();
        if constexpr (hears) {
            auto* const hearing = attached->hearing.exchange(nullptr, std::memory_order_seq_cst);
            if (hearing == nullptr) return;
            for (const auto& watch : *attached->watches.get()) watch->end();
            delete hearing;
        }
    }

    /// Brings a function to its general form.
    template <class Ref, class F>
    static WatchFunction adapt(F fn) {
        return detail::watch_function<Ref, ARef, Snapshot>(std::move(fn));
    }

    /// Whether anybody has ever watched.
    bool watched() const noexcept { return attached_.load(std::memory_order_seq_cst) != nullptr; }

    using Guards = typename Scope::template Guards<T>;

    /// The validators, made when they are first asked for.
    Guards& guards() {
        return detail::made(attached().guards, [] { return std::make_unique<Guards>(); });
    }

    /// Whether changes are made elsewhere too, and can be heard of.
    static constexpr bool hears = requires { typename Scope::Hearing; };

  private:
    using Attached = detail::Watched<ARef, T, Scope>;
    using Watch = typename Attached::Watch;
    using Local = typename Attached::Local;
    friend Watch;

    /// One change, told to all watches.
    struct Round {
        ARef& ref;
        std::uint64_t version;
        detail::Failures failures{};
        bool over = false;
        ~Round() {
            if (!over) ref.untold(version);
        }
    };

    /// What a Watching holds.
    struct Held final : detail::HeldWatch {
        explicit Held(std::shared_ptr<Watch> w) noexcept : watch(std::move(w)) {}
        bool remove() override {
            const detail::Call in_home(*watch->home);
            if (!in_home) return false;
            return watch->home->ref.drop(*watch);
        }
        void wait() override { watch->wait_for_calls(); }
        std::shared_ptr<Watch> watch;
    };

    template <class Look>
    std::shared_ptr<Watch> make(std::string key, WatchFunction fn, WatchOptions options,
                                Look look) {
        const auto refuse = [&key](const char* why) {
            throw std::invalid_argument("add_watch(\"" + key + "\"): " + why);
        };
        if (!fn) refuse("the function is empty; a callable is needed");
        if (options.delivery == Delivery::ordered && hears) {
            refuse(
                "where other processes make changes too, the delivery has to be direct or latest, "
                "not ordered");
        }
        options.everyone &= hears;
        Snapshot known;
        if constexpr (std::invocable<Look&>) {
            if (options.everyone || options.delivery != Delivery::direct) known = look();
        }
        auto made = std::make_shared<Watch>(std::move(key), std::move(fn), std::move(options),
                                            std::move(known));
        if (made->needs_home()) made->home = attached().home(*this);
        return made;
    }

    template <class Look>
    void insert(const std::shared_ptr<Watch>& added, Look look) {
        if (added->is_ordered()) added->begin();
        attached().insert(added);
        if (added->is_ordered()) begin(added, look);
    }

    /// From the version that stands now on, every change is told to the new watch.
    template <class Look>
    void begin(const std::shared_ptr<Watch>& added, Look look) {
        std::uint64_t version = 0;
        if constexpr (std::invocable<Look&>) {
            try {
                version = look().version();
            } catch (...) {
                drop(*added);
                throw;
            }
        }
        try {
            added->begin_after(added, *this, version);
        } catch (...) {
            if (!std::current_exception()) throw;
            detail::report<Local>({this, added->key, version, std::current_exception()});
        }
    }

    std::shared_ptr<Watch> take_out(const std::string& key) {
        Attached* const attached = attached_.load(std::memory_order_acquire);
        return attached == nullptr ? nullptr : attached->take_out(key);
    }

    /// For the watches themselves.
    bool drop(Watch& watch) noexcept {
        return attached_.load(std::memory_order_acquire)->drop(watch);
    }
    std::uint64_t untold() const noexcept {
        return attached_.load(std::memory_order_acquire)->untold();
    }

    Attached& attached() {
        return detail::made(attached_, [] { return std::make_unique<Attached>(); });
    }

    detail::Atomic<Attached*> attached_{nullptr};
};

}  // namespace atomos
