#pragma once

#define _LGPL_SOURCE 1  // liburcu's readers inline, as its fastest users have them
#include <urcu/urcu-memb.h>

#include "rcu_pointer.hpp"

namespace bench {

struct UrcuMembFlavor {
    template <template <class> class Deferral>
    static constexpr std::string_view name =
        pick<Deferral, UrcuMembFlavor>("liburcu memb, call_rcu", "liburcu memb, batches of 64");

    static void enter() { urcu_memb_register_thread(); }
    static void leave() { urcu_memb_unregister_thread(); }
    static void lock() { urcu_memb_read_lock(); }
    static void unlock() { urcu_memb_read_unlock(); }
    static void quiesce() {}
    static void synchronize() { urcu_memb_synchronize_rcu(); }
    static void call(rcu_head* head, void (*free)(rcu_head*)) { urcu_memb_call_rcu(head, free); }
    static void barrier() { urcu_memb_barrier(); }
};

template <class T>
using UrcuMembWorker = RcuPointer<T, UrcuMembFlavor, ByWorker>;
template <class T>
using UrcuMembBatches = RcuPointer<T, UrcuMembFlavor, InBatches>;

inline const bool urcu_memb_added = add_subject<UrcuMembWorker>() && add_subject<UrcuMembBatches>();

}  // namespace bench
