#pragma once

#include <mutex>

#include "value.hpp"

namespace bench {

template <class Mutex, class T>
struct Guarded {
    Mutex mutex;
    T value{};
};

/// An integer behind a mutex that processes share.
template <class Mutex>
class LockedCounter {
  public:
    static constexpr std::string_view name = Mutex::name;

    std::int64_t add(unsigned) {
        std::lock_guard hold{guarded_->mutex};
        return ++guarded_->value;
    }

    std::int64_t total() const { return guarded_->value; }

  private:
    Shared<Guarded<Mutex, std::int64_t>> guarded_;
};

/// A struct behind a mutex that processes share: copied, or changed in place.
template <class Mutex, class T>
class LockedValue {
  public:
    static constexpr std::string_view name = Mutex::name;

    template <class F>
    [[gnu::always_inline]] void read(F use) {
        T copy;
        {
            std::lock_guard hold{guarded_->mutex};
            std::memcpy(&copy, &guarded_->value, sizeof copy);
        }
        use(copy);
    }

    [[gnu::always_inline]] void set(const T& value) {
        std::lock_guard hold{guarded_->mutex};
        std::memcpy(&guarded_->value, &value, sizeof value);
    }

    template <class F>
    [[gnu::always_inline]] void update(F change) {
        std::lock_guard hold{guarded_->mutex};
        change(guarded_->value);
    }

  private:
    Shared<Guarded<Mutex, T>> guarded_;
};

}  // namespace bench
