/// \file
/// Cells of the process scope: a value in a region that any process may replace.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/process/draft.hpp>
#include <atomos/process/place.hpp>
#include <atomos/process/region.hpp>
#include <atomos/process/watcher.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace atomos::process {

/// One value in a region, by name.
template <class T>
class Cell {
    static_assert(
        Plain<T> || Encoded<T>,
        "a value in shared memory is trivially copyable, or has a Codec<T> with name, encode "
        "and decode (atomos/process/codec.hpp)");
    static_assert(!std::is_pointer_v<T>, "a pointer means nothing in another process");

  public:
    using value_type = T;
    using Snapshot = process::Snapshot<T>;
    using Draft = process::Draft<T>;

    /// Opens the variable, or makes it with what make() returns.
    ///
    /// Errors   As find_or_make(); what make and the codec throw. Nothing has changed.
    template <class Make>
        requires std::is_invocable_r_v<T, Make>
    Cell(const Region& region, std::string_view name, Make&& make)
        : place_(region.memory(),
                 find_or_make(*region.memory(), name,
                              {Kind::reference, type_name<T>(), Plain<T> ? sizeof(T) : 0,
                               Plain<T> ? alignof(T) : 1},
                              {}, [&] { return bytes_of(Draft(std::forward<Make>(make))); })) {}

    /// The current value: a copy of it.
    ///
    /// Progress   Lock-free, and wait-free unless the value's block is written anew during the copy.
    /// Cost       One copy, and for values with a codec one allocation and the decoding. Nothing is
    ///            stored in the region.
    [[gnu::always_inline]] Snapshot get() const {
        Snapshot now{Unset()};
        get_into(now);
        return now;
    }

    /// Calls f with the current value. A big plain value is not copied, if this process has written in the
    /// region before: it is pinned there meanwhile.
    template <class F>
    [[gnu::always_inline]] decltype(auto) read(F&& f) const {
        if constexpr (Plain<T> && sizeof(T) >= smallest_pinned && alignof(T) <= alignof(Block)) {
            if (const Place::PinnedBlock<least> pinned(place_); pinned) {
                return std::invoke(std::forward<F>(f),
                                   *std::launder(static_cast<const T*>(pinned.value())));
            }
        }
        const Snapshot now = get();
        return std::invoke(std::forward<F>(f), *now);
    }

    /// Whether `seen` is the version that stands.
    bool stands(const Snapshot& seen) const noexcept {
        return seen.origin_ == place_.origin() && place_.head() == seen.standing_.head;
    }

    /// A value to be published, built in place from what make() returns.
    template <class Make>
    static Draft draft(Make&& make) {
        return Draft(std::forward<Make>(make));
    }

    /// Publishes `next` if `seen` stands, and the validator that has checked it does.
    ///
    /// Progress   Lock-free.
    /// Errors     PermissionDenied: opened for reading only. Full, Unavailable, std::bad_alloc, what the
    ///            codec throws. Nothing has changed.
    template <class Keep>
    Attempt<Snapshot> replace(Snapshot& seen, Draft& next, Keep keep, Rule checked_by = 0) {
        auto attempt = replace(std::as_const(seen), next, checked_by);
        if (attempt.won && !keep()) seen = Snapshot();
        return attempt;
    }
    Attempt<Snapshot> replace(const Snapshot& seen, Draft& next, Rule checked_by = 0) {
        if (seen.origin_ == place_.origin()) {
            const auto allowed = [&] {
                return place_.rule().load(std::memory_order_seq_cst) == checked_by;
            };
            if (const auto now = place_.replace(seen.standing_, bytes_for(next), allowed)) {
                return {true, Snapshot(*now, place_.origin(), std::move(next.value_))};
            }
        }
        return {false, get()};
    }

    /// Publishes a value, whatever stands. False, and nothing has changed: the cell has watches or a
    /// validator, so that the old value is wanted too.
    ///
    /// Cost   One copy, and one for `now`, if anybody looks at it. Nothing is read but the head.
    [[gnu::always_inline]] bool overwrite(const T& value, Snapshot& now)
        requires stands_inline<T>
    {
        const auto standing = place_.overwrite({&value, sizeof(T), 0, size_class});
        if (!standing) [[unlikely]]
            return false;
        now.standing_ = *standing;
        now.origin_ = place_.origin();
        now.value_.set(value);
        return true;
    }

    /// As above, for a value that is not inline; a value that cannot be decoded can be replaced so.
    bool overwrite(Draft& next, Snapshot& now)
        requires(!stands_inline<T>)
    {
        const auto standing = place_.overwrite(bytes_for(next));
        if (standing) now = Snapshot(*standing, place_.origin(), std::move(next.value_));
        return standing.has_value();
    }

    /// Replaces a plain value by compute(value), which runs again after a lost race. False, and nothing
    /// has changed: as overwrite().
    ///
    /// Cost   Two copies beside those that compute makes.
    template <class Compute>
    [[gnu::always_inline]] bool change(Compute&& compute, Snapshot& now)
        requires stands_inline<T>
    {
        Snapshot seen{Unset()};
        for (;;) {
            if (place_.attended()) [[unlikely]]
                return false;
            get_into(seen);
            now.value_.emplace([&]() -> T { return compute(*seen.value_.get()); });
            const auto standing =
                place_.replace(seen.standing_, {now.value_.get(), sizeof(T), 0, size_class},
                               [this] { return !place_.attended(); });
            if (standing) [[likely]] {
                now.standing_ = *standing;
                now.origin_ = place_.origin();
                return true;
            }
        }
    }

    /// From the next commit on, watches are told of changes.
    void expect_watches() { place_.expect_watches(); }

    /// Waits until another version than `seen` stands; nullptr: for ever. False: the time is over.
    bool wait(const Snapshot& seen, const atomos::detail::Deadline* deadline) const {
        return seen.origin_ != place_.origin() || place_.wait(seen.standing_, deadline);
    }

    /// What calls tell(now) on the watcher thread after changes, by whomever they were made.
    template <class Tell>
    std::unique_ptr<Hearing> hearing(Tell tell) const {
        return std::make_unique<Hearing>(place_.memory(), place_.line(), [this, tell] {
            const Snapshot now = get();
            tell(now);
            return now.version();
        });
    }

    /// The validator that a candidate has to be checked by.
    Atomic<Rule>& rule() noexcept { return place_.rule(); }
    const Atomic<Rule>& rule() const noexcept { return place_.rule(); }
    Memory& memory() const noexcept { return *place_.memory(); }

  private:
    /// From this size on a pin is cheaper than a copy.
    static constexpr std::size_t smallest_pinned = 2048;
    /// What a block that holds a T has at least.
    static constexpr std::size_t least = Plain<T> ? Block::header + sizeof(T) : sizeof(Block);
    static constexpr unsigned size_class = SizeClass::of_value(sizeof(T));

    static std::vector<std::byte> bytes_of(Draft draft) {
        const auto* bytes = static_cast<const std::byte*>(draft.bytes());
        return {bytes, bytes + draft.length()};
    }
    Bytes bytes_for(Draft& draft) const {
        const void* const data = draft.bytes();
        const std::size_t length = draft.length();
        return {data, length, draft.checksum(), place_.memory()->size_class(length)};
    }

    [[gnu::always_inline]] void get_into(Snapshot& now) const {
        if (!copy(place_.head(), now)) [[unlikely]]
            place_.look_again([&](Head head) { return copy(head, now); });
    }

    /// Copies what the head names. False: it was written meanwhile, or is damaged.
    [[gnu::always_inline]] bool copy(Head head, Snapshot& into) const {
        std::optional<std::uint64_t> version;
        if constexpr (Plain<T>) {
            version = place_.look<least>(head, [&](const Block& from) {
                atomos::detail::load_words(into.value_.room(), from.words, sizeof(T));
                return true;
            });
        } else {
            version = decode(head, into);
        }
        if (!version) [[unlikely]]
            return false;
        into.standing_ = {head, *version};
        into.origin_ = place_.origin();
        return true;
    }

    std::optional<std::uint64_t> decode(Head head, Snapshot& into) const {
        Memory& memory = *place_.memory();
        std::vector<std::byte> bytes;
        std::uint64_t sum = 0;
        const auto version = place_.look<least>(head, [&](const Block& from) {
            const std::size_t length = Block::length_in(from.place.load(std::memory_order_relaxed));
            if (!memory.within(head.block(), Block::header + length)) return false;
            bytes.resize(length);
            sum = from.checksum.load(std::memory_order_relaxed);
            atomos::detail::load_words(bytes.data(), from.words, length);
            return true;
        });
        if (!version) return version;
        const std::uint64_t place = Block::place_of(place_.index(), bytes.size());
        if (sum != Block::sum(*version, place, checksum(bytes))) {
            memory.damaged_variable(place_.index(), "a value that is not what was written",
                                    "bytes that match their checksum");
        }
        into.value_ = Value<T>([&]() -> T { return Codec<T>::decode(std::as_const(bytes)); });
        return version;
    }

    Place place_;
};

}  // namespace atomos::process
