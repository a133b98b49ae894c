/// \file
/// Stripes: how their parts become more, and how they are taken away and put back.

#include "stripes.hpp"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <new>

namespace atomos::python {
namespace {

/// Counts the threads that have come to a row.
constinit detail::Atomic<std::size_t> arrivals{0};

std::size_t processors() noexcept {
    const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : static_cast<std::size_t>(online);
}

/// Puts an object into a tuple that nobody else looks into.
void exchange_item(PyObject* tuple, Py_ssize_t i, Ref object) noexcept {
    const Ref old = Ref::taken(PyTuple_GET_ITEM(tuple, i));
    PyTuple_SET_ITEM(tuple, i, object.release());
}

}  // namespace

Stripes::Row::Row(std::size_t parts) noexcept
    : count(parts), lines(new(std::nothrow) Line[parts]) {}

std::size_t Stripes::arrive() noexcept {
    return stripe_place() = arrivals.fetch_add(1, std::memory_order_relaxed) + 1;
}

void Stripes::go_on() noexcept {
    if constexpr (has_gil) return;
    if (row_.load(std::memory_order_acquire) != nullptr) {
        stripe_place() = place() + 1;
        return;
    }
    // Without memory for a row the first part goes on serving all.
    auto* const row =
        new (std::nothrow) Row(std::bit_ceil(std::clamp<std::size_t>(processors(), 4, Row::most)));
    Row* nobody = nullptr;
    if (row == nullptr || row->lines == nullptr ||
        !row_.compare_exchange_strong(nobody, row, std::memory_order_acq_rel)) {
        delete row;
    }
}

Ref Stripes::take() noexcept {
    const auto parts = static_cast<Py_ssize_t>(count());
    Ref bundle = Ref::taken(PyTuple_New(parts_begin + parts));
    if (!bundle) return bundle;
    for (Py_ssize_t i = 0; i < parts_begin + parts; ++i) {
        PyTuple_SET_ITEM(bundle.get(), i, Py_NewRef(Py_None));
    }
    if (Ref kept = Slot::take(kept_.exchange(0))) exchange_item(bundle.get(), 0, std::move(kept));
    for (Py_ssize_t i = 0; i < parts; ++i) {
        Slot& from = part(static_cast<std::size_t>(i));
        for (;;) {
            // The object first: there may be no memory for an int.
            Look seen = from.look();
            if (seen.word == 0) break;
            if (!seen.object) {
                put_back(std::move(bundle));
                return {};
            }
            if (!from.replace(seen.word, 0)) continue;
            Slot::drop(seen.word);  // the bundle has a reference of its own
            exchange_item(bundle.get(), parts_begin + i, std::move(seen.object));
            break;
        }
    }
    return bundle;
}

void Stripes::put_back(Ref bundle) noexcept {
    PyObject* const own = bundle.get();
    bool whole = true;
    for (Py_ssize_t i = parts_begin; i < PyTuple_GET_SIZE(own); ++i) {
        PyObject* const object = PyTuple_GET_ITEM(own, i);
        if (object == Py_None) continue;
        const Word word = Slot::own(object, Slot::Ints::words);
        if (part(static_cast<std::size_t>(i - parts_begin)).replace(0, word)) {
            exchange_item(own, i, Ref::to(Py_None));
        } else {
            Slot::drop(word);
            whole = false;
        }
    }
    PyObject* const before = PyTuple_GET_ITEM(own, 0);
    if (whole && (before == Py_None || keep(before, 0))) return;
    // What somebody else has kept meanwhile goes into the bundle, which nobody has seen yet.
    for (;;) {
        Look seen = kept_.look();
        exchange_item(own, 1, seen.object ? std::move(seen.object) : Ref::to(Py_None));
        if (!keep(own, seen.word)) continue;
        Slot::drop(seen.word);
        return;
    }
}

bool Stripes::keep(PyObject* bundle, Word seen) noexcept {
    const Word word = Slot::own(bundle, Slot::Ints::objects);
    if (kept_.replace(seen, word)) return true;
    Slot::drop(word);
    return false;
}

void Stripes::clear() noexcept {
    for (std::size_t i = 0; i < count(); ++i) Slot::drop(part(i).exchange(0));
    Slot::drop(kept_.exchange(0));
}

int Stripes::traverse(visitproc visit, void* arg) const noexcept {
    for (std::size_t i = 0; i < count(); ++i) {
        if (const int stopped = part(i).traverse(visit, arg)) return stopped;
    }
    return kept_.traverse(visit, arg);
}

}  // namespace atomos::python
