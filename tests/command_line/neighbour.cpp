// neighbour REGION PARTICIPANTS: makes a region, with variables that the command line cannot make, and
// obeys the lines of its input until that ends. It answers each with "ok".

#include <atomos/process.hpp>
#include <iostream>
#include <string>

namespace {

struct Point {
    std::int32_t x;
    std::int32_t y;
};

}  // namespace

template <>
struct atomos::process::Codec<Point> {
    static constexpr std::string_view name = "test.point/1";
};

int main(int argc, char** argv) {
    namespace process = atomos::process;
    if (argc != 3) return 2;
    const auto participants = static_cast<unsigned>(std::stoul(argv[2]));
    const auto region = process::Region::create(argv[1], {.participants = participants});
    process::Atom<Point> point{region, "point", Point{1, 2}};
    process::Atom<std::int64_t> balance{region, "balance", 10};
    process::AtomicLong counter{region, "counter", 0};
    std::cout << "ok" << std::endl;

    std::string word;
    while (std::cin >> word) {
        if (word == "point") {
            Point next{};
            std::cin >> next.x >> next.y;
            point.reset(next);
        } else if (word == "silently") {
            std::int64_t value = 0;
            std::cin >> value;
            counter.set(value);
        } else if (word == "adders") {
            process::LongAdder(region, "served").add(42);
            process::DoubleAdder(region, "paid").add(2.5);
            process::LongAccumulator(
                region, "worst", [](auto a, auto b) { return a | b; }, 0)
                .accumulate(1);
        } else if (word == "wait") {
            std::int64_t old = 0;
            std::cin >> old;
            counter.wait(old);
        } else {
            return 2;
        }
        std::cout << "ok" << std::endl;
    }
}
