#pragma once

#include "../locked.hpp"

namespace bench {

/// A mutex that outlives its dead owner, whose half-made change stays in the value.
class RobustMutex {
  public:
    static constexpr std::string_view name = "robust pthread mutex";

    RobustMutex() {
        pthread_mutexattr_t how;
        pthread_mutexattr_init(&how);
        pthread_mutexattr_setpshared(&how, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&how, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&mutex_, &how);
        pthread_mutexattr_destroy(&how);
    }
    RobustMutex(const RobustMutex&) = delete;
    RobustMutex& operator=(const RobustMutex&) = delete;
    ~RobustMutex() { pthread_mutex_destroy(&mutex_); }

    void lock() {
        if (pthread_mutex_lock(&mutex_) == EOWNERDEAD) pthread_mutex_consistent(&mutex_);
    }
    void unlock() { pthread_mutex_unlock(&mutex_); }

  private:
    pthread_mutex_t mutex_;
};

template <class T>
using RobustValue = LockedValue<RobustMutex, T>;

inline const bool robust_added =
    add_shared_counter<LockedCounter<RobustMutex>>() && add_shared_value<RobustValue>();

}  // namespace bench
