/// \file
/// What is made when it is first asked for.
#pragma once

#include <atomos/detail/atomic.hpp>
#include <memory>

namespace atomos::detail {

/// What the place points to, made by the first who needs it.
template <class Made, class Make>
Made& made(Atomic<Made*>& place, Make make) {
    if (Made* const found = place.load(std::memory_order_acquire)) return *found;
    std::unique_ptr<Made> fresh = make();
    Made* found = nullptr;
    if (place.compare_exchange_strong(found, fresh.get(), std::memory_order_seq_cst)) {
        return *fresh.release();
    }
    return *found;
}

}  // namespace atomos::detail
