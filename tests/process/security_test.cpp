/// \file
/// What others may do to a region, and what they cannot do to whoever uses it.
#include <sys/stat.h>
#include <unistd.h>

#include <atomos/process.hpp>
#include <string>
#include <vector>

#include "hazards/child.hpp"
#include "process/header.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"

namespace {

using atomos::process::AtomicBoolean;
using atomos::process::AtomicLong;
using atomos::process::NamePage;
using atomos::process::Region;
using hazards::ended_well;
using regions::refused;

unsigned mode_of(const std::filesystem::path& file) {
    struct stat found{};
    EXPECT_EQ(lstat(file.c_str(), &found), 0);
    return found.st_mode & 07777U;
}

class SecurityTest : public regions::WithPlace {};

TEST_F(SecurityTest, a_region_is_its_users_alone_unless_another_mode_is_asked_for) {
    const mode_t before = umask(0);
    Region::create("private");
    umask(077);
    Region::create("public", {.mode = 0644});
    Region::open_or_create("opened");
    umask(before);

    EXPECT_EQ(mode_of(place.file("private")), 0600U);
    EXPECT_EQ(mode_of(place.file("opened")), 0600U);
    EXPECT_EQ(mode_of(place.file("public")), 0644U);
}

TEST_F(SecurityTest, a_link_at_a_regions_name_is_neither_followed_nor_replaced) {
    const auto target = place.path() / "precious";
    std::ofstream(target) << "precious";
    std::filesystem::create_symlink(target, place.file("r"));
    std::filesystem::create_symlink(place.path() / "nowhere", place.file("s"));

    for (const std::string name : {"r", "s"}) {
        EXPECT_THROW(Region::create(name), atomos::AlreadyExists);
        EXPECT_THROW(Region::open(name), atomos::PermissionDenied);
        EXPECT_THROW(Region::open_or_create(name), atomos::PermissionDenied);
        EXPECT_THROW(Region::remove(name), atomos::Error);
        EXPECT_TRUE(std::filesystem::is_symlink(place.file(name)));
    }

    EXPECT_EQ(std::filesystem::file_size(target), 8U);
    EXPECT_FALSE(std::filesystem::exists(place.path() / "nowhere"));
}

TEST_F(SecurityTest, another_name_of_a_region_is_the_same_region_and_removing_it_keeps_the_other) {
    auto region = Region::create("r");
    AtomicLong{region, "n", 1};
    std::filesystem::create_hard_link(place.file("r"), place.file("s"));

    auto same = Region::open("s");
    AtomicLong(same, "n", 0).increment_and_get();
    Region::remove("s");

    EXPECT_EQ(AtomicLong(region, "n", 0).get(), 2);
    EXPECT_EQ(Region::list(), std::vector<std::string>{"r"});
}

TEST_F(SecurityTest, nothing_outside_the_folder_is_reached_by_a_name) {
    const regions::Place other;
    place.enter();
    std::filesystem::create_directory(place.path() / "atomos-a");
    const std::string up = "../" + other.path().filename().string();

    for (const std::string& name : {up, std::string("a/../../x"), std::string("a/b"),
                                    std::string(".."), std::string("/etc/passwd")}) {
        EXPECT_THROW(Region::create(name), std::invalid_argument);
        EXPECT_THROW(Region::open(name), std::invalid_argument);
        EXPECT_THROW(Region::remove(name), std::invalid_argument);
    }

    EXPECT_TRUE(std::filesystem::is_empty(other.path()));
    EXPECT_TRUE(std::filesystem::is_empty(place.path() / "atomos-a"));
}

TEST_F(SecurityTest, pages_of_names_in_a_circle_are_damage_and_no_endless_loop) {
    auto region = Region::create("r");
    for (std::size_t i = 0; i <= NamePage::places; ++i) {
        AtomicLong(region, "n" + std::to_string(i), 1);
    }
    auto& first = *region.memory()->at<NamePage>(region.memory()->names());
    const auto block = atomos::process::unchecked(first.next.load(std::memory_order_relaxed));
    auto& second =
        *reinterpret_cast<NamePage*>(region.memory()->at<atomos::process::Block>(block)->words);
    for (std::size_t i = 0; i < NamePage::places; ++i) {
        second.entries[i].store(first.entries[i].load(std::memory_order_relaxed),
                                std::memory_order_relaxed);
    }
    second.next.store(first.next.load(std::memory_order_relaxed), std::memory_order_relaxed);

    EXPECT_TRUE(ended_well(hazards::status_of_child([&] {
        const auto is_damaged = [](auto use) {
            return bool(refused<atomos::Damaged>(use, {"\"r\"", "names"}));
        };
        if (!is_damaged([] { Region::open("r"); })) return 1;
        if (!is_damaged([&] { static_cast<void>(region.variables()); })) return 2;
        if (!is_damaged([&] { AtomicLong(region, "none", 1); })) return 3;
        return is_damaged([&] { static_cast<void>(region.space()); }) ? 0 : 4;
    })));
}

TEST_F(SecurityTest, a_boolean_that_is_neither_is_true_and_can_be_changed) {
    auto region = Region::anonymous();
    AtomicBoolean flag{region, "flag", false};
    auto* const byte =
        region.memory()->at<unsigned char>(0) + regions::line_of(region.variables().at(0));

    *byte = 0x42;
    EXPECT_TRUE(flag.get());
    EXPECT_TRUE(flag.compare_and_set(true, false));
    *byte = 0x42;
    EXPECT_FALSE(flag.compare_and_set(false, true));
    EXPECT_TRUE(flag.get_and_toggle());
    EXPECT_FALSE(flag.get());
}

}  // namespace
