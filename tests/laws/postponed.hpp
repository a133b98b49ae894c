/// \file
/// What laws of watches are put together from: points to wait for, and an executor that runs what it was
/// given when it is told to, or never.
#pragma once

#include <atomic>
#include <atomos/watches.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace laws {

/// A point that one thread waits for and another one reaches.
class Point {
  public:
    void reach() {
        reached_ = true;
        reached_.notify_all();
    }
    void await() { reached_.wait(false); }

  private:
    std::atomic<bool> reached_{false};
};

/// Makes two changes by increment, of which the watches that were added after this are told in the
/// wrong order: the first one's round is stopped until the second one's is over.
template <class Atom>
class WrongOrder {
  public:
    explicit WrongOrder(Atom& atom) : atom_(atom) {
        atom.add_watch("wrong order", [this](const std::string&, auto&, int, int now) {
            if (now != 1) return;
            committed_.reach();
            over_.await();
        });
    }
    template <class Change>
    void run(Change change) {
        std::thread first([&] { atom_.swap(change); });
        committed_.await();
        atom_.swap(change);
        over_.reach();
        first.join();
    }

  private:
    Atom& atom_;
    Point committed_;
    Point over_;
};

/// An executor that runs what it was given when it is told to.
class Postponed {
  public:
    atomos::Executor executor() {
        return [this](std::function<void()> task) {
            const std::lock_guard lock(mutex_);
            tasks_.push_back(std::move(task));
        };
    }
    void run() {
        while (auto task = take()) task();
    }
    void drop() {
        while (take()) {
        }
    }
    std::size_t size() {
        const std::lock_guard lock(mutex_);
        return tasks_.size();
    }

  private:
    std::function<void()> take() {
        const std::lock_guard lock(mutex_);
        if (tasks_.empty()) return {};
        auto first = std::move(tasks_.front());
        tasks_.pop_front();
        return first;
    }
    std::mutex mutex_;
    std::deque<std::function<void()>> tasks_;
};

}  // namespace laws
