/// \file
/// That a region's space is accounted for.
#pragma once

#include <gtest/gtest.h>

#include <atomos/process/region.hpp>

namespace regions {

/// Whether all of a region's bytes are somewhere, once.
inline testing::AssertionResult adds_up(const atomos::process::Space& s) {
    if (s.fixed + s.live + s.owned + s.left + s.unowned + s.untouched == s.bytes) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure()
           << s.fixed << " fixed, " << s.live << " live, " << s.owned << " owned, " << s.left
           << " left, " << s.unowned << " unowned, " << s.untouched << " untouched are not "
           << s.bytes;
}

}  // namespace regions
