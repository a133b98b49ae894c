#include "keepsake.hpp"

#include <fmt/format.h>

namespace tour {
namespace {

std::string describe(const State& state) {
    return fmt::format("{} connections, {} rooms, {} messages", state.connections.size(),
                       state.rooms.size(), with_commas(state.counts.messages));
}

}  // namespace

void Keepsake::operator()(const atomos::Snapshot<State>& old, const atomos::Snapshot<State>& now) {
    if (old->counts.messages < middle_ && now->counts.messages >= middle_) {
        kept_ = Kept{now, fingerprint(*now), describe(*now)};
    }
}

bool Keepsake::unchanged(const State& end, Report& report) const {
    if (!kept_) {
        report.line("  DIFFERS  snapshot     none was taken: the chat never came to its middle");
        return false;
    }
    const std::uint64_t now = fingerprint(*kept_->snapshot);
    const bool same = now == kept_->fingerprint;
    report.line(fmt::format("  {:<8} snapshot     of version {}: {}, fingerprint {:016x}",
                            same ? "ok" : "DIFFERS",
                            with_commas(static_cast<std::int64_t>(kept_->snapshot.version())),
                            kept_->description, kept_->fingerprint));
    report.line(fmt::format("           still so     {}, fingerprint {:016x}",
                            describe(*kept_->snapshot), now));
    report.line(fmt::format("           the atom now {}", describe(end)));
    return same;
}

}  // namespace tour
