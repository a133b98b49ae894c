/// \file
/// Every ordered operation of the slots: its order, its partner, and what breaks if it is weaker.
///
/// slots.hpp names the label where the operation is. Each label that is not relaxed already is also a
/// mutant: a build with -DATOMOS_MUTANT='"G2"' relaxes exactly that operation, and a check in tests/model
/// finds it broken.
#pragma once

#include <atomos/detail/atomic.hpp>

namespace atomos::process {

using atomos::detail::Atomic;
using atomos::detail::order;
using atomos::detail::Order;

// clang-format off
// label                                                             operation            pairs with  what breaks if weaker
inline constexpr Order G0 = order("G0", std::memory_order_seq_cst);  // look at the head     D3,Y1       the value is read before it was written
inline constexpr Order G1 = std::memory_order_relaxed;               // see the stamp        D2          (G0 orders it)
inline constexpr Order G2 = order("G2", std::memory_order_acquire);  // a fence after it     D1          a torn value is taken for whole
inline constexpr Order D0 = order("D0", std::memory_order_release);  // take the stamp away  G1,G3       a sound block is called damaged
inline constexpr Order G3 = order("G3", std::memory_order_acquire);  // a fence after a miss D0          a sound block is called damaged
inline constexpr Order D1 = order("D1", std::memory_order_release);  // a fence before it    G2          a torn value is taken for whole
inline constexpr Order D2 = std::memory_order_relaxed;               // write the stamp      G1          (D3 orders it)
inline constexpr Order D3 = order("D3", std::memory_order_seq_cst);  // replace              G0,Y2       the value is read before it was written
inline constexpr Order Y1 = order("Y1", std::memory_order_seq_cst);  // pin                  Y3          the block is written while it is read
inline constexpr Order Y2 = order("Y2", std::memory_order_seq_cst);  // look again           D3          the block is written while it is read
inline constexpr Order Y3 = order("Y3", std::memory_order_seq_cst);  // look for pins        Y1,Y4       the block is written while it is read
inline constexpr Order Y4 = order("Y4", std::memory_order_release);  // let go               Y3          the block is written while it is read
inline constexpr Order J1 = order("J1", std::memory_order_seq_cst);  // say who has joined   J2          a new participant's pin is not looked for
inline constexpr Order J2 = order("J2", std::memory_order_seq_cst);  // see who has joined   J1          a new participant's pin is not looked for
inline constexpr Order F1 = order("F1", std::memory_order_seq_cst);  // say that one waits   F3          a waiter sleeps through a change
inline constexpr Order F2 = order("F2", std::memory_order_seq_cst);  // look before sleeping D3          a waiter sleeps through a change
inline constexpr Order F3 = order("F3", std::memory_order_seq_cst);  // see who waits        F1          a waiter sleeps through a change
inline constexpr Order F4 = order("F4", std::memory_order_seq_cst);  // a fence before F3    F1          a waiter for a number sleeps through a change
// clang-format on

}  // namespace atomos::process
