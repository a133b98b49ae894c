#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <atomos/atomos.hpp>

#include "clients.hpp"
#include "line_socket.hpp"

namespace tour {

/// One client: it follows its script over its socket and enters into the tally what it did and
/// heard.
class Visitor {
  public:
    Visitor(int number, Script script, LineSocket socket, Tally& tally,
            const atomos::AtomicBoolean& stop);

    [[nodiscard]] int fd() const { return socket_.fd(); }
    [[nodiscard]] bool gone() const { return phase_ == Phase::gone; }

    /// Reads what has come and answers it.
    void receive();

    /// Which client it is and what it waits for, for a complaint.
    [[nodiscard]] std::string describe() const;

  private:
    enum class Phase { joining, talking, leaving, gone };

    void obey(std::string_view line);
    void hear(std::int64_t number, std::string_view from, std::string_view text);
    void go_on();
    void ask_to_join();
    void complain(std::string_view what);

    const int number_;
    const Script script_;
    LineSocket socket_;
    Tally& tally_;
    const atomos::AtomicBoolean& stop_;

    Phase phase_ = Phase::joining;
    std::string nick_;
    std::string said_;             // what it said last
    int messages_ = 0;             // how many it has said
    std::int64_t next_heard_ = 0;  // the number of the message that it has to hear next
};

}  // namespace tour
