#pragma once

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <future>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "state.hpp"

namespace tour {

/// What the server does to its state, without the server: several threads that read rosters, say,
/// leave and join, as fast as they can.
struct Workload {
    const char* name;
    int changes_in_100;  // the rest looks who is in a room
    int operations;      // of one thread
};

constexpr int workload_clients = 320;
constexpr int workload_rooms = 8;

inline std::string workload_room(ConnectionId id) {
    return "room-" + std::to_string(id % workload_rooms);
}

/// A state with clients in rooms, in which somebody is always in each room.
inline State workload_state() {
    State state;
    for (ConnectionId id = 0; id < workload_clients; ++id) {
        state = joined(opened(state, id), id, std::to_string(id), workload_room(id)).value();
    }
    return state;
}

/// The operations of one thread, on its own clients; how many messages they said.
template <class Store>
std::int64_t work(Store& store, const Workload& load, int thread, int threads) {
    std::minstd_rand random{static_cast<unsigned>(thread + 1)};
    const auto below = [&](unsigned end) { return random() % end; };
    std::vector<bool> here(workload_clients, true);
    std::vector<std::string> rooms;
    for (ConnectionId room = 0; room < workload_rooms; ++room) {
        rooms.push_back(workload_room(room));
    }
    const std::string text = "the kettle is on";
    std::int64_t messages = 0;
    std::size_t letters = 0;
    for (int i = 0; i < load.operations; ++i) {
        const auto turn =
            static_cast<int>(below(workload_clients / static_cast<unsigned>(threads)));
        const ConnectionId id = turn * threads + thread;
        const std::string& room = rooms[static_cast<std::size_t>(id % workload_rooms)];
        if (static_cast<int>(below(100)) >= load.changes_in_100) {
            letters += store.read([&](const State& state) {
                std::size_t sum = 0;
                state.rooms.at(room).members.for_each(
                    [&](const std::string& nick, ConnectionId) { sum += nick.size(); });
                return sum;
            });
        } else if (!here[static_cast<std::size_t>(id)]) {
            store.swap([&](const State& state) {
                return joined(state, id, std::to_string(id), room).value();
            });
            here[static_cast<std::size_t>(id)] = true;
        } else if (id >= workload_rooms * threads && below(10) == 0) {
            store.swap(left, id);
            here[static_cast<std::size_t>(id)] = false;
        } else {
            store.swap(said, id, text);
            messages += 1;
        }
    }
    if (letters == 0 && load.changes_in_100 < 50) {
        throw std::runtime_error("the rosters were empty");
    }
    return messages;
}

/// Operations a second of a fresh store under the workload.
template <class Store>
double operations_per_second(const Workload& load, int threads) {
    Store store{workload_state()};
    std::barrier start(threads + 1);
    std::vector<std::future<std::int64_t>> workers;
    for (int thread = 0; thread < threads; ++thread) {
        workers.push_back(std::async(std::launch::async, [&, thread] {
            start.arrive_and_wait();
            return work(store, load, thread, threads);
        }));
    }
    start.arrive_and_wait();
    const auto begin = std::chrono::steady_clock::now();
    for (const auto& worker : workers) {
        worker.wait();
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    std::int64_t messages = 0;
    for (auto& worker : workers) {
        messages += worker.get();
    }
    if (store.deref()->counts.messages != messages) {
        throw std::runtime_error("the workload has lost a message");
    }
    return static_cast<double>(load.operations) * threads / taken.count();
}

}  // namespace tour
