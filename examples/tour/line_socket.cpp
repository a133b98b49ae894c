#include "line_socket.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace tour {
namespace {

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

bool LineSocket::flush() {
    std::size_t sent = 0;
    while (sent < out_.size()) {
        const ssize_t size = ::send(fd(), out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
        if (size >= 0) {
            sent += static_cast<std::size_t>(size);
        } else if (would_block()) {
            break;
        } else if (errno != EINTR) {
            sent = out_.size();
        }
    }
    out_.erase(0, sent);
    return !out_.empty();
}

LineSocket::Input LineSocket::fill() {
    std::array<char, 16 * 1024> bytes;
    for (;;) {
        const ssize_t size = ::recv(fd(), bytes.data(), bytes.size(), 0);
        if (size > 0) {
            in_.append(bytes.data(), static_cast<std::size_t>(size));
        } else if (size < 0 && errno == EINTR) {
            continue;
        } else if (size < 0 && would_block()) {
            return Input::open;
        } else {
            return Input::ended;
        }
        if (in_.size() > longest_line) {
            return Input::open;  // the rest after these lines
        }
    }
}

}  // namespace tour
