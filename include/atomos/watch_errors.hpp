/// \file
/// What watches throw where nobody can catch it.
#pragma once

#include <atomos/detail/made.hpp>
#include <atomos/errors.hpp>
#include <atomos/reference.hpp>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace atomos {

/// What a watch threw on a call that nobody made for its own change. For the time of a handler's call.
struct WatchFailure {
    /// The atom, or whatever ARef it was. It may be ending.
    const void* atom;
    const std::string& key;
    /// The version that the watch was told of.
    std::uint64_t version;
    std::exception_ptr error;
};

using WatchErrorHandler = std::function<void(const WatchFailure&)>;

namespace detail {

template <class Scope>
using WatchErrorHandlers = AtomicReference<WatchErrorHandler, Scope>;

template <class Scope>
[[gnu::visibility("default")]] inline constinit Atomic<WatchErrorHandlers<Scope>*>
    watch_error_handlers{nullptr};

/// Never destroyed: threads may tell watches at the process's end.
template <class Scope>
WatchErrorHandlers<Scope>& watch_error_handler() {
    return made(watch_error_handlers<Scope>,
                [] { return std::make_unique<WatchErrorHandlers<Scope>>(WatchErrorHandler()); });
}

inline void print(const WatchFailure& failure, const char* what) noexcept {
    std::fprintf(
        stderr, "atomos: watch \"%s\" of the atom at %p threw when told of version %llu: %s\n",
        failure.key.c_str(), failure.atom, static_cast<unsigned long long>(failure.version), what);
}

inline void print(const WatchFailure& failure) {
    try {
        std::rethrow_exception(failure.error);
    } catch (const std::exception& error) {
        print(failure, error.what());
    } catch (...) {
        print(failure, "not a std::exception");
    }
}

/// Tells the handler, or standard error. What the handler throws is printed, and ends there.
template <class Scope>
void report(const WatchFailure& failure) {
    try {
        const auto handler = watch_error_handler<Scope>().get();
        if (!*handler) return print(failure);
        (*handler)(failure);
    } catch (...) {
        if (!std::current_exception()) throw;  // a thread's cancellation
        print(failure);
        std::fputs("atomos: the handler of watches' errors threw as well\n", stderr);
    }
}

}  // namespace detail

/// Lets a function hear what watches throw where nobody can catch it: in an executor, for `ordered` on
/// another thread's call, for `latest`, for `everyone`, and while a watch is added. An empty one: such
/// errors go to standard error, as at first. Returns the one before.
///
/// There is one handler a process. It is called on the thread that told the watch, by several at a time,
/// and also after it was replaced, by those who have begun. What it throws goes to standard error.
///
/// Errors   std::bad_alloc. Nothing has changed.
template <class Scope = Threads>
WatchErrorHandler set_watch_error_handler(WatchErrorHandler handler) {
    return *detail::watch_error_handler<Scope>().get_and_set(std::move(handler));
}

}  // namespace atomos
