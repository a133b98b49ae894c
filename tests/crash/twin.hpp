/// \file
/// The twin: a value behind a mutex that processes share, copied by memcpy. It is what atomos replaces,
/// and what the crash tests must find broken.
#pragma once

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

namespace crash {

/// Maps a file in the directory of regions as a T. It stays mapped until the process ends.
template <class T>
T& mapped_twin(bool create) {
    const std::string path = std::string(std::getenv("ATOMOS_REGIONS")) + "/twin";
    const int descriptor = open(path.c_str(), create ? O_RDWR | O_CREAT | O_EXCL : O_RDWR, 0600);
    if (descriptor < 0) throw std::system_error(errno, std::system_category(), path);
    if (create && ftruncate(descriptor, sizeof(T)) != 0) {
        throw std::system_error(errno, std::system_category(), path);
    }
    void* const memory =
        mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::system_category(), path);
    return *static_cast<T*>(memory);
}

class Twin {
  public:
    using Value = std::array<std::uint64_t, 32>;

    static Value whole(std::uint64_t number) {
        Value value;
        value.fill(number);
        return value;
    }

    static Twin& create(int robustness) {
        auto& twin = mapped_twin<Twin>(true);
        pthread_mutexattr_t attributes;
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&attributes, robustness);
        pthread_mutex_init(&twin.mutex_, &attributes);
        twin.value_ = whole(1);
        return twin;
    }
    static Twin& open() { return mapped_twin<Twin>(false); }

    void set(const Value& next) {
        pthread_mutex_lock(&mutex_);
        std::memcpy(&value_, &next, sizeof(Value));
        pthread_mutex_unlock(&mutex_);
    }

    /// Whether nobody who lives could take the lock.
    bool hangs() {
        const int taken = pthread_mutex_trylock(&mutex_);
        if (taken == EOWNERDEAD) pthread_mutex_consistent(&mutex_);
        if (taken == 0 || taken == EOWNERDEAD) pthread_mutex_unlock(&mutex_);
        return taken != 0 && taken != EOWNERDEAD;
    }

    const Value& value() const { return value_; }

  private:
    pthread_mutex_t mutex_;
    Value value_;
};

}  // namespace crash
