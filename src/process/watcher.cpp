/// \file
/// The watcher thread of a process: it sleeps on the regions' turns, and looks at the cells.

#include <algorithm>
#include <atomos/process/watcher.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <list>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include "platform/system.hpp"
#include "process/failure.hpp"

namespace atomos::process {
namespace {

struct Listener {
    std::shared_ptr<Memory> memory;
    CellLine* line;
    Hearing::Look look;
    unsigned retained = 0;
    bool gone = false;
};

/// What the thread and those who listen share. A fork finds it unlocked.
struct Watcher {
    std::mutex mutex;
    std::list<Listener*> listeners;
    Listener* called = nullptr;  ///< whose function is running
    Atomic<std::uint64_t> changed{0};
    Atomic<std::uint64_t> called_over{0};
    bool running = false;
    std::thread::id thread;
};

Watcher& watcher();
void* run(void*);

/// Starts the thread, if it is not running. Returns errno's value.
int start(Watcher& w) {
    if (w.running) return 0;
    const int error = platform::start_thread(&run, &w);
    w.running = error == 0;
    return error;
}

/// The thread is not in the child. What it was calling is over there, as far as anybody can tell. If it
/// cannot be started, the next watch that is added tries again, and says so.
void forked() {
    Watcher& w = watcher();
    w.running = false;
    w.called = nullptr;
    w.mutex.unlock();
    if (!w.listeners.empty()) static_cast<void>(start(w));
}

Watcher& watcher() {
    static Watcher* const the = [] {
        auto* const made = new Watcher;
        platform::at_fork([] { watcher().mutex.lock(); }, [] { watcher().mutex.unlock(); },
                          &forked);
        return made;
    }();
    return *the;
}

void wake(Atomic<std::uint64_t>& word) {
    word.fetch_add(1, std::memory_order_seq_cst);
    platform::shared_wake(word);
}

/// Looks at one cell, with nothing locked; then says that its next change is awaited. True: it has
/// changed again meanwhile.
bool look(const Listener& listener) {
    std::uint64_t version = 0;
    try {
        version = listener.look();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "atomos: the watcher thread cannot look: %s\n", error.what());
        return false;
    }
    if (listener.memory->read_only()) return false;
    announce_wait(listener.line->waiting, version);
    return !Head{listener.line->word.load(F2)}.names(version);
}

/// One look at every cell, and a sleep until something changes.
void round(Watcher& w, std::unique_lock<std::mutex>& lock) {
    using namespace std::chrono_literals;
    std::vector<platform::Waited> words;
    std::vector<std::shared_ptr<Memory>> kept;
    std::chrono::milliseconds nap = 100ms;
    const auto await = [&](const Atomic<std::uint64_t>& word) {
        words.push_back({&word, static_cast<std::uint32_t>(word.load(std::memory_order_seq_cst))});
    };
    await(w.changed);
    for (const Listener* listener : w.listeners) {
        if (std::find(kept.begin(), kept.end(), listener->memory) != kept.end()) continue;
        kept.push_back(listener->memory);
        await(listener->memory->turn());
        if (listener->memory->read_only()) nap = 10ms;
    }

    bool again = false;
    const std::vector<Listener*> all(w.listeners.begin(), w.listeners.end());
    for (Listener* listener : all) {
        if (std::find(w.listeners.begin(), w.listeners.end(), listener) == w.listeners.end()) {
            continue;
        }
        w.called = listener;
        lock.unlock();
        again |= look(*listener);
        lock.lock();
        w.called = nullptr;
        if (listener->gone) delete listener;
        wake(w.called_over);
    }

    lock.unlock();
    if (!again) platform::shared_wait_any(words, std::chrono::steady_clock::now() + nap);
    kept.clear();
    lock.lock();
}

void* run(void* argument) {
    Watcher& w = *static_cast<Watcher*>(argument);
    std::unique_lock lock(w.mutex);
    w.thread = std::this_thread::get_id();
    while (!w.listeners.empty()) {
        try {
            round(w, lock);
        } catch (const std::bad_alloc&) {
            lock.unlock();
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            lock.lock();
        }
    }
    w.running = false;
    return nullptr;
}

}  // namespace

Hearing::Hearing(std::shared_ptr<Memory> memory, CellLine& line, Look look)
    : listener_(new Listener{std::move(memory), &line, std::move(look)}) {}

void Hearing::retain() {
    auto* const listener = static_cast<Listener*>(listener_);
    Watcher& w = watcher();
    {
        const std::lock_guard lock(w.mutex);
        if (const int e = start(w)) fail("(all)", "starting the watcher thread", e);
        if (listener->retained == 0) w.listeners.push_back(listener);
        ++listener->retained;
    }
    wake(w.changed);
}

void Hearing::release() noexcept {
    auto* const listener = static_cast<Listener*>(listener_);
    Watcher& w = watcher();
    {
        const std::lock_guard lock(w.mutex);
        if (--listener->retained == 0) w.listeners.remove(listener);
    }
    wake(w.changed);
}

void Hearing::look_again() noexcept { wake(watcher().changed); }

Hearing::~Hearing() {
    auto* const listener = static_cast<Listener*>(listener_);
    Watcher& w = watcher();
    std::unique_lock lock(w.mutex);
    w.listeners.remove(listener);
    if (w.called == listener && w.thread == std::this_thread::get_id()) {
        listener->gone = true;
        return;
    }
    while (w.called == listener) {
        const auto over = static_cast<std::uint32_t>(w.called_over.load(std::memory_order_seq_cst));
        lock.unlock();
        platform::shared_wait(w.called_over, over,
                              std::chrono::steady_clock::now() + std::chrono::milliseconds(100));
        lock.lock();
    }
    lock.unlock();
    wake(w.changed);
    delete listener;
}

}  // namespace atomos::process
