#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "persistent_map.hpp"

namespace tour {

using ConnectionId = std::int64_t;

struct Message {
    std::string from;
    std::string text;
};

/// Who is at the other end of a connection; both are empty until it has joined and after it has
/// left.
struct Client {
    std::string nick;
    std::string room;
};

/// A room lives from its first member to its last. Its messages are numbered from 0.
struct Room {
    PersistentMap<std::string, ConnectionId> members;
    PersistentMap<std::int64_t, Message> messages;

    [[nodiscard]] std::int64_t next_number() const {
        return static_cast<std::int64_t>(messages.size());
    }
};

struct Counts {
    std::int64_t opened = 0;
    std::int64_t closed = 0;
    std::int64_t most_at_once = 0;
    std::int64_t joins = 0;
    std::int64_t leaves = 0;
    std::int64_t messages = 0;
    std::int64_t deliveries = 0;  // a message counts once for each member of its room

    friend bool operator==(const Counts&, const Counts&) = default;
};

/// Everything the server knows, in one value. Copying it copies a few pointers and numbers.
struct State {
    PersistentMap<ConnectionId, Client> connections;
    PersistentMap<std::string, Room> rooms;
    Counts counts;
    Client newest;  // who joined or left last
};

// What can happen to the state. Each is a pure function from the state before to the state after,
// which is what swap() wants: it may run again after a lost race, and nobody can tell.

State opened(const State& before, ConnectionId id);

/// Empty where a member of that room already has that name.
std::optional<State> joined(const State& before, ConnectionId id, const std::string& nick,
                            const std::string& room);

State said(const State& before, ConnectionId id, const std::string& text);

State left(const State& before, ConnectionId id);

State closed(const State& before, ConnectionId id);

/// A hash of everything in it: two equal ones mean that nothing changed in between.
std::uint64_t fingerprint(const State& state);

}  // namespace tour
