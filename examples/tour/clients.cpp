#include "clients.hpp"

#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <random>
#include <unordered_map>

#include <fmt/format.h>

#include "epoll.hpp"
#include "sockets.hpp"
#include "visitor.hpp"

namespace tour {
namespace {

using std::chrono::steady_clock;

constexpr std::array names = {"ada",   "alan", "barbara", "dennis", "donald",  "edsger",
                              "grace", "john", "ken",     "leslie", "niklaus", "tony"};
constexpr std::array rooms = {"kitchen", "library", "garden", "cellar",
                              "attic",   "hall",    "stable", "orchard"};

constexpr int opened_at_once = 4;
constexpr std::chrono::seconds patience{30};

/// One thread's part of the crowd: the clients `first`, `first + step` and so on.
class Group {
  public:
    Group(const Crowd& crowd, int first, int step, std::uint16_t port,
          const atomos::AtomicBoolean& stop)
        : crowd_(crowd), next_(first), step_(step), port_(port), stop_(stop) {}

    Tally run() {
        auto last_news = steady_clock::now();
        while (more_to_open() || !visitors_.empty()) {
            open_some();
            const auto news = epoll_.wait(more_to_open() ? 0 : 100);
            for (const Epoll::Ready& ready : news) {
                receive(static_cast<int>(ready.key));
            }
            const auto now = steady_clock::now();
            if (!news.empty()) {
                last_news = now;
            } else if (now - last_news > patience) {
                give_up();
            }
        }
        return std::move(tally_);
    }

  private:
    [[nodiscard]] bool more_to_open() const { return next_ < crowd_.connections && !stop_.get(); }

    void open_some() {
        for (int i = 0; i < opened_at_once && more_to_open(); ++i, next_ += step_) {
            auto visitor =
                std::make_unique<Visitor>(next_, script_of(crowd_, next_),
                                          LineSocket{connect_to_loopback(port_)}, tally_, stop_);
            epoll_.add(visitor->fd(), static_cast<std::uint64_t>(next_));
            visitors_.emplace(next_, std::move(visitor));
        }
    }

    void receive(int number) {
        const auto found = visitors_.find(number);
        found->second->receive();
        if (found->second->gone()) {
            visitors_.erase(found);
            tally_.closed += 1;
        }
    }

    void give_up() {
        tally_.complaints.push_back(
            fmt::format("no news for {} s, {} clients given up, among them {}", patience.count(),
                        visitors_.size(), visitors_.begin()->second->describe()));
        visitors_.clear();
        next_ = crowd_.connections;
    }

    const Crowd& crowd_;
    int next_;
    const int step_;
    const std::uint16_t port_;
    const atomos::AtomicBoolean& stop_;
    Tally tally_;
    Epoll epoll_;
    std::unordered_map<int, std::unique_ptr<Visitor>> visitors_;
};

}  // namespace

Script script_of(const Crowd& crowd, int number) {
    std::seed_seq seed{crowd.seed, static_cast<std::uint64_t>(number)};
    std::mt19937 random{seed};
    const auto below = [&](std::size_t end) { return random() % end; };
    const std::size_t room = below(static_cast<std::size_t>(crowd.rooms));
    const std::string wing = room < rooms.size() ? "" : fmt::format("-{}", room / rooms.size() + 1);
    return {
        .name = names[below(names.size())],
        .room = rooms[room % rooms.size()] + wing,
        .messages = 1 + static_cast<int>(below(static_cast<std::size_t>(2 * crowd.messages - 1)))};
}

std::int64_t messages_of(const Crowd& crowd) {
    std::int64_t sum = 0;
    for (int number = 0; number < crowd.connections; ++number) {
        sum += script_of(crowd, number).messages;
    }
    return sum;
}

void Tally::add(const Tally& other) {
    opened += other.opened;
    joins += other.joins;
    refusals += other.refusals;
    sent += other.sent;
    echoes += other.echoes;
    heard += other.heard;
    rosters_asked += other.rosters_asked;
    rosters_right += other.rosters_right;
    leaves += other.leaves;
    closed += other.closed;
    misses += other.misses;
    complaints.insert(complaints.end(), other.complaints.begin(), other.complaints.end());
}

Tally visit(const Crowd& crowd, std::uint16_t port, const atomos::AtomicBoolean& stop) {
    std::vector<std::future<Tally>> groups;
    groups.reserve(static_cast<std::size_t>(crowd.threads));
    for (int first = 0; first < crowd.threads; ++first) {
        groups.push_back(std::async(std::launch::async, [&, first] {
            return Group{crowd, first, crowd.threads, port, stop}.run();
        }));
    }
    Tally sum;
    for (std::future<Tally>& group : groups) {
        sum.add(group.get());
    }
    return sum;
}

}  // namespace tour
