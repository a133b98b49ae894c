/// \file
/// What watches for everyone are told, and the fixture of their tests.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <atomos/process.hpp>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "crash/gate.hpp"
#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "hazards/sanitizers.hpp"
#include "process/place.hpp"

namespace regions {

using IntAtom = atomos::process::Atom<int>;
using IntSnapshot = IntAtom::Snapshot;

/// What a watch has been told, for a test to wait on.
class Heard {
  public:
    void operator()(const std::string&, IntAtom&, const IntSnapshot& old, const IntSnapshot& now) {
        const std::lock_guard lock(mutex_);
        told_.emplace_back(old, now);
        changed_.notify_all();
    }
    /// Waits until it was told of a value; returns all that it was told.
    std::vector<std::pair<IntSnapshot, IntSnapshot>> until(int value) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !told_.empty() && *told_.back().second == value; });
        return told_;
    }
    std::size_t count() {
        const std::lock_guard lock(mutex_);
        return told_.size();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::pair<IntSnapshot, IntSnapshot>> told_;
};

inline const atomos::WatchOptions everyone{.everyone = true};

/// Another process, which writes when it is told to. It is forked before anything is watched.
class Writer {
  public:
    explicit Writer(IntAtom& atom) : child_(fork()) {
        if (child_ != 0) return;
        alarm(240);
        for (;;) {
            told_->go.pass();
            if (told_->last == over) std::_Exit(0);
            for (int i = told_->first; i <= told_->last; ++i) atom.reset(i);
            told_->done.open();
        }
    }
    ~Writer() {
        told_->last = over;
        told_->go.open();
        int status = -1;
        waitpid(child_, &status, 0);
        EXPECT_TRUE(hazards::ended_well(status));
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Returns when the values from `first` to `last` are written, one after another.
    void write(int first, int last) {
        told_->first = first;
        told_->last = last;
        told_->go.open();
        told_->done.pass();
    }

  private:
    static constexpr int over = -1;
    struct Told {
        std::atomic<int> first;
        std::atomic<int> last;
        crash::Gate go;
        crash::Gate done;
    };
    crash::Shared<Told> told_;
    pid_t child_;
};

class WatchTest : public testing::Test {
  protected:
    static void hear(IntAtom& by, const std::string& key, Heard& heard) {
        by.add_watch(key, [&heard](auto&... told) { heard(told...); }, everyone);
    }
    static void no_watcher_thread_is_left() {
        // ThreadSanitizer has a thread of its own.
        while (!hazards::thread_sanitizer && threads() != before) std::this_thread::yield();
    }
    static inline const std::size_t before = threads();

    atomos::process::Region region = atomos::process::Region::anonymous({.bytes = 1 << 16});
    IntAtom atom{region, "a", 0};
    Writer other{atom};
};

}  // namespace regions
