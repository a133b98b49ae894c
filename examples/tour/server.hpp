#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <future>
#include <vector>

#include <atomos/atomos.hpp>

#include "state.hpp"
#include "worker.hpp"

namespace tour {

/// A chat server on loopback TCP, with several threads, whose whole state lives in one Store: an
/// atomos::Atom<State>, or a Locked<State> for comparison.
///
/// The protocol is lines of text.
///
///     client                server
///     join NICK ROOM        joined NUMBER   the number of the first message that it will hear
///                           taken NICK      somebody in that room has the name
///     say TEXT              said NUMBER NICK TEXT   to every member of the room, the sender too
///     who                   here NICK NICK …
///     leave                 left NUMBER     the number of the first message that it will not hear
template <class Store>
class Server {
  public:
    Server(Store& state, int threads) : state_(state) {
        for (int i = 0; i < threads; ++i) {
            workers_.emplace_back(state_, desk_);
        }
        state_.add_watch(watch_key,
                         [this](const std::string&, auto&, const State& old, const State& now) {
                             if (old.counts.messages != now.counts.messages) {
                                 ring_all();
                             }
                         });
        for (Worker<Store>& worker : workers_) {
            threads_.push_back(std::async(std::launch::async, [&worker] { worker.run(); }));
        }
    }

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    ~Server() {
        halt();
        threads_.clear();
        state_.remove_watch(watch_key);
    }

    [[nodiscard]] std::uint16_t port() const { return desk_.listener.port(); }
    [[nodiscard]] std::int64_t accepted() const { return desk_.last_id.get(); }
    [[nodiscard]] std::int64_t messages() const { return desk_.messages.get(); }
    [[nodiscard]] std::int64_t refusals() const { return desk_.refusals.get(); }

    /// Waits until every connection is closed; false after the time limit.
    bool wait_until_empty(std::chrono::milliseconds limit) {
        const auto end = std::chrono::steady_clock::now() + limit;
        std::int64_t open = desk_.open.get();
        while (open != 0) {
            const auto changed = desk_.open.wait_until(open, end);
            if (!changed) {
                return false;
            }
            open = *changed;
        }
        return true;
    }

    /// Ends the threads; an exception that ended one of them earlier comes out here.
    void stop() {
        halt();
        for (std::future<void>& thread : threads_) {
            thread.get();
        }
        threads_.clear();
    }

  private:
    static constexpr const char* watch_key = "ring the workers' bells";

    void ring_all() {
        for (Worker<Store>& worker : workers_) {
            worker.bell().ring();
        }
    }

    void halt() {
        desk_.stopping.set(true);
        ring_all();
    }

    Store& state_;
    Desk desk_;
    std::deque<Worker<Store>> workers_;
    std::vector<std::future<void>> threads_;
};

}  // namespace tour
