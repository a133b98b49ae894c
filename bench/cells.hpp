#pragma once

#include <concepts>
#include <cstdint>
#include <new>
#include <string>
#include <utility>

#include "payload.hpp"
#include "slice.hpp"

namespace bench {

#ifdef ATOMOS_BENCH_SHARED
inline constexpr bool in_shared_library = true;
#else
inline constexpr bool in_shared_library = false;
#endif

/// So many operations lie between two looks at the clock or two announcements of quiescence.
inline constexpr int chunk = 1000;

struct NoSession {};

template <class S>
struct SessionOf {
    using type = NoSession;
};

template <class S>
    requires requires { typename S::Session; }
struct SessionOf<S> {
    using type = typename S::Session;
};

template <class S>
constexpr bool single_writer = requires { S::single_writer; };

template <class S>
void quiesce() {
    if constexpr (requires { S::quiesce(); }) S::quiesce();
}

template <class S>
void settle() {
    if constexpr (requires { S::settle(); }) S::settle();
}

template <class S>
std::string name_of() {
    return std::string{S::name} + (in_shared_library ? " in a .so" : "");
}

/// The subject alone on its lines, at another place in the page each time.
///
/// Neighbours on the heap or the stack would share its lines; and a processor takes a load for
/// dependent on an earlier store 4096 bytes away, which would favour or hurt a subject for a whole run.
template <class S>
class Alone {
  public:
    template <class... First>
    explicit Alone(First&&... first) : it{*::new(place()) S{std::forward<First>(first)...}} {}
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;
    ~Alone() { it.~S(); }

  private:
    static constexpr std::size_t page = 4096;
    static constexpr std::size_t margin = 128;

    void* place() {
        static std::size_t turn = 0;
        turn += 29;
        return room_ + margin + turn % (page / 64) * 64;
    }

    alignas(64) unsigned char room_[margin + page + sizeof(S) + margin];

  public:
    S& it;
};

// The hot loops. Each is a function of its own, so that registers and inlining are the same in
// every cell; everything that is measured must be inlined into it.

template <class T, class S>
[[gnu::noinline]] void peek_loop(S& subject) {
    std::int64_t sum = 0;
    for (int i = 0; i < chunk; ++i) {
        sum += subject.peek([](const T& value) { return Payload<T>::weight(value); });
    }
    sink(sum);
}

template <class T, class S>
[[gnu::noinline]] void keep_loop(S& subject) {
    std::int64_t sum = 0;
    for (int i = 0; i < chunk; ++i) {
        auto kept = subject.keep();
        sum += Payload<T>::weight(*kept);
    }
    sink(sum);
}

/// `reads` peeks after every swap.
template <int reads, class T, class S>
[[gnu::noinline]] void swap_loop(S& subject) {
    std::int64_t sum = 0;
    for (int i = 0; i < chunk / (reads + 1); ++i) {
        subject.swap([](const T& value) { return Payload<T>::next(value); });
        for (int read = 0; read < reads; ++read) {
            sum += subject.peek([](const T& value) { return Payload<T>::weight(value); });
        }
    }
    sink(sum);
}

struct Peek {
    static constexpr std::string_view name = "peek";
    static constexpr int chunks = 16;
    static constexpr int swaps = 0;
    template <class T, class S>
    static void loop(S& subject) {
        peek_loop<T>(subject);
    }
};

struct Keep {
    static constexpr std::string_view name = "keep";
    static constexpr int chunks = 16;
    static constexpr int swaps = 0;
    template <class T, class S>
    static void loop(S& subject) {
        keep_loop<T>(subject);
    }
};

template <int reads>
struct Swap {
    static constexpr std::string_view name = reads == 0 ? "swap" : reads == 1 ? "mix50" : "mix99";
    static constexpr int chunks = 1;
    static constexpr int swaps = chunk / (reads + 1);
    template <class T, class S>
    static void loop(S& subject) {
        swap_loop<reads, T>(subject);
    }
};

/// The operation on fresh subjects; at its end the count must be the number of swaps.
template <class S, class T, class Op>
Outcome run_operation(unsigned threads, nanoseconds length) {
    Alone<S> subject{Payload<T>::make(0)};
    std::uint64_t done = 0;
    const std::vector<Lane> lanes =
        run_lanes<typename SessionOf<S>::type>(threads, length, done, [&](unsigned) {
            for (int i = 0; i < Op::chunks; ++i) {
                Op::template loop<T>(subject.it);
                quiesce<S>();
            }
            return std::uint64_t{chunk} * Op::chunks;
        });

    std::int64_t found = -1;
    on_threads(1, [&](unsigned) {
        [[maybe_unused]] typename SessionOf<S>::type session;
        found = subject.it.peek([](const T& value) { return Payload<T>::count(value); });
    });
    settle<S>();
    const auto wanted = static_cast<std::int64_t>(done / chunk) * Op::swaps;
    std::string error;
    if (found != wanted) {
        error = "counted " + std::to_string(found) + ", made " + std::to_string(wanted) + " swaps";
    }
    return {to_json(lanes), error};
}

template <class S, class T, class Op>
void add_operation() {
    const unsigned most = single_writer<S> && Op::swaps > 0 ? 1 : 64;
    cells().push_back({name_of<S>(), std::string{Op::name}, std::string{Payload<T>::name}, most,
                       &run_operation<S, T, Op>});
}

template <class S, class T>
void add_operations() {
    add_operation<S, T, Peek>();
    add_operation<S, T, Keep>();
    add_operation<S, T, Swap<0>>();
    add_operation<S, T, Swap<99>>();
    add_operation<S, T, Swap<1>>();
}

}  // namespace bench
