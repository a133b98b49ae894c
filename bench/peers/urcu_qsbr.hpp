#pragma once

#define _LGPL_SOURCE 1  // liburcu's readers inline, as its fastest users have them
#include <urcu/urcu-qsbr.h>

#include "rcu_pointer.hpp"

namespace bench {

/// Reads cost nothing here; in return every thread must say about every 1000 operations that it
/// holds no pointer, and must not forget to when it is idle.
struct UrcuQsbrFlavor {
    template <template <class> class Deferral>
    static constexpr std::string_view name =
        pick<Deferral, UrcuQsbrFlavor>("liburcu qsbr, call_rcu", "liburcu qsbr, batches of 64");

    static void enter() { urcu_qsbr_register_thread(); }
    static void leave() { urcu_qsbr_unregister_thread(); }
    static void lock() { urcu_qsbr_read_lock(); }
    static void unlock() { urcu_qsbr_read_unlock(); }
    static void quiesce() { urcu_qsbr_quiescent_state(); }
    static void synchronize() { urcu_qsbr_synchronize_rcu(); }
    static void call(rcu_head* head, void (*free)(rcu_head*)) { urcu_qsbr_call_rcu(head, free); }
    static void barrier() { urcu_qsbr_barrier(); }
};

template <class T>
using UrcuQsbrWorker = RcuPointer<T, UrcuQsbrFlavor, ByWorker>;
template <class T>
using UrcuQsbrBatches = RcuPointer<T, UrcuQsbrFlavor, InBatches>;

inline const bool urcu_qsbr_added = add_subject<UrcuQsbrWorker>() && add_subject<UrcuQsbrBatches>();

}  // namespace bench
