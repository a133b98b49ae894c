/// \file
/// Every ordered operation of the hazard slots: its order, its partner, and what breaks if it is weaker.
///
/// The code names the label where the operation is, so that a constant here *is* the order there. Each
/// label that is not relaxed already is also a mutant: a build with -DATOMOS_MUTANT='"R1"' relaxes exactly
/// that operation, and a check in tests/model finds it broken.
///
/// A reader R and a writer W, who replaced the node and wants to free it:
///
///     R  names the node in a slot (R1)          W  replaces the node in the cell (W1)
///        looks at the cell again (R2)              puts a question to every thread (W2, W3)
///        reads the newest question (R3)            sees a receipt from each (W4), or heavy_barrier()
///        uses the value                            looks through the slots (W5)
///        clears the slot with the receipt (R4)     frees what none names
///
/// The bad outcome is that R's second look finds the node while W's look through the slots misses R1.
///
/// * By receipt. A receipt for W's question or a later one says that R read that question (R3). Looks
///   that R made after that come after W1, and find another node. Looks before it were named (R1)
///   before the receipt (R4), so W, who saw the receipt (W4), sees that name or a later one. This needs
///   no barrier, and a busy reader pays one load and no store for it.
/// * By barrier, for a thread that gives none: after heavy_barrier() its R1 is visible, or its R2 comes
///   after W1. W also puts such a thread to sleep: it marks `asked` before the barrier. A look whose R3
///   comes after the barrier sees the mark, and starts again in the ordered way; one whose R3 came
///   before has made its R1 visible. So a settled sleeper (Z2) needs no barrier again until it wakes.
/// * In the ordered way (sleepers; all threads where there is no heavy barrier), naming and looking
///   again are seq_cst (O1, R2), and so are W1 and a fence before W5.
///
/// A slot that W5 finds empty or reused tells that the reads made under it are over (R1, R4, S1, R0).
/// A thread that attaches or wakes while W works (A1, Z3) is ordered after W1 by the fence behind it.
#pragma once

#include <atomos/detail/atomic.hpp>

namespace atomos::detail {

// clang-format off
// label                                                              operation           pairs with   what breaks if weaker
inline constexpr Order R0 = order("R0", std::memory_order_acquire);  // find a free slot    S1           a later name hides reads that go on elsewhere
inline constexpr Order R1 = order("R1", std::memory_order_release);  // name the node       W5           a later name hides this thread's reads under the one before
inline constexpr Order R2 = order("R2", std::memory_order_seq_cst);  // look again          W1           the value is read before it was written; two atoms' stores pass each other
inline constexpr Order R3 = order("R3", std::memory_order_acquire);  // read the question   W3,Z3        a receipt is given for a replacement that was not seen
inline constexpr Order R4 = order("R4", std::memory_order_release);  // give the receipt    W4,W5        the node is freed while it is read
inline constexpr Order O1 = order("O1", std::memory_order_seq_cst);  // name it, ordered    W5           the second look passes the name: the node is freed while it is read
inline constexpr Order S1 = order("S1", std::memory_order_release);  // drop a snapshot     W5,R0        the node is freed while it is read
inline constexpr Order W1 = order("W1", std::memory_order_seq_cst);  // replace             R2,A2        the value is read before it was written
inline constexpr Order W2 = order("W2", std::memory_order_acq_rel);  // draw a question     W2,Z3        a later question does not vouch for this replacement
inline constexpr Order W3 = order("W3", std::memory_order_release);  // put the question    R3           a receipt is given for a replacement that was not seen
inline constexpr Order W4 = std::memory_order_relaxed;                // see the receipt     R4           (W6 makes it an acquire)
inline constexpr Order W5 = order("W5", std::memory_order_acquire);  // look into a slot    R1,R4,S1     the node is freed while it is read
inline constexpr Order W6 = order("W6", std::memory_order_seq_cst);  // fence before W5     O1           as O1
inline constexpr Order Z1 = std::memory_order_relaxed;                // settle a sleeper    Z2           (heavy_barrier() makes it a release)
inline constexpr Order Z2 = order("Z2", std::memory_order_seq_cst);  // see a sleeper       Z1,Z3        a writer frees what a thread holds that has just woken
inline constexpr Order Z3 = order("Z3", std::memory_order_seq_cst);  // wake, and a fence   Z2           as Z2
inline constexpr Order C1 = order("C1", std::memory_order_acq_rel);  // let go of a count   C1,C2        the node is freed while it is read
inline constexpr Order C2 = order("C2", std::memory_order_acquire);  // see the last count  C1           the node is freed while it is read
inline constexpr Order A1 = order("A1", std::memory_order_seq_cst);  // attach, and a fence A2           a writer that takes itself for alone frees what a new thread holds
inline constexpr Order A2 = order("A2", std::memory_order_seq_cst);  // see who is there    A1,A3        as A1; or a thread that has left is still reading
inline constexpr Order A3 = order("A3", std::memory_order_release);  // detach              A2           a thread that has left is still reading
inline constexpr Order L1 = order("L1", std::memory_order_release);  // close the lists     L2           two threads change the same list
inline constexpr Order L2 = order("L2", std::memory_order_acquire);  // find them closed    L1           two threads change the same list
inline constexpr Order L3 = order("L3", std::memory_order_acq_rel);  // leave, or adopt     L3           an adopted node's link is not written yet
// clang-format on

}  // namespace atomos::detail
