/// \file
/// AtomicStampedReference<T>: a reference and a number beside it.
#pragma once

#include <atomos/detail/tagged.hpp>
#include <cstdint>
#include <string_view>
#include <utility>

namespace atomos {

/// A reference and its stamp, as they stood at one moment.
template <class Reference>
struct Stamped {
    Reference reference;
    std::int64_t stamp;
};

/// A reference and a number, its stamp, that are read and replaced together.
///
///     AtomicStampedReference<Plan> plan{Plan{}, 0};
///     auto [now, stamp] = plan.get();
///     plan.compare_and_set(now, better(*now), stamp, stamp + 1);
///
/// A reference is what was set once: get_reference() and get() give it as a snapshot, which is the same
/// (`same_as`) as long as nothing else is set, whatever the stamp. It may be set again, by its snapshot,
/// and is the same again then. For this alone no stamp is needed: AtomicReference compares versions, so
/// it knows no ABA. T need only be movable.
///
/// Order      As AtomicReference.
/// Progress   Lock-free.
/// Bound      Threads: 8 bytes, a heap node of 56 bytes for each pair that is held, and one of 32 bytes +
///            sizeof(T) for each reference. Processes: as AtomicReference of {T, 32 bytes}.
/// Errors     As AtomicReference; std::invalid_argument: an empty snapshot is to be set. A member that
///            throws has changed nothing.
/// Cost       get() and get_reference() of threads: one locked add, to share the snapshot; read(f): none.
///            In processes a snapshot is a copy, a new stamp copies the value, and a snapshot that is not
///            of this variable becomes a new reference when it is set.
/// Source     java.util.concurrent.atomic.AtomicStampedReference; there a stamp has 32 bits.
template <class T, class Scope = Threads>
class AtomicStampedReference : public detail::TaggedReference<T, std::int64_t, Scope> {
    using Tagged = detail::TaggedReference<T, std::int64_t, Scope>;

  public:
    using Snapshot = typename Tagged::Snapshot;

    explicit AtomicStampedReference(T value, std::int64_t stamp = 0)
        : Tagged(std::move(value), stamp) {}

    /// In a scope where variables have a place: opens the variable, or makes it.
    template <class Place>
    AtomicStampedReference(Place& place, std::string_view name, T value, std::int64_t stamp = 0)
        : Tagged(place, name, std::move(value), stamp) {}

    /// Reference and stamp, as of one moment.
    Stamped<Snapshot> get() const { return this->template pair<Stamped<Snapshot>>(); }
    std::int64_t get_stamp() const { return this->tag(); }

    /// Sets the stamp if the reference is as expected: the same, or of an equal value. Never fails
    /// otherwise.
    bool attempt_stamp(const Snapshot& expect, std::int64_t stamp) {
        return this->retag(expect, stamp);
    }
    bool attempt_stamp(const T& expect, std::int64_t stamp)
        requires std::equality_comparable<T>
    {
        return this->retag(expect, stamp);
    }
};

}  // namespace atomos
