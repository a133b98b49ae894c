#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <atomos/atomos.hpp>

#include "epoll.hpp"
#include "line_socket.hpp"
#include "sockets.hpp"
#include "state.hpp"

namespace tour {

/// What the workers of a server have in common beside the state.
struct Desk {
    Listener listener;
    atomos::AtomicLong last_id{0};
    atomos::AtomicLong open{0};
    atomos::AtomicLong messages{0};
    atomos::AtomicLong refusals{0};
    atomos::AtomicBoolean stopping{false};
};

/// One thread of the server: it accepts connections, obeys their lines, and brings them the
/// messages of their rooms.
///
/// No message is handed from thread to thread. A worker that wakes takes a snapshot of the state
/// and sends each of its clients what its room has and the client has not heard; so all hear the
/// same messages in the same order, and a worker that sleeps through a hundred changes catches up
/// with all of them at once.
template <class Store>
class Worker {
  public:
    Worker(Store& state, Desk& desk) : state_(state), desk_(desk) {
        epoll_.add(desk_.listener.fd(), listener_key, EPOLLIN | EPOLLEXCLUSIVE);
        epoll_.add(bell_.fd(), bell_key);
    }

    Bell& bell() { return bell_; }

    void run() {
        while (!desk_.stopping.get()) {
            for (const Epoll::Ready& ready : epoll_.wait(-1)) {
                handle(ready);
            }
            deliver();
        }
    }

  private:
    static constexpr std::uint64_t bell_key = 0;
    static constexpr std::uint64_t listener_key = ~std::uint64_t{0};

    struct Connection {
        ConnectionId id;
        LineSocket socket;
        std::string room{};      // empty until it has joined
        std::int64_t heard = 0;  // the next message of the room that it gets
        bool blocked = false;    // waits until the peer takes more

        [[nodiscard]] bool joined() const { return !room.empty(); }
    };

    void handle(const Epoll::Ready& ready) {
        if (ready.key == bell_key) {
            bell_.hush();
        } else if (ready.key == listener_key) {
            accept();
        } else if (const auto found = connections_.find(static_cast<ConnectionId>(ready.key));
                   found != connections_.end()) {
            Connection& connection = found->second;
            const auto obey = [&](std::string_view line) { this->obey(connection, line); };
            if (ready.input && connection.socket.receive(obey) == LineSocket::Input::ended) {
                drop(connection);
            }
        }
    }

    void accept() {
        while (Descriptor socket = desk_.listener.accept()) {
            const ConnectionId id = desk_.last_id.increment_and_get();
            state_.swap(opened, id);
            desk_.open.increment_and_get();
            epoll_.add(socket.get(), static_cast<std::uint64_t>(id));
            connections_.emplace(id, Connection{.id = id, .socket = LineSocket{std::move(socket)}});
        }
    }

    void drop(Connection& connection) {
        if (connection.joined()) {
            state_.swap(left, connection.id);
        }
        state_.swap(closed, connection.id);
        connections_.erase(connection.id);
        desk_.open.decrement_and_get();
        desk_.open.notify_all();
    }

    void obey(Connection& connection, std::string_view line) {
        const auto [word, rest] = cut(line);
        if (word == "join" && !connection.joined()) {
            const auto [nick, room] = cut(rest);
            join(connection, std::string(nick), std::string(room));
        } else if (word == "say" && connection.joined()) {
            state_.swap(said, connection.id, std::string(rest));
            desk_.messages.increment_and_get();
        } else if (word == "who" && connection.joined()) {
            answer_who(connection);
        } else if (word == "leave" && connection.joined()) {
            leave(connection);
        } else {
            write(connection, "error cannot {} now\n", word);
        }
    }

    void join(Connection& connection, const std::string& nick, const std::string& room) {
        if (nick.empty() || room.empty()) {
            write(connection, "error join wants a name and a room\n");
            return;
        }
        const auto attempt = state_.try_swap(joined, connection.id, nick, room);
        if (attempt.won) {
            connection.room = room;
            connection.heard = attempt.now->rooms.at(room).next_number();
            write(connection, "joined {}\n", connection.heard);
        } else {
            desk_.refusals.increment_and_get();
            write(connection, "taken {}\n", nick);
        }
    }

    void answer_who(Connection& connection) {
        const auto now = state_.deref();
        write(connection, "here");
        now->rooms.at(connection.room).members.for_each([&](const std::string& nick, ConnectionId) {
            write(connection, " {}", nick);
        });
        write(connection, "\n");
    }

    /// The state that the leaving replaced has every message that was said while the client was
    /// there.
    void leave(Connection& connection) {
        const auto change = state_.swap_vals(left, connection.id);
        bring(connection, *change.old);
        write(connection, "left {}\n", connection.heard);
        connection.room.clear();
    }

    void deliver() {
        const auto now = state_.deref();
        for (auto& [id, connection] : connections_) {
            if (connection.joined()) {
                bring(connection, *now);
            }
            send(connection);
        }
    }

    static void bring(Connection& connection, const State& state) {
        const Room& room = state.rooms.at(connection.room);
        for (; connection.heard < room.next_number(); ++connection.heard) {
            const Message& message = room.messages.at(connection.heard);
            write(connection, "said {} {} {}\n", connection.heard, message.from, message.text);
        }
    }

    void send(Connection& connection) {
        const bool blocked = connection.socket.flush();
        if (blocked != connection.blocked) {
            connection.blocked = blocked;
            epoll_.change(connection.socket.fd(), static_cast<std::uint64_t>(connection.id),
                          blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
        }
    }

    template <class... Args>
    static void write(Connection& connection, fmt::format_string<const Args&...> text,
                      const Args&... args) {
        fmt::format_to(std::back_inserter(connection.socket.out()), text, args...);
    }

    /// The first word of a line and the rest after the space.
    static std::pair<std::string_view, std::string_view> cut(std::string_view line) {
        const std::size_t space = line.find(' ');
        return space == std::string_view::npos
                   ? std::pair{line, std::string_view{}}
                   : std::pair{line.substr(0, space), line.substr(space + 1)};
    }

    Store& state_;
    Desk& desk_;
    Epoll epoll_;
    Bell bell_;
    std::unordered_map<ConnectionId, Connection> connections_;
};

}  // namespace tour
