/// \file
/// Stripes: a value in parts, so that threads that add to it seldom meet.
///
/// A part is a slot; an empty one has nothing. There is one at first, and a row of others, each on a line
/// of its own, once two threads have met. A thread stays with its part until it loses a race there, and
/// goes on to the next. With the GIL nobody meets anybody, and the first part is the only one.
///
/// A change replaces its part whole, and a drain takes each part whole: so what a change put in is in
/// exactly one drain, whoever comes between. Where a drain cannot be finished (its function has raised, or
/// there is no memory) what it took is put back: into its part if that is still empty, else it is *kept*
/// beside the parts, where sums and drains look too.
#pragma once

#include <cstddef>

#include "slot.hpp"

namespace atomos::python {

/// Which part of a row is the calling thread's, in all Stripes; 0: it has come to none yet.
ATOMOS_THREAD_LOCAL(std::size_t, stripe_place)

/// How a step of a change ended.
enum class Step : std::uint8_t { done, lost, failed };

/// A value in parts.
class Stripes {
  public:
    Stripes() = default;
    Stripes(const Stripes&) = delete;
    Stripes& operator=(const Stripes&) = delete;
    /// Everything has been cleared.
    ~Stripes() { delete row_.load(std::memory_order_relaxed); }

    /// Runs step(part), on another part after a lost race. False: it failed.
    template <class Run>
    [[gnu::always_inline]] bool change(Run step) {
        for (;;) {
            const Step ended = step(own());
            if (ended == Step::done) [[likely]]
                return true;
            if (ended == Step::failed) return false;
            go_on();
        }
    }

    /// Calls f with the object of each part that is not empty, and of what is kept. False: f said so, or
    /// there was no memory for an int.
    template <class F>
    bool each(F f) const {
        for (std::size_t i = 0; i < count(); ++i) {
            const Look seen = part(i).look();
            if (seen.object ? !f(seen.object.get()) : seen.word != 0) return false;
        }
        const Ref kept = kept_.get();
        return each_of(kept.get(), f);
    }
    /// As each, of what a drain has taken.
    template <class F>
    static bool each_of(PyObject* bundle, F f) {
        if (bundle == nullptr || bundle == Py_None) return true;
        const Py_ssize_t size = PyTuple_GET_SIZE(bundle);
        for (Py_ssize_t i = parts_begin; i < size; ++i) {
            PyObject* const part = PyTuple_GET_ITEM(bundle, i);
            if (part != Py_None && !f(part)) return false;
        }
        return each_of(PyTuple_GET_ITEM(bundle, 0), f) && each_of(PyTuple_GET_ITEM(bundle, 1), f);
    }

    /// Takes everything away, in a bundle that nobody else sees. None, with MemoryError set: nothing has
    /// been taken.
    Ref take() noexcept;
    /// Undoes it, beside what has come since. Allocates nothing; an error that is set stays so.
    void put_back(Ref bundle) noexcept;
    /// Drops everything. May run finalizers.
    void clear() noexcept;

    int traverse(visitproc visit, void* arg) const noexcept;

  private:
    struct alignas(64) Line {
        Slot slot{nullptr};
    };
    /// As many parts as processors, or a few more: a power of two.
    struct Row {
        static constexpr std::size_t most = 64;

        explicit Row(std::size_t parts) noexcept;
        ~Row() { delete[] lines; }
        Row(const Row&) = delete;
        Row& operator=(const Row&) = delete;

        std::size_t count;
        Line* lines;
    };

    /// A bundle is a tuple: two bundles that were kept before (or None), then the parts (or None).
    static constexpr Py_ssize_t parts_begin = 2;

    /// The part of the calling thread.
    [[gnu::always_inline]] Slot& own() noexcept {
        if constexpr (has_gil) return first_;
        const Row* const row = row_.load(std::memory_order_acquire);
        return row == nullptr ? first_ : row->lines[place() & (row->count - 1)].slot;
    }
    static std::size_t place() noexcept {
        const std::size_t mine = stripe_place();
        return mine != 0 ? mine : arrive();
    }
    static std::size_t arrive() noexcept;
    /// After a lost race.
    void go_on() noexcept;

    std::size_t count() const noexcept {
        const Row* const row = row_.load(std::memory_order_acquire);
        return row == nullptr ? 1 : 1 + row->count;
    }
    const Slot& part(std::size_t i) const noexcept {
        return i == 0 ? first_ : row_.load(std::memory_order_acquire)->lines[i - 1].slot;
    }
    Slot& part(std::size_t i) noexcept { return const_cast<Slot&>(std::as_const(*this).part(i)); }

    /// Keeps a bundle, if the word that was seen stands. True: the caller owns what that owned.
    bool keep(PyObject* bundle, Word seen) noexcept;

    Slot first_{nullptr};
    /// The others; nullptr: none yet.
    detail::Atomic<Row*> row_{nullptr};
    Slot kept_{nullptr};
};

}  // namespace atomos::python
