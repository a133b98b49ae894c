/// \file
/// Processes wait for each other without looking over and over.
#pragma once

#include <semaphore.h>

#include <cerrno>
#include <ctime>

namespace crash {

/// Lies in a Shared. Each open() lets one pass() through.
class Gate {
  public:
    Gate() { sem_init(&semaphore_, 1, 0); }

    void open() { sem_post(&semaphore_); }
    void pass() {
        while (sem_wait(&semaphore_) != 0 && errno == EINTR) {
        }
    }
    /// False: nobody has opened it for a while.
    bool pass_soon() {
        timespec until{};
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        while (sem_timedwait(&semaphore_, &until) != 0) {
            if (errno == ETIMEDOUT) return false;
        }
        return true;
    }

  private:
    sem_t semaphore_{};
};

}  // namespace crash
