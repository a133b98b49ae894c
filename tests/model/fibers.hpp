/// \file
/// Several stacks on one thread of the system.
#pragma once

#include <setjmp.h>
#include <ucontext.h>

#include <array>
#include <cstddef>
#include <functional>
#include <utility>

#include "model/clock.hpp"

namespace model {

class Fibers {
  public:
    /// The fiber that runs, or -1.
    int current() const { return current_; }
    /// Nobody's turn for a while: what runs then is the checker's own.
    int suspend() { return std::exchange(current_, -1); }
    void resume(int fiber) { current_ = fiber; }

    /// The fiber will start with f, which must not return.
    void prepare(int fiber, std::function<void()> f);
    /// Runs the fiber, and whom it switches to, until one of them leaves.
    void run(int fiber);
    void switch_to(int fiber);
    [[noreturn]] void leave();

  private:
    /// What the C++ run-time keeps of exceptions under way, once for each thread of the system.
    struct Exceptions {
        void* caught = nullptr;
        unsigned uncaught = 0;
    };
    struct Fiber {
        std::function<void()> body;
        jmp_buf at{};
        ucontext_t start{};
        bool started = false;
        Exceptions exceptions;
    };

    static Exceptions& exceptions();
    static void start();
    [[noreturn]] void enter(int fiber);
    Fiber& of(int fiber) { return fibers_[static_cast<std::size_t>(fiber)]; }

    std::array<Fiber, max_threads> fibers_;
    std::byte* stacks_ = nullptr;
    /// Right before any constructor has run, too: operator new asks.
    static constinit inline int current_ = -1;
    jmp_buf outside_{};
};

/// The only ones.
Fibers& fibers();

}  // namespace model
