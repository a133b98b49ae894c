#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include <atomos/atomos.hpp>

#include "sockets.hpp"

namespace tour {

/// What a thread waits at: descriptors that became ready, each with the number it was added under.
class Epoll {
  public:
    struct Ready {
        std::uint64_t key;
        bool input;  // or the peer is gone
        bool output;
    };

    Epoll();

    void add(int fd, std::uint64_t key, std::uint32_t events = EPOLLIN);
    void change(int fd, std::uint64_t key, std::uint32_t events);

    /// What is ready; empty after the time limit (in milliseconds, -1 for none) or a signal.
    std::span<const Ready> wait(int timeout_ms);

  private:
    Descriptor epoll_;
    std::array<epoll_event, 64> events_{};
    std::array<Ready, 64> ready_{};
};

/// Wakes a thread that waits at its Epoll. Ringing one that rings already costs no system call.
class Bell {
  public:
    Bell();

    [[nodiscard]] int fd() const { return eventfd_.get(); }
    void ring();

    /// To be called when the bell was heard, before looking for what it was rung for.
    void hush();

  private:
    Descriptor eventfd_;
    atomos::AtomicBoolean rung_{false};
};

}  // namespace tour
