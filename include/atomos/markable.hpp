/// \file
/// AtomicMarkableReference<T>: a reference and a mark beside it.
#pragma once

#include <atomos/detail/tagged.hpp>
#include <string_view>
#include <utility>

namespace atomos {

/// A reference and its mark, as they stood at one moment.
template <class Reference>
struct Marked {
    Reference reference;
    bool mark;
};

/// A reference and a mark that are read and replaced together.
///
///     AtomicMarkableReference<Job> job{Job{}, false};
///     auto [now, done] = job.get();
///     if (!done) job.attempt_mark(now, true);         // unless it is another job by now
///
/// References, and everything else, are those of AtomicStampedReference; only the stamp is a truth value.
///
/// Source     java.util.concurrent.atomic.AtomicMarkableReference.
template <class T, class Scope = Threads>
class AtomicMarkableReference : public detail::TaggedReference<T, bool, Scope> {
    using Tagged = detail::TaggedReference<T, bool, Scope>;

  public:
    using Snapshot = typename Tagged::Snapshot;

    explicit AtomicMarkableReference(T value, bool mark = false) : Tagged(std::move(value), mark) {}

    /// In a scope where variables have a place: opens the variable, or makes it.
    template <class Place>
    AtomicMarkableReference(Place& place, std::string_view name, T value, bool mark = false)
        : Tagged(place, name, std::move(value), mark) {}

    /// Reference and mark, as of one moment.
    Marked<Snapshot> get() const { return this->template pair<Marked<Snapshot>>(); }
    bool is_marked() const { return this->tag(); }

    /// Sets the mark if the reference is as expected: the same, or of an equal value. Never fails
    /// otherwise.
    bool attempt_mark(const Snapshot& expect, bool mark) { return this->retag(expect, mark); }
    bool attempt_mark(const T& expect, bool mark)
        requires std::equality_comparable<T>
    {
        return this->retag(expect, mark);
    }
};

}  // namespace atomos
