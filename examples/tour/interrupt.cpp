#include "interrupt.hpp"

#include <csignal>

namespace tour {

// An atomic number is as good in a signal handler as a lock-free std::atomic: it is one.
constinit atomos::AtomicBoolean interrupted{false};

void catch_interrupts() {
    struct sigaction action{};
    action.sa_handler = [](int) { interrupted.set(true); };
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM}) {
        ::sigaction(signal, &action, nullptr);
    }
}

}  // namespace tour
