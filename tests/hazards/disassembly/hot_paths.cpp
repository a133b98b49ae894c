/// \file
/// The paths whose machine code is looked at (machine_code.py). Each `ours_X` has a twin `plain_X` that
/// does the same with std::atomic.
#include <atomic>
#include <atomos/atomos.hpp>
#include <cstdint>

using Reference = atomos::AtomicReference<std::int64_t>;
using State = atomos::Atom<std::int64_t>;

extern "C" {

std::int64_t peek_reference(const Reference& reference, long times) {
    std::int64_t sum = 0;
    for (long i = 0; i < times; ++i)
        sum += reference.read([](std::int64_t value) { return value; });
    return sum;
}

std::int64_t peek_atom(const State& atom, long times) {
    std::int64_t sum = 0;
    for (long i = 0; i < times; ++i) sum += atom.read([](std::int64_t value) { return value; });
    return sum;
}

std::int64_t kept_reference(const Reference& reference, long times) {
    std::int64_t sum = 0;
    for (long i = 0; i < times; ++i) sum += *reference.get();
    return sum;
}

std::int64_t kept_atom(const State& atom, long times) {
    std::int64_t sum = 0;
    for (long i = 0; i < times; ++i) sum += *atom.deref();
    return sum;
}

void add_to_adder(atomos::LongAdder& adder, long times) {
    for (long i = 0; i < times; ++i) adder.add(i);
}

void increment_adder(atomos::LongAdder& adder, long times) {
    for (long i = 0; i < times; ++i) adder.increment();
}

#define ATOMOS_TEST_WORDS(T, name)                                                          \
    T ours_get_##name(const atomos::AtomicNumber<T>& n) { return n.get(); }                 \
    T plain_get_##name(const std::atomic<T>& n) { return n.load(); }                        \
    T ours_get_relaxed_##name(const atomos::AtomicNumber<T>& n) {                           \
        return n.get(std::memory_order_relaxed);                                            \
    }                                                                                       \
    T plain_get_relaxed_##name(const std::atomic<T>& n) {                                   \
        return n.load(std::memory_order_relaxed);                                           \
    }                                                                                       \
    void ours_set_##name(atomos::AtomicNumber<T>& n, T v) { n.set(v); }                     \
    void plain_set_##name(std::atomic<T>& n, T v) { n.store(v); }                           \
    void ours_set_release_##name(atomos::AtomicNumber<T>& n, T v) {                         \
        n.set(v, std::memory_order_release);                                                \
    }                                                                                       \
    void plain_set_release_##name(std::atomic<T>& n, T v) {                                 \
        n.store(v, std::memory_order_release);                                              \
    }                                                                                       \
    T ours_get_and_set_##name(atomos::AtomicNumber<T>& n, T v) { return n.get_and_set(v); } \
    T plain_get_and_set_##name(std::atomic<T>& n, T v) { return n.exchange(v); }

#define ATOMOS_TEST_INTEGERS(T, name)                                                             \
    ATOMOS_TEST_WORDS(T, name)                                                                    \
    T ours_add_and_get_##name(atomos::AtomicNumber<T>& n, T d) { return n.add_and_get(d); }       \
    T plain_add_and_get_##name(std::atomic<T>& n, T d) { return n += d; }                         \
    T ours_get_and_add_##name(atomos::AtomicNumber<T>& n, T d) { return n.get_and_add(d); }       \
    T plain_get_and_add_##name(std::atomic<T>& n, T d) { return n.fetch_add(d); }                 \
    T ours_increment_and_get_##name(atomos::AtomicNumber<T>& n) { return n.increment_and_get(); } \
    T plain_increment_and_get_##name(std::atomic<T>& n) { return ++n; }                           \
    bool ours_compare_and_set_##name(atomos::AtomicNumber<T>& n, T e, T u) {                      \
        return n.compare_and_set(e, u);                                                           \
    }                                                                                             \
    bool plain_compare_and_set_##name(std::atomic<T>& n, T e, T u) {                              \
        return n.compare_exchange_strong(e, u);                                                   \
    }                                                                                             \
    void ours_or_##name(atomos::AtomicNumber<T>& n, T m) { n.get_and_bitwise_or(m); }             \
    void plain_or_##name(std::atomic<T>& n, T m) { n.fetch_or(m); }

ATOMOS_TEST_INTEGERS(std::int32_t, int32)
ATOMOS_TEST_INTEGERS(std::int64_t, int64)
ATOMOS_TEST_INTEGERS(std::uint32_t, uint32)
ATOMOS_TEST_INTEGERS(std::uint64_t, uint64)
ATOMOS_TEST_WORDS(double, double)

bool ours_get_bool(const atomos::AtomicBoolean& b) { return b.get(); }
bool plain_get_bool(const std::atomic<bool>& b) { return b.load(); }
void ours_set_bool(atomos::AtomicBoolean& b, bool v) { b.set(v); }
void plain_set_bool(std::atomic<bool>& b, bool v) { b.store(v); }
bool ours_compare_and_set_bool(atomos::AtomicBoolean& b, bool e, bool u) {
    return b.compare_and_set(e, u);
}
bool plain_compare_and_set_bool(std::atomic<bool>& b, bool e, bool u) {
    return b.compare_exchange_strong(e, u);
}

}  // extern "C"
