#include "visitor.hpp"

#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace tour {
namespace {

constexpr std::array phrases = {"the kettle is on", "who has the keys?",
                                "here is a long sentence, "
                                "so that not every message has the same size",
                                "yes", "see you"};

constexpr int messages_per_roster = 4;
constexpr std::size_t complaints_kept = 5;

/// Takes the first word off a line.
std::string_view take_word(std::string_view& line) {
    const std::size_t size = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, size);
    line.remove_prefix(std::min(size + 1, line.size()));
    return word;
}

std::int64_t number_in(std::string_view word) {
    std::int64_t number = -1;
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
}

bool has_word(std::string_view line, std::string_view word) {
    while (!line.empty()) {
        if (take_word(line) == word) {
            return true;
        }
    }
    return false;
}

}  // namespace

Visitor::Visitor(int number, Script script, LineSocket socket, Tally& tally,
                 const atomos::AtomicBoolean& stop)
    : number_(number),
      script_(std::move(script)),
      socket_(std::move(socket)),
      tally_(tally),
      stop_(stop),
      nick_(script_.name) {
    tally_.opened += 1;
    ask_to_join();
    socket_.flush();
}

void Visitor::receive() {
    const auto state = socket_.receive([this](std::string_view line) { obey(line); });
    if (state == LineSocket::Input::ended && phase_ != Phase::gone) {
        complain("the server closed the connection");
        phase_ = Phase::gone;
    }
    socket_.flush();
}

void Visitor::obey(std::string_view line) {
    const std::string_view whole = line;
    const std::string_view word = take_word(line);
    if (word == "said" && (phase_ == Phase::talking || phase_ == Phase::leaving)) {
        const std::int64_t number = number_in(take_word(line));
        const std::string_view from = take_word(line);
        hear(number, from, line);
    } else if (word == "here") {
        tally_.rosters_right += has_word(line, nick_) ? 1 : 0;
    } else if (word == "joined" && phase_ == Phase::joining) {
        tally_.joins += 1;
        next_heard_ = number_in(line);
        phase_ = Phase::talking;
        go_on();
    } else if (word == "taken" && phase_ == Phase::joining) {
        tally_.refusals += 1;
        nick_ = fmt::format("{}-{}", script_.name, number_);
        ask_to_join();
    } else if (word == "left" && phase_ == Phase::leaving) {
        tally_.leaves += 1;
        tally_.misses += std::abs(number_in(line) - next_heard_);
        phase_ = Phase::gone;
    } else {
        complain(fmt::format("did not expect \"{}\"", whole));
    }
}

void Visitor::hear(std::int64_t number, std::string_view from, std::string_view text) {
    tally_.heard += 1;
    tally_.misses += std::abs(number - next_heard_);
    next_heard_ = number + 1;
    if (from != nick_) {
        return;
    }
    if (text == said_) {
        tally_.echoes += 1;
    } else {
        complain(fmt::format("said \"{}\", heard \"{}\"", said_, text));
    }
    go_on();
}

void Visitor::go_on() {
    if (messages_ == script_.messages || stop_.get()) {
        phase_ = Phase::leaving;
        socket_.out() += "leave\n";
        return;
    }
    if (messages_ % messages_per_roster == 0) {
        tally_.rosters_asked += 1;
        socket_.out() += "who\n";
    }
    messages_ += 1;
    tally_.sent += 1;
    const auto phrase = static_cast<std::size_t>(number_ + messages_) % phrases.size();
    said_ = fmt::format("{}: {}", messages_, phrases[phrase]);
    fmt::format_to(std::back_inserter(socket_.out()), "say {}\n", said_);
}

void Visitor::ask_to_join() {
    fmt::format_to(std::back_inserter(socket_.out()), "join {} {}\n", nick_, script_.room);
}

void Visitor::complain(std::string_view what) {
    if (tally_.complaints.size() < complaints_kept) {
        tally_.complaints.push_back(fmt::format("{}: {}", describe(), what));
    }
}

std::string Visitor::describe() const {
    constexpr std::array doing = {"joining", "talking", "leaving", "gone"};
    return fmt::format("client {} ({} in {}, {}, message {} of {})", number_, nick_, script_.room,
                       doing.at(static_cast<std::size_t>(phase_)), messages_, script_.messages);
}

}  // namespace tour
