/// \file
/// Sums in a region: what LongAdder and DoubleAdder are made of between processes.
///
/// Integers, as between threads: words to which is only added, and a *base*, what has been drained. A drain
/// replaces the base by the sum that it saw, and has drained the difference: one commit, of one version, so
/// who is killed has drained all of it or nothing.
///
/// A sum of doubles with its compensation is two words, which no instruction changes together: a part is a
/// cell, and an add or a drain replaces it, by own-slot publication (slots.hpp). A drain empties one part
/// after another: who is killed within it takes along what he has taken, as who is killed right after it.
#pragma once

#include <atomos/detail/compensated.hpp>
#include <atomos/detail/elements.hpp>
#include <atomos/process/cell.hpp>
#include <atomos/process/codec.hpp>
#include <atomos/process/region.hpp>
#include <atomos/process/stripes.hpp>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace atomos::process {

template <>
struct Codec<atomos::detail::Compensated> {
    static constexpr std::string_view name = "compensated float64";
};

/// The name of one of a sum's own variables. Errors: std::invalid_argument: it would be too long.
inline std::string part_name(std::string_view name, std::string_view part) {
    const std::size_t longest = Entry::longest_name - part.size();
    if (name.size() > longest) {
        throw std::invalid_argument("adder \"" + std::string(name) + "\" has a name of " +
                                    std::to_string(name.size()) + " bytes; 1 to " +
                                    std::to_string(longest) + " are allowed; nothing was changed");
    }
    return std::string(name).append(part);
}

/// A sum of integers, by name: "name" are the words, and "name[drained]" is the base.
class LongSum {
  public:
    /// Opens the sum, or makes it with 0. Errors: as find_or_make().
    LongSum(const Region& region, std::string_view name)
        : LongSum(region, name, part_name(name, "[drained]")) {}

    /// What "name" is in a region.
    static Type type() noexcept { return Stripes::type_of(Kind::adder, type_name<std::int64_t>()); }

    [[gnu::always_inline]] void add(std::int64_t x) {
        const auto more = static_cast<std::uint64_t>(x);
        Stripes::Word& word = stripes_.own();
        std::uint64_t seen = word.load(std::memory_order_relaxed);
        if (!word.compare_exchange_strong(seen, seen + more, std::memory_order_relaxed))
            [[unlikely]] {
            stripes_.next().fetch_add(more, std::memory_order_relaxed);
        }
    }

    std::int64_t get() const {
        // The base first, so that the words are at least as new.
        const auto base = base_.get();
        return difference(total(), *base);
    }

    std::int64_t take() {
        for (;;) {
            const auto seen = base_.get();
            const std::int64_t now = total();
            auto next = Base::draft([&] { return now; });
            if (base_.replace(seen, next).won) return difference(now, *seen);
        }
    }

  private:
    using Base = Cell<std::int64_t>;

    LongSum(const Region& region, std::string_view name, const std::string& base)
        : stripes_(region, name, Kind::adder, type_name<std::int64_t>(), 0),
          base_(region, base, [] { return std::int64_t{0}; }) {}

    std::int64_t total() const {
        std::uint64_t sum = 0;
        stripes_.each(
            [&](const Stripes::Word& word) { sum += word.load(std::memory_order_relaxed); });
        return static_cast<std::int64_t>(sum);
    }
    static std::int64_t difference(std::int64_t a, std::int64_t b) noexcept {
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) -
                                         static_cast<std::uint64_t>(b));
    }

    Stripes stripes_;
    Base base_;
};

/// A sum of doubles, by name: its parts are "name[0]", "name[1]" and so on.
class DoubleSum {
    using Compensated = atomos::detail::Compensated;
    using Part = Cell<Compensated>;

  public:
    static constexpr std::size_t count = 8;

    /// Opens the sum, or makes it with 0. Errors: as find_or_make().
    DoubleSum(const Region& region, std::string_view name)
        : parts_(checked(region, name), [&](std::size_t i) {
              return Part(region, of_number(name, i), [] { return Compensated(); });
          }) {}

    /// What "name" is in a region: it names the parts, and holds nothing.
    static Type type() noexcept { return {Kind::adder, type_name<double>(), 0, 1}; }

    /// Errors   As Memory::join and Memory::refill; nothing has changed.
    void add(double x) {
        std::size_t& stripe = stripe_hint().stripe;
        int runs = 0;
        change(parts_[stripe % count], [&](Compensated sum) {
            ++runs;
            sum.add(x);
            return sum;
        });
        // Somebody else is here.
        if (runs > 1) ++stripe;
    }

    double get() const {
        Compensated sum;
        for (std::size_t i = 0; i < count; ++i) sum.add(*parts_[i].get());
        return sum.value();
    }

    double take() {
        Compensated all;
        for (std::size_t i = 0; i < count; ++i) {
            Compensated taken;
            change(parts_[i], [&](const Compensated& sum) {
                taken = sum;
                return Compensated();
            });
            all.add(taken);
        }
        return all.value();
    }

  private:
    static std::string of_number(std::string_view name, std::size_t i) {
        return part_name(name, '[' + std::to_string(i) + ']');
    }
    static std::size_t checked(const Region& region, std::string_view name) {
        static_cast<void>(of_number(name, count - 1));
        find_or_make(*region.memory(), name, type(), {}, [] { return std::vector<std::byte>(); });
        return count;
    }

    /// Nobody in this process watches a part or validates it, so that is never in the way.
    template <class Compute>
    static void change(Part& part, Compute compute) {
        Snapshot<Compensated> now;
        static_cast<void>(part.change(compute, now));
    }

    atomos::detail::Elements<Part> parts_;
};

}  // namespace atomos::process
