#include "epoll.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

namespace tour {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Epoll::Epoll() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_) {
        fail("cannot make an epoll instance");
    }
}

void Epoll::add(int fd, std::uint64_t key, std::uint32_t events) {
    epoll_event event{.events = events, .data = {.u64 = key}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        fail("cannot wait for descriptor " + std::to_string(fd));
    }
}

void Epoll::change(int fd, std::uint64_t key, std::uint32_t events) {
    epoll_event event{.events = events, .data = {.u64 = key}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0) {
        fail("cannot wait for descriptor " + std::to_string(fd));
    }
}

std::span<const Epoll::Ready> Epoll::wait(int timeout_ms) {
    const int size =
        ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout_ms);
    if (size < 0) {
        if (errno == EINTR) {
            return {};
        }
        fail("cannot wait for connections");
    }
    const auto count = static_cast<std::size_t>(size);
    std::transform(events_.begin(), events_.begin() + size, ready_.begin(), [](epoll_event event) {
        return Ready{.key = event.data.u64,
                     .input = (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
                     .output = (event.events & EPOLLOUT) != 0};
    });
    return std::span(ready_).first(count);
}

Bell::Bell() : eventfd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!eventfd_) {
        fail("cannot make an eventfd");
    }
}

void Bell::ring() {
    if (!rung_.get_and_set(true)) {
        ::eventfd_write(fd(), 1);
    }
}

void Bell::hush() {
    eventfd_t rings = 0;
    ::eventfd_read(fd(), &rings);
    rung_.set(false);
}

}  // namespace tour
