/// \file
/// A small program that uses the whole library, to be built in unusual ways.
#include <atomos/atomos.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

int main() {
    atomos::Atom<std::string> atom{std::string(100, 'a')};
    atomos::AtomicLong heard{0};
    atom.add_watch("count", [&](const std::string&, auto&, const std::string&, const std::string&) {
        heard.increment_and_get();
    });
    atom.set_validator([](const std::string& value) { return value.size() < 100'000; });

    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 1000; ++k) {
                const auto kept = atom.deref();
                atom.swap([](std::string value) { return value += 'b'; });
                if (kept->size() >= atom.read([](const std::string& v) { return v.size(); }))
                    return;
            }
        });
    }
    for (auto& thread : threads) thread.join();

    bool refused = false;
    try {
        atom.reset(std::string(100'000, 'c'));
    } catch (const atomos::ValidationError&) {
        refused = true;
    }
    atomos::collect();
    return refused && heard.get() == 4000 && atom.deref()->size() == 4100 ? 0 : 1;
}
