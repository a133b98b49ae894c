#pragma once

#include <cds/gc/hp.h>
#include <cds/init.h>
#include <cds/threading/model.h>

#include <utility>

#include "../subject.hpp"

namespace bench {

/// libcds wants to be started before, and ended after, all that uses it.
class LibcdsRunning {
    struct Library {
        Library() { cds::Initialize(); }
        Library(const Library&) = delete;
        Library& operator=(const Library&) = delete;
        ~Library() { cds::Terminate(); }
    };

    Library library_;
    cds::gc::HP hazards_;
};

inline LibcdsRunning libcds_running;

/// libcds's hazard pointers with its default sizes. Kept means a guard that is held, which is less
/// than a snapshot: it must be released on the thread that took it.
template <class T>
class LibcdsHazard {
    using Guard = cds::gc::HP::Guard;

  public:
    static constexpr std::string_view name = "libcds hazard pointers";

    struct Session {
        Session() { cds::threading::Manager::attachThread(); }
        Session(const Session&) = delete;
        Session& operator=(const Session&) = delete;
        ~Session() { cds::threading::Manager::detachThread(); }
    };

    explicit LibcdsHazard(T first) : current_{new T(std::move(first))} {}
    LibcdsHazard(const LibcdsHazard&) = delete;
    LibcdsHazard& operator=(const LibcdsHazard&) = delete;
    ~LibcdsHazard() { delete current_.load(); }

    template <class F>
    [[gnu::always_inline]] auto peek(F look) const {
        Guard guard;
        return look(*guard.protect(current_));
    }

    struct Kept {
        Guard guard;
        const T* value;
        const T& operator*() const { return *value; }
    };

    [[gnu::always_inline]] Kept keep() const {
        Guard guard;
        const T* value = guard.protect(current_);
        return {std::move(guard), value};
    }

    template <class F>
    [[gnu::always_inline]] void swap(F change) {
        Guard guard;
        T* seen = guard.protect(current_);
        T* next = new T(change(*seen));
        while (!current_.compare_exchange_weak(seen, next)) {
            seen = guard.protect(current_);
            *next = change(*seen);
        }
        guard.clear();
        cds::gc::HP::retire(seen, [](void* old) { delete static_cast<T*>(old); });
    }

  private:
    std::atomic<T*> current_;
};

inline const bool libcds_added = add_subject<LibcdsHazard>();

}  // namespace bench
