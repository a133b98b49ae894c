#include "state.hpp"

#include <algorithm>
#include <string_view>

namespace tour {
namespace {

std::int64_t count(std::size_t size) { return static_cast<std::int64_t>(size); }

/// FNV-1a, by Fowler, Noll and Vo.
class Hash {
  public:
    void add(std::string_view bytes) {
        for (const char byte : bytes) {
            hash_ = (hash_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
        }
        add(count(bytes.size()));
    }

    void add(std::int64_t number) {
        hash_ = (hash_ ^ static_cast<std::uint64_t>(number)) * 0x100000001b3U;
    }

    [[nodiscard]] std::uint64_t value() const { return hash_; }

  private:
    std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace

State opened(const State& before, ConnectionId id) {
    State after = before;
    after.connections = before.connections.with(id, Client{});
    after.counts.opened += 1;
    after.counts.most_at_once =
        std::max(before.counts.most_at_once, count(after.connections.size()));
    return after;
}

std::optional<State> joined(const State& before, ConnectionId id, const std::string& nick,
                            const std::string& room_name) {
    const Room* standing = before.rooms.find(room_name);
    Room room = standing != nullptr ? *standing : Room{};
    if (room.members.contains(nick)) {
        return std::nullopt;
    }
    room.members = room.members.with(nick, id);

    State after = before;
    after.newest = Client{.nick = nick, .room = room_name};
    after.connections = before.connections.with(id, after.newest);
    after.rooms = before.rooms.with(room_name, std::move(room));
    after.counts.joins += 1;
    return after;
}

State said(const State& before, ConnectionId id, const std::string& text) {
    const Client& client = before.connections.at(id);
    Room room = before.rooms.at(client.room);
    room.messages =
        room.messages.with(room.next_number(), Message{.from = client.nick, .text = text});

    State after = before;
    after.counts.messages += 1;
    after.counts.deliveries += count(room.members.size());
    after.rooms = before.rooms.with(client.room, std::move(room));
    return after;
}

State left(const State& before, ConnectionId id) {
    const Client& client = before.connections.at(id);
    Room room = before.rooms.at(client.room);
    room.members = room.members.without(client.nick);

    State after = before;
    after.newest = client;
    after.connections = before.connections.with(id, Client{});
    after.rooms = room.members.empty() ? before.rooms.without(client.room)
                                       : before.rooms.with(client.room, std::move(room));
    after.counts.leaves += 1;
    return after;
}

State closed(const State& before, ConnectionId id) {
    State after = before;
    after.connections = before.connections.without(id);
    after.counts.closed += 1;
    return after;
}

std::uint64_t fingerprint(const State& state) {
    Hash hash;
    state.connections.for_each([&](ConnectionId id, const Client& client) {
        hash.add(id);
        hash.add(client.nick);
        hash.add(client.room);
    });
    state.rooms.for_each([&](const std::string& name, const Room& room) {
        hash.add(name);
        room.members.for_each([&](const std::string& nick, ConnectionId id) {
            hash.add(nick);
            hash.add(id);
        });
        room.messages.for_each([&](std::int64_t number, const Message& message) {
            hash.add(number);
            hash.add(message.from);
            hash.add(message.text);
        });
    });
    const Counts& counts = state.counts;
    for (const std::int64_t number :
         {counts.opened, counts.closed, counts.most_at_once, counts.joins, counts.leaves,
          counts.messages, counts.deliveries}) {
        hash.add(number);
    }
    return hash.value();
}

}  // namespace tour
