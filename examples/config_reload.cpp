// A configuration that is read all the time and replaced whole now and then: readers never wait,
// never see half of a change, and may keep what they saw.

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <atomos/atomos.hpp>

#include "expect.hpp"

namespace {

struct Config {
    int revision;
    std::string host;
    std::string url;  // always made of host and revision
};

Config config_of(int revision) {
    const std::string host = "host-" + std::to_string(revision % 7);
    return {revision, host, "https://" + host + "/v" + std::to_string(revision)};
}

bool whole(const Config& config) { return config.url == config_of(config.revision).url; }

}  // namespace

int main() {
    using namespace std::chrono_literals;
    constexpr int readers = 2;
    constexpr int looks = 50'000;
    constexpr int last = -1;

    atomos::AtomicReference<Config> config{config_of(0)};
    const atomos::Snapshot<Config> first = config.get();
    atomos::AtomicLong torn{0};
    atomos::AtomicLong reloads_seen{0};
    atomos::AtomicInteger reading{readers};
    {
        std::vector<std::jthread> threads;
        for (int reader = 0; reader < readers; ++reader) {
            threads.emplace_back([&] {
                for (int look = 0; look < looks; ++look) {
                    torn.add_and_get(config.read(whole) ? 0 : 1);  // the cheapest look
                    const atomos::Snapshot<Config> kept = config.get();
                    torn.add_and_get(whole(*kept) ? 0 : 1);
                }
                reading.decrement_and_get();
            });
        }
        threads.emplace_back([&] {
            for (auto seen = first; seen->revision != last; seen = config.wait(seen)) {
                reloads_seen.increment_and_get();
            }
        });
        for (int revision = 1; reading.get() != 0; ++revision) {
            config.set(config_of(revision));
        }
        config.set(config_of(last));
    }

    expect(torn.get() == 0, "no reader saw half of a change");
    expect(reloads_seen.get() >= 1, "the waiter came to the last configuration");
    expect(config.get()->revision == last, "the last configuration stands");
    expect(first->revision == 0 && whole(*first), "the first snapshot is as it was");

    expect(!config.wait_for(config.get(), 1ms),
           "without a change, waiting ends with its time limit");
    expect(config.wait_for(first, 1ms)->same_as(config.get()), "who is behind does not wait");
}
