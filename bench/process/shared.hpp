#pragma once

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

#include "../cells.hpp"

namespace bench {

/// A T alone on its lines in memory that forked children share, made and destroyed by the parent.
template <class T>
class Shared {
  public:
    template <class... First>
    explicit Shared(First&&... first)
        : room_{::new(map()) Alone<T>{std::forward<First>(first)...}}, it_{&room_->it} {}
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;

    ~Shared() {
        room_->~Alone<T>();
        munmap(room_, sizeof(Alone<T>));
    }

    [[gnu::always_inline]] T* operator->() const { return it_; }
    [[gnu::always_inline]] T& operator*() const { return *it_; }

  private:
    static void* map() {
        void* memory = mmap(nullptr, sizeof(Alone<T>), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::system_error{errno, std::generic_category(), "mmap"};
        return memory;
    }

    Alone<T>* room_;
    T* it_;
};

}  // namespace bench
