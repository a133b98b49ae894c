#include "typed.hpp"

#include <thread>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <atomos/process.hpp>

#include "typed_adder.hpp"
#include "values.hpp"

namespace atomos::tool {
namespace {

using process::Kind;
using process::Region;
using process::Variable;

template <class T>
Reading reading_of(const T& value, std::optional<std::uint64_t> version = std::nullopt) {
    Reading reading{text_of(value), json_of(value), std::nullopt, version};
    if constexpr (std::same_as<T, std::string>) {
        if (!is_utf8(value)) reading.hex = hex(std::as_bytes(std::span(value)));
    }
    return reading;
}

[[noreturn]] void refuse_to_add(const Place& place, std::string_view type) {
    throw Mismatch(
        fmt::format("{} is a {}; only to numbers something can be added; nothing was "
                    "changed",
                    describe(place), printable(type)));
}

/// Errors   std::overflow_error names the place.
template <Addable T>
T sum_of(const Place& place, T value, T delta) {
    try {
        return AtomicNumber<T>(value).checked_add_and_get(delta);
    } catch (const std::overflow_error&) {
        throw std::overflow_error(fmt::format(
            "{} is {}; {} more is outside {} to {}, which are allowed; nothing was changed",
            describe(place), value, delta, std::numeric_limits<T>::lowest(),
            std::numeric_limits<T>::max()));
    }
}

/// A number or a boolean.
template <class T>
class TypedWord final : public Typed {
  public:
    TypedWord(const Region& region, Place place, T initial)
        : place_(std::move(place)), word_(region, place_.variable, initial) {}

    Reading get() const override { return reading_of(word_.get()); }

    Reading set(const std::string& text) override {
        const T value = parsed<T>(text, place_);
        word_.set(value);
        word_.notify_all();
        return reading_of(value);
    }

    Reading add(const std::string& delta) override {
        if constexpr (Addable<T>) {
            const T more = parsed<T>(delta, place_);
            const T sum =
                word_.update_and_get([&](T value) { return sum_of(place_, value, more); });
            word_.notify_all();
            return reading_of(sum);
        } else {
            refuse_to_add(place_, process::type_name<T>());
        }
    }

    Compared compare_and_set(const std::string& expect, const std::string& update) override {
        const T from = parsed<T>(expect, place_);
        const auto attempt = word_.compare_and_exchange(from, parsed<T>(update, place_));
        if (attempt.won) word_.notify_all();
        return {attempt.won, reading_of(attempt.now)};
    }

    Reading begin_watch() override {
        told_ = word_.get();
        return reading_of(told_);
    }
    std::optional<Reading> changed(std::chrono::milliseconds most) override {
        const auto now = word_.wait_for(told_, most);
        if (!now) return std::nullopt;
        told_ = *now;
        return reading_of(told_);
    }

  private:
    using Word = std::conditional_t<
        std::same_as<T, bool>, process::AtomicBoolean,
        process::AtomicNumber<std::conditional_t<std::same_as<T, bool>, int, T>>>;

    const Place place_;
    Word word_;
    T told_{};
};

/// What an AtomicReference or an Atom holds.
template <class T>
class TypedReference final : public Typed {
  public:
    TypedReference(const Region& region, Place place, T initial)
        : place_(std::move(place)), atom_(region, place_.variable, std::move(initial)) {}

    Reading get() const override { return of(atom_.deref()); }

    Reading set(const std::string& text) override {
        return of(atom_.reset(parsed<T>(text, place_)));
    }

    Reading add(const std::string& delta) override {
        if constexpr (Addable<T>) {
            const T more = parsed<T>(delta, place_);
            return of(atom_.swap([&](const T& value) { return sum_of(place_, value, more); }));
        } else {
            refuse_to_add(place_, process::type_name<T>());
        }
    }

    Compared compare_and_set(const std::string& expect, const std::string& update) override {
        const T from = parsed<T>(expect, place_);
        const T to = parsed<T>(update, place_);
        const auto attempt = atom_.try_swap([&](const T& value) -> std::optional<T> {
            return same(value, from) ? std::optional<T>(to) : std::nullopt;
        });
        return {attempt.won, of(attempt.now)};
    }

    Reading begin_watch() override {
        told_ = atom_.deref();
        return of(told_);
    }
    std::optional<Reading> changed(std::chrono::milliseconds most) override {
        const auto now = atom_.wait_for(told_, most);
        if (!now) return std::nullopt;
        told_ = *now;
        return of(told_);
    }

  private:
    static Reading of(const process::Snapshot<T>& now) { return reading_of(*now, now.version()); }

    const Place place_;
    process::Atom<T> atom_;
    process::Snapshot<T> told_;
};

/// A value of a type that this program does not know: its bytes.
class Opaque final : public Typed {
  public:
    Opaque(Region region, Place place, Variable variable)
        : region_(std::move(region)), place_(std::move(place)), variable_(std::move(variable)) {}

    Reading get() const override { return of(region_.raw(variable_)); }
    Reading set(const std::string& /*text*/) override { refuse(); }
    Reading add(const std::string& /*delta*/) override { refuse_to_add(place_, variable_.type); }
    Compared compare_and_set(const std::string& /*expect*/,
                             const std::string& /*update*/) override {
        refuse();
    }

    Reading begin_watch() override {
        const process::RawValue now = region_.raw(variable_);
        told_ = now.version;
        return of(now);
    }
    std::optional<Reading> changed(std::chrono::milliseconds most) override {
        using std::chrono::steady_clock;
        const auto end = steady_clock::now() + most;
        do {
            const process::RawValue now = region_.raw(variable_);
            if (now.version != std::exchange(told_, now.version)) return of(now);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        } while (steady_clock::now() < end);
        return std::nullopt;
    }

  private:
    static Reading of(const process::RawValue& value) {
        std::string digits = hex(value.bytes);
        return {digits, "null", digits, value.version};
    }
    [[noreturn]] void refuse() const {
        throw Mismatch(fmt::format(
            "{} is of type {}, which only programs that know it can write; from here {} can be "
            "written; nothing was changed",
            describe(place_), printable(variable_.type), known_types));
    }

    const Region region_;
    const Place place_;
    const Variable variable_;
    std::uint64_t told_ = 0;
};

template <class T>
std::unique_ptr<Typed> word_or_reference(const Region& region, const Place& place, Kind kind,
                                         T initial) {
    if constexpr (!std::same_as<T, std::string>) {
        if (kind != Kind::reference) {
            return std::make_unique<TypedWord<T>>(region, place, initial);
        }
    }
    return std::make_unique<TypedReference<T>>(region, place, std::move(initial));
}

}  // namespace

Variable find(const Region& region, const Place& place) {
    if (auto variable = region.find(place.variable)) return *std::move(variable);
    throw NotFound(fmt::format("{} is not there (atomos list {} shows what is)", describe(place),
                               place.region));
}

std::unique_ptr<Typed> open_typed(const Region& region, const Place& place,
                                  const Variable& variable) {
    if (variable.kind == Kind::adder) return open_adder(region, place, variable);
    std::unique_ptr<Typed> typed;
    with_type(variable.type, [&]<class T>(std::type_identity<T>) {
        typed = word_or_reference<T>(region, place, variable.kind, T{});
    });
    if (!typed) typed = std::make_unique<Opaque>(region, place, variable);
    return typed;
}

std::unique_ptr<Typed> make_typed(const Region& region, const Place& place, const std::string& type,
                                  const std::string& value) {
    std::unique_ptr<Typed> typed;
    with_type(type, [&]<class T>(std::type_identity<T>) {
        typed = word_or_reference<T>(region, place, Kind::number, parsed<T>(value, place));
    });
    return typed;
}

std::string as_shown(const Place& place, const std::string& type, const std::string& value,
                     bool adding) {
    std::string shown;
    const bool known = with_type(type, [&]<class T>(std::type_identity<T>) {
        if (adding && !Addable<T>) refuse_to_add(place, type);
        shown = text_of(parsed<T>(value, place));
    });
    if (known) return shown;
    throw std::invalid_argument(
        fmt::format("--type is \"{}\"; {} are allowed", printable(type), known_types));
}

}  // namespace atomos::tool
