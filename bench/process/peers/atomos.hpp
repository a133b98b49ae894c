#pragma once

#include <atomos/process.hpp>

#include "../value.hpp"
#include "../wake.hpp"

namespace bench {

class AtomosShared {
  protected:
    atomos::process::Region region_ = atomos::process::Region::anonymous();
};

class AtomosLong : AtomosShared {
  public:
    static constexpr std::string_view name = "atomos::process::AtomicLong";
    std::int64_t add(unsigned) { return value_.add_and_get(1); }
    std::int64_t total() const { return value_.get(); }

  private:
    atomos::process::AtomicLong value_{region_, "value", 0};
};

template <class T>
class AtomosProcessReference : AtomosShared {
  public:
    static constexpr std::string_view name = "atomos::process::AtomicReference";

    template <class F>
    [[gnu::always_inline]] void read(F use) {
        const auto now = value_.get();
        use(*now);
    }

    [[gnu::always_inline]] void set(const T& value) { value_.set(value); }

    template <class F>
    [[gnu::always_inline]] void update(F change) {
        value_.update_and_get([change](T value) {
            change(value);
            return value;
        });
    }

  private:
    atomos::process::AtomicReference<T> value_{region_, "value", T{}};
};

/// The look that makes no snapshot; what it is given is copied, as everybody's read does.
template <class T>
class AtomosProcessRead : AtomosShared {
  public:
    static constexpr std::string_view name = "atomos::process::AtomicReference, read(f)";

    template <class F>
    [[gnu::always_inline]] void read(F use) {
        value_.read([use](const T& value) {
            const T copy = value;
            use(copy);
        });
    }

  private:
    atomos::process::AtomicReference<T> value_{region_, "value", T{}};
};

template <class T>
class AtomosProcessAtom : AtomosShared {
  public:
    static constexpr std::string_view name = "atomos::process::Atom";

    template <class F>
    [[gnu::always_inline]] void read(F use) {
        const auto now = value_.deref();
        use(*now);
    }

    [[gnu::always_inline]] void set(const T& value) { value_.reset(value); }

    template <class F>
    [[gnu::always_inline]] void update(F change) {
        value_.swap([change](T value) {
            change(value);
            return value;
        });
    }

  private:
    atomos::process::Atom<T> value_{region_, "value", T{}};
};

class AtomosWaker : AtomosShared {
  public:
    static constexpr std::string_view name = "atomos::process::AtomicReference";

    void tell(std::int64_t number) { value_.set(number); }

    void await(std::int64_t number) {
        for (auto seen = value_.get(); *seen < number;) seen = value_.wait(seen);
    }

    std::int64_t now() const { return *value_.get(); }

  private:
    atomos::process::AtomicReference<std::int64_t> value_{region_, "value", 0};
};

inline const bool atomos_process_added =
    add_shared_counter<AtomosLong>() && add_shared_value<AtomosProcessReference>() &&
    add_shared_value<AtomosProcessRead>() && add_shared_value<AtomosProcessAtom>() &&
    add_waker<AtomosWaker>();

}  // namespace bench
