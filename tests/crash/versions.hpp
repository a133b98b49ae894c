/// \file
/// The sequential specification of a variable whose every change makes a new version, and atoms seen
/// as such.
#pragma once

#include <array>
#include <atomos/process.hpp>
#include <compare>
#include <cstdint>
#include <ostream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include "crash/wide.hpp"

namespace crash {

/// A value and its version; a number has none: 0.
struct Version {
    std::uint64_t value = 0;
    std::uint64_t version = 0;
    auto operator<=>(const Version&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Version& version) {
    return out << version.value << '@' << version.version;
}

enum class Verb {
    get,
    /// Of the value alone.
    read,
    reset,
    swap,
    compare_and_set,
    recover,
    /// Changes a spare variable of the kind `value` times, then another one until it has had one change
    /// less than the first.
    change_another,
    /// So long that, where they take a span that held the kind, their blocks lie across its fourth and
    /// leave its first line alone.
    write_texts,
};

struct Step {
    Verb verb = Verb::get;
    std::uint64_t value = 0;
    /// What compare_and_set has seen: a version; a number's value.
    std::uint64_t seen = 0;
};

inline const char* word(Verb verb) {
    static constexpr std::array words{
        "get",     "read",           "reset",      "swap", "compare_and_set",
        "recover", "change_another", "write_texts"};
    return words[static_cast<std::size_t>(verb)];
}

inline void PrintTo(const Step& step, std::ostream* out) { *out << word(step.verb); }

/// What a step gave, zeros where it gives nothing.
struct Outcome {
    Version before{};
    Version after{};
    bool won = false;
    bool operator==(const Outcome&) const = default;
};

template <bool versioned>
struct Specification {
    using State = Version;
    using Operation = Step;
    using Result = Outcome;

    static Outcome apply(Version& state, const Step& step) {
        const Version before = state;
        const std::uint64_t next = before.version + (versioned ? 1 : 0);
        switch (step.verb) {
            case Verb::get:
                return {.before = before};
            case Verb::read:
                return {.before = {before.value}};
            case Verb::reset:
                state = {step.value, next};
                return {.before = before, .after = state};
            case Verb::swap:
                state = {before.value + step.value, next};
                return {.before = before, .after = state};
            case Verb::compare_and_set:
                if ((versioned ? before.version : before.value) != step.seen) return {};
                state = {step.value, next};
                return {.won = true};
            case Verb::recover:
            case Verb::change_another:
            case Verb::write_texts:
                return {};
        }
        return {};
    }
};

/// A history in words.
template <class History>
std::string told(const History& history) {
    std::ostringstream out;
    for (const auto& one : history) {
        out << "\n  process " << one.thread << " [" << one.invoked << ", " << one.responded << "] "
            << word(one.operation.verb) << ' ' << one.operation.value;
        if (one.operation.verb == Verb::compare_and_set) out << " if " << one.operation.seen;
        if (!one.result) continue;
        out << " -> " << one.result->before << ", " << one.result->after
            << (one.result->won ? ", won" : "");
    }
    return out.str();
}

/// What a torn value counts as: no operation ever gave it.
inline constexpr std::uint64_t torn_value = 0xBADBADBAD;
/// What other variables hold.
inline constexpr std::uint64_t foreign_value = 0xF0F0F0F0F;

/// An atom of Value, as a process that takes part in its region sees it. Its mutator leaves time for
/// rivals.
template <class Value>
class SeenAtomOf {
  public:
    using Spec = Specification<true>;

    SeenAtomOf(atomos::process::Region region, const char* name)
        : region_(std::move(region)),
          atom_(region_, name, Value::of(0)),
          another_(region_, "another", Value::of(foreign_value)),
          spare_(region_, "spare", Value::of(foreign_value)) {
        spare_.reset(Value::of(foreign_value));
    }

    /// Looks, for a compare_and_set that comes later, and returns what that is to be given.
    std::uint64_t see() {
        seen_ = atom_.deref();
        return seen_.version();
    }

    Outcome perform(const Step& step) {
        const Value next = Value::of(step.value);
        switch (step.verb) {
            case Verb::get:
                return {.before = version(atom_.deref())};
            case Verb::read:
                return {.before = {atom_.read([](const Value& value) {
                            return value.whole() ? value.number() : torn_value;
                        })}};
            case Verb::reset: {
                const auto change = atom_.reset_vals(next);
                return {.before = version(change.old), .after = version(change.now)};
            }
            case Verb::swap: {
                const auto change = atom_.swap_vals([&](const Value& value) {
                    std::this_thread::yield();
                    return Value::of(value.whole() ? value.number() + step.value : torn_value);
                });
                return {.before = version(change.old), .after = version(change.now)};
            }
            case Verb::compare_and_set:
                return {.won = atom_.compare_and_set(seen_, next)};
            case Verb::recover:
                region_.recover();
                return {};
            case Verb::change_another:
                for (std::uint64_t i = 0; i < step.value; ++i) spare_.reset(next);
                for (const auto version = atom_.version(); another_.version() + 1 < version;) {
                    another_.reset(Value::of(foreign_value));
                }
                return {};
            case Verb::write_texts:
                for (int i = 0; i < 12; ++i) {
                    atomos::process::Atom<std::string>(region_, "text/" + std::to_string(i), "")
                        .reset(std::string(865, 'x'));
                }
                return {};
        }
        return {};
    }

  private:
    using Atom = atomos::process::Atom<Value>;
    using Snapshot = typename Atom::Snapshot;

    static Version version(const Snapshot& snapshot) {
        return {snapshot->whole() ? snapshot->number() : torn_value, snapshot.version()};
    }

    atomos::process::Region region_;
    Atom atom_;
    Atom another_;
    Atom spare_;
    Snapshot seen_;
};

using SeenAtom = SeenAtomOf<Wide>;

/// A number, as a process sees it. Its mutator leaves time for rivals.
class SeenNumber {
  public:
    using Spec = Specification<false>;

    SeenNumber(atomos::process::Region region, const char* name)
        : region_(std::move(region)),
          number_(region_, name, 0),
          another_(region_, "another", foreign_value) {}

    std::uint64_t see() { return seen_ = number_.get(); }

    Outcome perform(const Step& step) {
        switch (step.verb) {
            case Verb::get:
            case Verb::read:
                return {.before = {number_.get()}};
            case Verb::reset:
                return {.before = {number_.get_and_set(step.value)}, .after = {step.value}};
            case Verb::swap: {
                const std::uint64_t before = number_.get_and_update([&](std::uint64_t value) {
                    std::this_thread::yield();
                    return value + step.value;
                });
                return {.before = {before}, .after = {before + step.value}};
            }
            case Verb::compare_and_set:
                return {.won = number_.compare_and_set(seen_, step.value)};
            case Verb::recover:
                region_.recover();
                return {};
            case Verb::change_another:
                another_.set(foreign_value);
                return {};
            case Verb::write_texts:
                return {};
        }
        return {};
    }

  private:
    atomos::process::Region region_;
    atomos::process::AtomicULong number_;
    atomos::process::AtomicULong another_;
    std::uint64_t seen_ = 0;
};

}  // namespace crash
