// The map against std::map: the same random changes, and every old version as it was.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "../expect.hpp"
#include "persistent_map.hpp"

namespace {

using Plain = std::map<int, std::string>;
using Persistent = tour::PersistentMap<int, std::string>;

bool equal(const Persistent& persistent, const Plain& plain) {
    Plain copy;
    bool ordered = true;
    persistent.for_each([&](int key, const std::string& value) {
        ordered = ordered && (copy.empty() || copy.rbegin()->first < key);
        copy.emplace(key, value);
    });
    return ordered && copy == plain && persistent.size() == plain.size();
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint32_t seed = argc > 1
                                   ? static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10))
                                   : std::random_device{}();
    std::printf("seed %u\n", seed);
    std::mt19937 random{seed};

    Plain plain;
    Persistent persistent;
    std::vector<std::pair<Plain, Persistent>> history;
    bool lookups_agree = true;
    for (int step = 0; step < 2'000; ++step) {
        const int key = static_cast<int>(random() % 300);
        if (random() % 3 == 0) {
            plain.erase(key);
            persistent = persistent.without(key);
        } else {
            plain[key] = std::to_string(step);
            persistent = persistent.with(key, std::to_string(step));
        }
        const int other = static_cast<int>(random() % 300);
        const auto found = plain.find(other);
        const std::string* value = persistent.find(other);
        lookups_agree =
            lookups_agree && (found == plain.end() ? value == nullptr : *value == found->second);
        if (step % 50 == 0) {
            history.emplace_back(plain, persistent);
        }
    }

    expect(lookups_agree, "it finds what a std::map finds");
    bool versions_agree = equal(persistent, plain);
    for (const auto& [plain_then, persistent_then] : history) {
        versions_agree = versions_agree && equal(persistent_then, plain_then);
    }
    expect(versions_agree, "every version has, in order, what it had when it was made");
}
