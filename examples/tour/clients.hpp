#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <atomos/atomos.hpp>

namespace tour {

/// Who visits the server.
struct Crowd {
    int connections = 400;
    int threads = 4;
    int messages = 100;  // of one client, on the average
    int rooms = 8;
    std::uint64_t seed = 1;
};

/// What one client is going to do.
struct Script {
    std::string name;  // the one that it asks for first; others may ask for the same
    std::string room;
    int messages;
};

/// The script of client `number`: the same crowd gives the same scripts.
Script script_of(const Crowd& crowd, int number);

/// How many messages the scripts of all clients have.
std::int64_t messages_of(const Crowd& crowd);

/// What the clients did and heard.
struct Tally {
    std::int64_t opened = 0;
    std::int64_t joins = 0;
    std::int64_t refusals = 0;
    std::int64_t sent = 0;
    std::int64_t echoes = 0;  // of its own messages, word for word
    std::int64_t heard = 0;   // of anybody's
    std::int64_t rosters_asked = 0;
    std::int64_t rosters_right = 0;  // answered, and the asker stood in it
    std::int64_t leaves = 0;
    std::int64_t closed = 0;
    std::int64_t misses = 0;  // messages that came twice, too late or not at all

    std::vector<std::string> complaints;  // whatever else was not as it should be

    void add(const Tally& other);
};

/// Lets the whole crowd connect, join, talk and leave, and returns when the last one has gone. Once
/// `stop` is set, nobody comes any more and everybody leaves in good order.
///
/// A client says its next message when it has heard the last one, and counts what it hears: message
/// numbers must follow one another, from the number at which it joined to the one at which it left.
///
/// Errors     std::system_error where a connection cannot be made.
Tally visit(const Crowd& crowd, std::uint16_t port, const atomos::AtomicBoolean& stop);

}  // namespace tour
