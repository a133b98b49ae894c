#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace tour {

/// A file descriptor that is closed with its owner.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    [[nodiscard]] int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

// Every function below that fails throws std::system_error, which names the address and says why.

/// A non-blocking listening socket on 127.0.0.1, at a port that the kernel chooses.
class Listener {
  public:
    Listener();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int fd() const { return socket_.get(); }

    /// The next waiting connection, non-blocking; an empty Descriptor where there is none.
    [[nodiscard]] Descriptor accept() const;

  private:
    Descriptor socket_;
    std::uint16_t port_ = 0;
};

/// A connected, non-blocking socket to 127.0.0.1.
Descriptor connect_to_loopback(std::uint16_t port);

/// Raises the soft limit of open descriptors to the hard one and returns it.
std::size_t raise_descriptor_limit();

}  // namespace tour
