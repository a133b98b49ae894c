/// \file
/// A program that GDB stops in look_here(), to print what main() holds.

#include <atomos/atomos.hpp>
#include <atomos/cursor.hpp>
#include <atomos/process.hpp>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace {

struct Point {
    int x = 1;
    double y = 2.5;
};

struct alignas(64) Wide {
    int x = 7;
};

[[gnu::noinline]] void look_here() { asm volatile("" ::: "memory"); }

}  // namespace

int main() {
    using namespace atomos;

    AtomicInteger number{-42};
    AtomicFloat half{0.5};
    AtomicNumber<char> letter{'a'};
    AtomicBoolean truth{true};

    AtomicReference<int> reference{1};
    reference.set(2);
    Atom<std::string> name{"Ann"};
    name.reset("Bob");
    auto kept = name.deref();
    const Snapshot<int> empty;
    Atom<Wide> wide{Wide{}};
    Atom<Point> point{Point{}};
    point.add_watch("door", [](const std::string&, auto&, const Point&, const Point&) {});
    point.add_watch("log", [](const std::string&, auto&, const Point&, const Point&) {});
    ARef<int> aref;

    auto y = cursor(point, &Point::y);
    auto part = y.deref();
    auto computed = cursor(point, lens([](const Point& p) { return p.x + 1; },
                                       [](const Point& p, int x) { return Point{x - 1, p.y}; }));
    auto apart = computed.deref();

    int owned = 9;
    AtomicView view{owned};
    AtomicLongArray row{1, 2, 3};
    PaddedAtomicArray<int> padded{4, 5};
    AtomicReferenceArray<std::string> texts{"a", "b"};
    AtomicStampedReference<int> stamped{6, 3};
    AtomicMarkableReference<int> markable{8, true};

    LongAdder hits;
    hits.add(40);
    std::thread([&] { hits.add(5); }).join();
    hits.sum_then_reset();
    hits.add(-2);
    DoubleAdder weight;
    weight.add(0.25);
    LongAccumulator<std::plus<>> most(std::plus<>(), 0);
    most.accumulate(11);

    auto region = process::Region::anonymous();
    process::AtomicLong shared_number{region, "number", -7};
    process::AtomicBoolean shared_truth{region, "truth", true};
    process::Atom<Point> shared_point{region, "point", Point{}};
    shared_point.swap([](Point p) {
        p.x = 3;
        return p;
    });
    process::AtomicReference<std::string> shared_text{region, "text", "hello"};
    process::LongAdder shared_hits{region, "hits"};
    shared_hits.add(40);
    shared_hits.sum_then_reset();
    shared_hits.add(-2);
    process::DoubleAdder shared_weight{region, "weight"};
    shared_weight.add(0.25);
    process::LongAccumulator<std::multiplies<>> shared_product{region, "product", {}, 1};
    shared_product.accumulate(11);
    auto shared_kept = shared_point.deref();
    auto shared_string = shared_text.get();

    // While f runs, its change is pending in both atoms.
    Atom<int> left{1};
    Atom<int> right{2};
    left.swap(SwapOptions{.tries = 0}, [&](int n) {
        look_here();
        return n + 1;
    });

    look_here();
    return owned - 9;
}
