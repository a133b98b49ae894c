#include "typed_adder.hpp"

#include <thread>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <atomos/process.hpp>

#include "values.hpp"

namespace atomos::tool {
namespace {

[[noreturn]] void refuse(const Place& place) {
    throw Mismatch(fmt::format("{} is an adder, to which can only be added; nothing was changed",
                               describe(place)));
}

template <class Adder>
class TypedAdder final : public Typed {
    using T = typename Adder::value_type;

  public:
    TypedAdder(const process::Region& region, Place place)
        : place_(std::move(place)), adder_(region, place_.variable) {}

    Reading get() const override { return of(adder_.sum()); }
    Reading set(const std::string& /*text*/) override { refuse(place_); }
    Reading add(const std::string& delta) override {
        adder_.add(parsed<T>(delta, place_));
        return get();
    }
    Compared compare_and_set(const std::string& /*expect*/,
                             const std::string& /*update*/) override {
        refuse(place_);
    }

    Reading begin_watch() override {
        told_ = adder_.sum();
        return of(told_);
    }
    std::optional<Reading> changed(std::chrono::milliseconds most) override {
        using std::chrono::steady_clock;
        const auto end = steady_clock::now() + most;
        do {
            const T now = adder_.sum();
            if (!same(std::exchange(told_, now), now)) return of(now);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        } while (steady_clock::now() < end);
        return std::nullopt;
    }

  private:
    static Reading of(T sum) { return {text_of(sum), json_of(sum), std::nullopt, std::nullopt}; }

    const Place place_;
    Adder adder_;
    T told_{};
};

}  // namespace

std::unique_ptr<Typed> open_adder(const process::Region& region, const Place& place,
                                  const process::Variable& variable) {
    if (variable.type == process::type_name<double>()) {
        return std::make_unique<TypedAdder<process::DoubleAdder>>(region, place);
    }
    return std::make_unique<TypedAdder<process::LongAdder>>(region, place);
}

}  // namespace atomos::tool
