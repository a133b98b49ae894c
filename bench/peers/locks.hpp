#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "../subject.hpp"

namespace bench {

/// A value behind a mutex: looked at under the lock, copied to be kept.
template <class T>
class MutexCopy {
  public:
    static constexpr std::string_view name = "std::mutex + copy";

    explicit MutexCopy(T first) : value_{std::move(first)} {}

    template <class F>
    [[gnu::always_inline]] auto peek(F look) const {
        std::lock_guard hold{mutex_};
        return look(value_);
    }

    /// The copy, in the clothes of a pointer.
    struct Copy {
        T value;
        const T& operator*() const { return value; }
    };

    [[gnu::always_inline]] Copy keep() const {
        std::lock_guard hold{mutex_};
        return {value_};
    }

    template <class F>
    [[gnu::always_inline]] void swap(F change) {
        std::lock_guard hold{mutex_};
        value_ = change(value_);
    }

  private:
    mutable std::mutex mutex_;
    T value_;
};

/// A shared_ptr to an immutable value behind a reader-writer lock.
template <class T>
class SharedMutexPointer {
  public:
    static constexpr std::string_view name = "std::shared_mutex + shared_ptr";

    explicit SharedMutexPointer(T first) : current_{std::make_shared<const T>(std::move(first))} {}

    template <class F>
    [[gnu::always_inline]] auto peek(F look) const {
        std::shared_lock hold{mutex_};
        return look(*current_);
    }

    [[gnu::always_inline]] std::shared_ptr<const T> keep() const {
        std::shared_lock hold{mutex_};
        return current_;
    }

    template <class F>
    [[gnu::always_inline]] void swap(F change) {
        std::shared_ptr<const T> old;  // freed after the lock
        std::unique_lock hold{mutex_};
        old = std::exchange(current_, std::make_shared<const T>(change(*current_)));
        hold.unlock();
    }

  private:
    mutable std::shared_mutex mutex_;
    std::shared_ptr<const T> current_;
};

inline const bool locks_added = add_subject<MutexCopy>() && add_subject<SharedMutexPointer>();

}  // namespace bench
