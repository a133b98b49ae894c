#pragma once

#include <boost/interprocess/sync/interprocess_mutex.hpp>

#include "../locked.hpp"

namespace bench {

struct BoostMutex : boost::interprocess::interprocess_mutex {
    static constexpr std::string_view name = "Boost.Interprocess mutex";
};

template <class T>
using BoostValue = LockedValue<BoostMutex, T>;

inline const bool boost_added =
    add_shared_counter<LockedCounter<BoostMutex>>() && add_shared_value<BoostValue>();

}  // namespace bench
