/// \file
/// A T in memory that a process shares with the children that it forks.
#pragma once

#include <sys/mman.h>

#include <new>
#include <system_error>
#include <type_traits>

namespace crash {

/// It starts as T{} and is never destroyed: a killed child may stand in the middle of it.
template <class T>
class Shared {
    static_assert(std::is_trivially_destructible_v<T>);

  public:
    Shared() {
        void* const memory =
            mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::system_error(errno, std::system_category(), "mmap");
        value_ = new (memory) T{};
    }
    ~Shared() { munmap(static_cast<void*>(value_), sizeof(T)); }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;

    T& operator*() const noexcept { return *value_; }
    T* operator->() const noexcept { return value_; }

  private:
    T* value_;
};

}  // namespace crash
