/// \file
/// What the checker knows of the values that programs on the process scope write.
#pragma once

#include <array>
#include <cstdint>

#include "model/scheduler.hpp"

namespace model {

/// A value: its halves belong together, and no two that are written are the same.
struct Said {
    std::uint64_t what;
    std::uint64_t again;

    explicit Said(std::uint64_t value = 0) : what(value), again(~value) {}
};

/// All values by cell and version. It is not in the checked memory.
class Ledger {
  public:
    void clear() { *this = {}; }
    /// A value that nobody has written yet.
    Said next() { return Said(++last_); }

    void committed(unsigned cell, std::uint64_t version, const Said& value) {
        expect(!at(cell, version).committed, "a version is committed once");
        at(cell, version).committed = true;
        seen(cell, version, value);
    }
    void seen(unsigned cell, std::uint64_t version, const Said& value) {
        expect(value.again == ~value.what, "a value is not torn");
        std::uint64_t& what = at(cell, version).what;
        if (what == 0) what = value.what;
        expect(what == value.what, "a value is the one that was committed as its version");
    }

  private:
    struct Line {
        std::uint64_t what = 0;
        bool committed = false;
    };
    Line& at(unsigned cell, std::uint64_t version) {
        expect(version < lines_[cell].size(), "a version is near the last one");
        return lines_[cell][version];
    }

    std::array<std::array<Line, 32>, 2> lines_{};
    std::uint64_t last_ = 0;
};

inline Ledger& ledger() {
    static Ledger the;
    return the;
}

}  // namespace model
