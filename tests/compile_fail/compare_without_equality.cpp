#include <atomos/atomos.hpp>

struct Point {
    int x;
#ifndef WRONG
    friend bool operator==(const Point&, const Point&) = default;
#endif
};

int main() {
    atomos::AtomicReference<Point> reference{Point{1}};
    return reference.compare_and_set(Point{1}, Point{2}) ? 0 : 1;
}
