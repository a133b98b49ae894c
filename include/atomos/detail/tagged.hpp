/// \file
/// A reference and a tag beside it, replaced together: what stamped and markable references share.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/reference.hpp>
#include <concepts>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace atomos::detail {

/// A reference as a snapshot, and its tag. The snapshot is shared: a new tag leaves its identity alone.
template <class T, class Tag, class Snapshot>
class SharedTagged {
  public:
    SharedTagged(const Snapshot& reference, Tag tag) : reference_(reference), tag_(tag) {}

    /// What follows when this reference and this tag are set.
    SharedTagged followed_by(const Snapshot& reference, Tag tag) const { return {reference, tag}; }

    Snapshot reference() const { return reference_; }
    const T& value() const noexcept { return *reference_; }
    Tag tag() const noexcept { return tag_; }
    bool refers_to(const Snapshot& other) const noexcept { return reference_.same_as(other); }

  private:
    Snapshot reference_;
    Tag tag_;
};

template <class T, class Tag, class Scope>
struct TaggedFor {
    using type = SharedTagged<T, Tag, typename Scope::template Cell<T>::Snapshot>;
};
/// A scope whose snapshots are no part of what it shares has its own.
template <class T, class Tag, class Scope>
    requires requires { typename Scope::template Tagged<T, Tag>; }
struct TaggedFor<T, Tag, Scope> {
    using type = typename Scope::template Tagged<T, Tag>;
};

/// The variable itself. AtomicStampedReference and AtomicMarkableReference name what it does.
template <class T, class Tag, class Scope>
class TaggedReference {
    using Tagged = typename TaggedFor<T, Tag, Scope>::type;

  public:
    using value_type = T;
    using Snapshot = typename Scope::template Cell<T>::Snapshot;

    TaggedReference(const TaggedReference&) = delete;
    TaggedReference& operator=(const TaggedReference&) = delete;

    /// The current reference.
    Snapshot get_reference() const {
        return variable_.read([](const Tagged& now) { return now.reference(); });
    }

    /// Calls f with the current value and its tag, and returns what it returns: the cheapest look.
    ///
    /// Only what f reads is held while it runs. A reference to it must not leave f.
    template <std::invocable<const T&, Tag> F>
    decltype(auto) read(F&& f) const {
        return variable_.read([&](const Tagged& now) -> decltype(auto) {
            return std::invoke(f, now.value(), now.tag());
        });
    }

    /// Sets both. Not a new reference if a snapshot is given: that one.
    void set(T value, Tag tag) { set(Snapshot::of(std::move(value)), tag); }
    void set(const Snapshot& reference, Tag tag) {
        check(reference);
        variable_.update_and_get(
            [&](const Tagged& now) { return now.followed_by(reference, tag); });
    }

    /// Sets both if both are as expected. A reference is expected by identity, where a snapshot is given:
    /// by the one that it was taken of, even if an equal value stands now. Never fails otherwise.
    bool compare_and_set(const Snapshot& expect, T value, Tag expect_tag, Tag tag) {
        return compare_and_set(expect, Snapshot::of(std::move(value)), expect_tag, tag);
    }
    bool compare_and_set(const Snapshot& expect, const Snapshot& reference, Tag expect_tag,
                         Tag tag) {
        check(reference);
        return replace_if(same(expect), expect_tag, reference, tag);
    }
    /// As above, where the value is expected by equality.
    bool compare_and_set(const T& expect, T value, Tag expect_tag, Tag tag)
        requires std::equality_comparable<T>
    {
        return compare_and_set(expect, Snapshot::of(std::move(value)), expect_tag, tag);
    }
    bool compare_and_set(const T& expect, const Snapshot& reference, Tag expect_tag, Tag tag)
        requires std::equality_comparable<T>
    {
        check(reference);
        return replace_if(equal(expect), expect_tag, reference, tag);
    }

  protected:
    TaggedReference(T value, Tag tag) : variable_(Tagged(Snapshot::of(std::move(value)), tag)) {}
    template <class Place>
    TaggedReference(Place& place, std::string_view name, T value, Tag tag)
        : variable_(place, name, Tagged(Snapshot::of(std::move(value)), tag)) {}

    /// Both, as they stood at one moment.
    template <class Pair>
    Pair pair() const {
        return variable_.read([](const Tagged& now) { return Pair{now.reference(), now.tag()}; });
    }
    Tag tag() const {
        return variable_.read([](const Tagged& now) { return now.tag(); });
    }

    /// Sets the tag if the reference is as expected, and leaves the reference.
    bool retag(const Snapshot& expect, Tag tag) { return retag_if(same(expect), tag); }
    bool retag(const T& expect, Tag tag)
        requires std::equality_comparable<T>
    {
        return retag_if(equal(expect), tag);
    }

  private:
    static auto same(const Snapshot& expect) {
        return [&](const Tagged& now) { return now.refers_to(expect); };
    }
    static auto equal(const T& expect) {
        return [&](const Tagged& now) { return now.value() == expect; };
    }

    template <class Expected>
    bool replace_if(Expected expected, Tag expect_tag, const Snapshot& reference, Tag tag) {
        const auto next = [&](const Tagged& now) -> std::optional<Tagged> {
            if (now.tag() != expect_tag || !expected(now)) return std::nullopt;
            return now.followed_by(reference, tag);
        };
        return variable_.try_update(next).won;
    }
    template <class Expected>
    bool retag_if(Expected expected, Tag tag) {
        const auto next = [&](const Tagged& now) -> std::optional<Tagged> {
            if (!expected(now)) return std::nullopt;
            return now.followed_by(now.reference(), tag);
        };
        return variable_.try_update(next).won;
    }

    static void check(const Snapshot& reference) {
        if (!reference) {
            throw std::invalid_argument(
                "the snapshot to be set is empty; one with a value is needed; nothing was changed");
        }
    }

    AtomicReference<Tagged, Scope> variable_;
};

}  // namespace atomos::detail
