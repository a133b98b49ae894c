/// \file
/// A value that is not published yet, and its bytes.
#pragma once

#include <atomos/process/region.hpp>
#include <atomos/process/snapshot.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace atomos::process {

/// A value on its way into a cell. It stays private until then, so that nobody can change it after it
/// was checked.
template <class T>
class Draft {
  public:
    template <class Make>
        requires std::is_invocable_v<Make>
    explicit Draft(Make&& make) : value_(std::forward<Make>(make)) {}

    const T& operator*() const noexcept { return *value_.get(); }

  private:
    friend class Cell<T>;

    const void* bytes() {
        if constexpr (Encoded<T>) {
            if (!encoded_) encoded_ = Codec<T>::encode(*value_.get());
            return encoded_->data();
        } else {
            return value_.get();
        }
    }
    std::uint64_t checksum() const noexcept {
        if constexpr (Encoded<T>) {
            return process::checksum(*encoded_);
        } else {
            return 0;
        }
    }
    std::size_t length() const noexcept {
        if constexpr (Encoded<T>) {
            return encoded_->size();
        } else {
            return sizeof(T);
        }
    }

    struct Nothing {};
    Value<T> value_;
    [[no_unique_address]] std::conditional_t<Encoded<T>, std::optional<std::vector<std::byte>>,
                                             Nothing> encoded_;
};

}  // namespace atomos::process
