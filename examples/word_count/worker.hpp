#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <atomos/process.hpp>

#include "totals.hpp"

namespace tour {

/// What is to be done: each file is read so often. A piece of the work is one reading of one file.
struct Plan {
    std::int64_t readings;
    std::vector<std::string> files;

    std::size_t pieces() const { return static_cast<std::size_t>(readings) * files.size(); }
    const std::string& file_of(std::size_t piece) const { return files[piece % files.size()]; }

    std::string text() const;
    static Plan of(const std::string& text);
};

/// The variables that a parent and its workers share.
struct Board {
    explicit Board(const atomos::process::Region& region, const Plan& first = {});

    atomos::process::AtomicReference<std::string> plan;
    atomos::process::AtomicLong taken;  // pieces that somebody has begun with
    atomos::process::AtomicLong
        words_read;  // those of workers that died before recording them, too
    atomos::process::Atom<Totals> totals;
};

/// Works until every piece is recorded, by whomever.
void work_for(const std::string& region);

}  // namespace tour
