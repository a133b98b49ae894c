#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "sockets.hpp"

namespace tour {

/// A non-blocking socket with the bytes that still have to leave and the lines that are still
/// incomplete.
class LineSocket {
  public:
    enum class Input { open, ended };

    explicit LineSocket(Descriptor socket) : socket_(std::move(socket)) {}

    [[nodiscard]] int fd() const { return socket_.get(); }

    /// Lines are collected here and leave with flush().
    std::string& out() { return out_; }

    /// Sends what the peer takes now; true where something had to stay. Errors of the peer's end
    /// show up in receive().
    bool flush();

    /// Calls obey(line) for every complete line that has arrived. A line that is too long ends the
    /// input.
    template <class Obey>
    Input receive(Obey&& obey) {
        const Input state = fill();
        std::size_t begin = 0;
        for (std::size_t end = in_.find('\n'); end != std::string::npos;
             end = in_.find('\n', begin)) {
            obey(std::string_view(in_).substr(begin, end - begin));
            begin = end + 1;
        }
        in_.erase(0, begin);
        return in_.size() > longest_line ? Input::ended : state;
    }

  private:
    static constexpr std::size_t longest_line = 64 * 1024;

    Input fill();

    Descriptor socket_;
    std::string in_;
    std::string out_;
};

}  // namespace tour
