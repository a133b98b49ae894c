#include "sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace tour {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

std::string loopback(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

sockaddr_in loopback_address(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

Descriptor tcp_socket(int flags) {
    Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0)};
    if (!socket) {
        fail("cannot make a TCP socket");
    }
    return socket;
}

/// A chat's lines are short and cannot wait for one another.
void send_at_once(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

Descriptor::~Descriptor() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

Listener::Listener() : socket_(tcp_socket(SOCK_NONBLOCK)) {
    sockaddr_in address = loopback_address(0);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (::bind(fd(), any, size) != 0) {
        fail("cannot bind " + loopback(0));
    }
    if (::listen(fd(), SOMAXCONN) != 0) {
        fail("cannot listen on " + loopback(0));
    }
    if (::getsockname(fd(), any, &size) != 0) {
        fail("cannot learn the port of " + loopback(0));
    }
    port_ = ntohs(address.sin_port);
}

Descriptor Listener::accept() const {
    for (;;) {
        Descriptor socket{::accept4(fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
        if (socket) {
            send_at_once(socket.get());
            return socket;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return {};
        }
        if (errno != EINTR && errno != ECONNABORTED) {
            fail("cannot accept on " + loopback(port_));
        }
    }
}

Descriptor connect_to_loopback(std::uint16_t port) {
    const sockaddr_in address = loopback_address(port);
    Descriptor socket = tcp_socket(0);
    // Blocking: on loopback the kernel answers by itself.
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        fail("cannot connect to " + loopback(port));
    }
    const int nonblocking = 1;
    if (::ioctl(socket.get(), FIONBIO, &nonblocking) != 0) {
        fail("cannot make the socket to " + loopback(port) + " non-blocking");
    }
    send_at_once(socket.get());
    return socket;
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        fail("cannot read the limit of open descriptors");
    }
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            fail("cannot raise the limit of open descriptors");
        }
    }
    return limit.rlim_cur;
}

}  // namespace tour
