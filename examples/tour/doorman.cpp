#include "doorman.hpp"

#include <fmt/format.h>

namespace tour {

void Doorman::operator()(const State& old, const State& now) {
    if (now.counts.joins != old.counts.joins) {
        announce(joins_.increment_and_get(), "joined", now.newest);
    } else if (now.counts.leaves != old.counts.leaves) {
        announce(leaves_.increment_and_get(), "left", now.newest);
    }
}

void Doorman::announce(std::int64_t nth, const char* what, const Client& who) {
    if (report_.live()) {
        newest_.set(fmt::format("{} {} the {}", who.nick, what, who.room));
    } else if (nth <= 3 || nth % 50 == 0 || nth == expected_) {
        report_.line(fmt::format("  {} {} the {} ({} of {} {})", who.nick, what, who.room, nth,
                                 expected_, what));
    }
}

}  // namespace tour
