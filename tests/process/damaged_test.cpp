/// \file
/// A region's file with one byte changed, every byte in turn, and cut off at every page: what is read is
/// right or refused.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomos/process.hpp>
#include <cstring>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "crash/shared.hpp"
#include "hazards/child.hpp"
#include "hazards/sanitizers.hpp"
#include "process/header.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"
#include "process/values.hpp"
#include "support/seed.hpp"

namespace {

using atomos::process::Atom;
using atomos::process::AtomicBoolean;
using atomos::process::AtomicInteger;
using atomos::process::Region;
using regions::Bytes;
using regions::Point;
using regions::refused;
using Numbers = std::vector<int>;

/// Everything that a small region holds.
struct Content {
    explicit Content(const Region& in) : region(in) {}
    Region region;
    AtomicInteger number{region, "number", -1};
    AtomicBoolean flag{region, "flag", false};
    Atom<Point> point{region, "point", Point{}};
    Atom<std::string> text{region, "text", ""};
    Atom<Numbers> vector{region, "vector", Numbers{}};
};

const Point a_point{0x11223344, 0x55667788};
const std::string a_text = "a text of some length";
const Numbers a_vector{1, 2, 3};

/// The file of a region, as it was written and as it is damaged.
class DamagedTest : public regions::WithPlace {
  protected:
    void SetUp() override {
        auto region = Region::create("r", {.bytes = 1 << 14, .limit = 1 << 20, .participants = 1});
        Content content(region);
        content.number.set(77);
        content.flag.set(true);
        content.point.reset(a_point);
        content.text.reset(a_text);
        content.vector.reset(a_vector);
        sound = place.bytes("r");
        for (const auto& variable : region.variables()) {
            listed[variable.name] = variable;
            values[variable.name] = regions::value_of(sound, variable);
        }
    }

    /// Lets the file be damaged and put right in place.
    void map_file() {
        file = open(place.file("r").c_str(), O_RDWR | O_CLOEXEC);
        void* const at = mmap(nullptr, sound.size(), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        ASSERT_NE(at, MAP_FAILED);
        mapped = static_cast<char*>(at);
    }
    void restore() {
        ASSERT_EQ(ftruncate(file, static_cast<off_t>(sound.size())), 0);
        std::memcpy(mapped, sound.data(), sound.size());
    }

    /// Runs f, which may be refused. True: it was not.
    template <class F>
    static bool attempt(F f) {
        try {
            f();
            return true;
        } catch (const atomos::Error&) {
            return false;
        }
    }

    bool is_value_of(const char* name, std::size_t offset) const {
        return values.at(name).has(offset);
    }

    /// Looks at everything and writes everything, with the byte at `offset` changed by `flip`.
    void use(std::size_t offset, char flip);

    Bytes sound;
    std::map<std::string, atomos::process::Variable> listed;
    std::map<std::string, regions::Range> values;
    int file = -1;
    char* mapped = nullptr;
};

void DamagedTest::use(std::size_t offset, char flip) {
    const auto damaged_bits = [&](const char* name) {
        return std::uint64_t{static_cast<unsigned char>(flip)}
               << 8U * (offset - values.at(name).begin);
    };
    attempt([&] {
        auto region = Region::open("r");
        attempt([&] {
            for (const auto& variable : region.variables()) {
                const auto& was = listed.at(variable.name);
                EXPECT_EQ(std::tie(variable.type, variable.kind), std::tie(was.type, was.kind));
                if (!variable.damage.empty()) continue;
                EXPECT_EQ(std::tie(variable.size, variable.version),
                          std::tie(was.size, was.version));
                EXPECT_EQ(region.raw(variable).version, was.version);
            }
            EXPECT_EQ(region.variables().size(), listed.size());
        });
        attempt([&] { static_cast<void>(region.participants()); });
        attempt([&] { static_cast<void>(region.space()); });
        attempt([&] {
            AtomicInteger number{region, "number", -1};
            const auto bits = is_value_of("number", offset) ? damaged_bits("number") : 0;
            EXPECT_EQ(number.get(), 77 ^ static_cast<int>(bits));
            number.set(78);
            EXPECT_EQ(number.add_and_get(1), 79);
        });
        attempt([&] {
            AtomicBoolean flag{region, "flag", false};
            EXPECT_TRUE(flag.get() || is_value_of("flag", offset));
            const bool was = flag.get();
            EXPECT_EQ(flag.get_and_toggle(), was);
            EXPECT_EQ(flag.get(), !was);
        });
        attempt([&] {
            Atom<Point> point{region, "point", Point{}};
            const auto seen = point.deref();
            EXPECT_EQ(*seen == a_point, !is_value_of("point", offset));
            EXPECT_EQ(seen.version(), 2U);
            EXPECT_EQ(point.reset({1, 2}).version(), 3U);
            EXPECT_EQ(*point.deref(), (Point{1, 2}));
        });
        attempt([&] {
            Atom<std::string> text{region, "text", ""};
            EXPECT_EQ(*text.deref(), a_text);
            EXPECT_EQ(text.swap([](const std::string& t) { return t + '!'; }).version(), 3U);
            EXPECT_EQ(*text.deref(), a_text + '!');
        });
        attempt([&] {
            Atom<Numbers> vector{region, "vector", Numbers{}};
            EXPECT_EQ(*vector.deref(), a_vector);
            vector.reset(Numbers(100, 5));
            EXPECT_EQ(*vector.deref(), Numbers(100, 5));
            EXPECT_EQ(vector.version(), 3U);
        });
        attempt([&] { EXPECT_EQ(AtomicInteger(region, "new", 4).get(), 4); });
        attempt([&] { region.recover(); });
    });
}

TEST_F(DamagedTest, with_any_one_byte_changed_what_is_read_is_right_or_refused) {
    map_file();
    crash::Shared<std::size_t> reached;
    constexpr std::size_t batch = 4096;
    constexpr std::size_t step = hazards::thread_sanitizer || hazards::address_sanitizer ? 7 : 1;
    for (std::size_t from = 0; from < sound.size(); from += batch) {
        const int status = hazards::status_of_child([&] {
            for (std::size_t at = from; at < std::min(from + batch, sound.size()); at += step) {
                for (const int flip : {0xFF, 1 << (at % 8)}) {
                    if (flip == 0xFF && sound[at] == 0) continue;
                    *reached = at;
                    restore();
                    mapped[at] = static_cast<char>(mapped[at] ^ flip);
                    use(at, static_cast<char>(flip));
                    if (!HasFailure()) continue;
                    ADD_FAILURE() << "with byte " << at << " changed by " << flip;
                    return 1;
                }
            }
            return 0;
        });
        ASSERT_TRUE(hazards::ended_well(status)) << "at byte " << *reached;
    }
    close(file);
}

TEST_F(DamagedTest, whole_words_changed_at_random_are_right_or_refused_or_spoil_that_value) {
    map_file();
    auto random = atomos::testing::random_stream(1);
    const int status = hazards::status_of_child([&] {
        for (int round = 0; round < 2000; ++round) {
            restore();
            for (auto words = 1 + random() % 3; words != 0; --words) {
                const auto at = random() % (sound.size() / 8) * 8;
                const std::uint64_t word = random() % 2 == 0 ? random() : random() % 64;
                std::memcpy(mapped + at, &word, sizeof word);
            }
            attempt([&] {
                Content content(Region::open("r"));
                attempt([&] { static_cast<void>(content.region.variables()); });
                attempt([&] { static_cast<void>(content.point.deref()); });
                attempt([&] { static_cast<void>(content.text.deref()); });
                attempt([&] { content.number.increment_and_get(); });
                attempt([&] { content.point.swap([](Point p) { return Point{p.y, p.x}; }); });
                attempt([&] { content.text.reset("new"); });
                attempt([&] { content.vector.reset(Numbers(40, 4)); });
                attempt([&] { content.region.recover(); });
            });
        }
        return 0;
    });
    EXPECT_TRUE(hazards::ended_well(status));
    close(file);
}

TEST_F(DamagedTest, cut_off_at_any_page_it_is_refused_or_whole) {
    Bytes more = sound;
    more.resize(more.size() + 8192);
    std::size_t whole = 0;
    for (std::size_t page = 0; page <= more.size() / 4096; ++page) {
        for (const std::size_t size : {page * 4096 - (page != 0), page * 4096, page * 4096 + 1}) {
            place.put("r", Bytes(more.begin(),
                                 more.begin() + static_cast<long>(std::min(size, more.size()))));
            try {
                Content content(Region::open("r"));
                EXPECT_EQ(content.number.get(), 77);
                EXPECT_EQ(*content.text.deref(), a_text);
                EXPECT_EQ(*content.vector.deref(), a_vector);
                EXPECT_EQ(*content.point.deref(), a_point);
                ++whole;
            } catch (const atomos::Damaged& error) {
                EXPECT_NE(std::string(error.what()).find("\"r\""), std::string::npos);
                EXPECT_LT(size, sound.size());
            }
        }
    }
    EXPECT_GE(whole, 6U);
}

TEST_F(DamagedTest, cut_off_in_the_header_it_names_the_size_met_and_the_size_needed) {
    place.put("r", Bytes(sound.begin(), sound.begin() + 100));
    EXPECT_TRUE(refused<atomos::Damaged>([] { Region::open("r"); },
                                         {"\"r\"", "size is 100 bytes", "4096", "truncated"}));

    place.put("r", Bytes(sound.begin(), sound.begin() + 4096));
    EXPECT_TRUE(refused<atomos::Damaged>([] { Region::open("r"); },
                                         {"\"r\"", "size is 4096 bytes", "12288", "truncated"}));
}

TEST_F(DamagedTest, a_damaged_value_is_named_and_the_others_are_sound) {
    map_file();
    const Content open_before(Region::open("r"));
    mapped[values.at("text").begin] ^= 1;
    mapped[regions::line_of(listed.at("point")) + 7] ^= 1;
    auto region = Region::open("r");

    EXPECT_TRUE(refused<atomos::Damaged>([&] { Atom<std::string>(region, "text", ""); },
                                         {"\"r\"", "\"text\"", "checksum"}));
    EXPECT_TRUE(refused<atomos::Damaged>([&] { static_cast<void>(open_before.text.deref()); },
                                         {"\"r\"", "\"text\"", "checksum"}));
    EXPECT_TRUE(refused<atomos::Damaged>([&] { Atom<Point>(region, "point", Point{}); },
                                         {"\"r\"", "\"point\"", "block"}));
    EXPECT_TRUE(refused<atomos::Damaged>([&] { static_cast<void>(open_before.point.deref()); },
                                         {"\"r\"", "\"point\"", "block"}));
    EXPECT_NE(region.find("point")->damage.find("\"point\""), std::string::npos);
    EXPECT_NE(region.find("text")->damage.find("checksum"), std::string::npos);
    EXPECT_EQ(region.find("vector")->damage, "");
    EXPECT_EQ(region.variables().size(), listed.size());
    EXPECT_THROW(static_cast<void>(region.raw(*region.find("point"))), atomos::Damaged);
    EXPECT_EQ(AtomicInteger(region, "number", 0).get(), 77);
    EXPECT_EQ(*Atom<Numbers>(region, "vector", Numbers{}).deref(), a_vector);
    close(file);
}

TEST_F(DamagedTest, shrunk_while_it_is_open_it_is_refused_by_whoever_looks_at_its_size) {
    auto region = Region::open("r");
    ASSERT_EQ(truncate(place.file("r").c_str(), 8192), 0);

    EXPECT_TRUE(refused<atomos::Damaged>([&] { static_cast<void>(region.bytes()); },
                                         {"\"r\"", "8192 bytes", "shrunk"}));
}

}  // namespace
