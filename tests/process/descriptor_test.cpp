/// \file
/// Regions without a name: for children, and behind descriptors.
#include <fcntl.h>
#include <sys/mman.h>

#include <atomos/process.hpp>
#include <string>

#include "hazards/child.hpp"
#include "process/place.hpp"
#include "process/refused.hpp"

namespace {

using atomos::process::AtomicLong;
using atomos::process::Region;
using hazards::ended_well;
using hazards::status_of_child;
using regions::refused;

class DescriptorTest : public regions::WithPlace {};

TEST_F(DescriptorTest, an_anonymous_region_is_shared_with_children_and_has_no_name) {
    auto region = Region::anonymous();
    AtomicLong orders{region, "orders", 1};

    EXPECT_TRUE(ended_well(status_of_child([&] {
        orders.add_and_get(5);
        AtomicLong{region, "more", 9};
        return 0;
    })));

    EXPECT_EQ(orders.get(), 6);
    EXPECT_EQ(AtomicLong(region, "more", 0).get(), 9);
    EXPECT_EQ(Region::list().size(), 0U);
}

TEST_F(DescriptorTest, a_region_is_opened_by_a_descriptor_of_which_it_keeps_a_duplicate) {
    const int passed = dup(Region::anonymous().descriptor());
    auto opened = Region::from_descriptor(passed);
    close(passed);

    AtomicLong orders{opened, "orders", 1};

    EXPECT_NE(opened.descriptor(), passed);
    EXPECT_EQ(orders.increment_and_get(), 2);
}

TEST_F(DescriptorTest, a_named_region_is_the_same_by_its_descriptor) {
    auto region = Region::create("shop");
    AtomicLong orders{region, "orders", 1};

    auto opened = Region::from_descriptor(region.descriptor());
    AtomicLong(opened, "orders", 0).add_and_get(4);

    EXPECT_EQ(orders.get(), 5);
}

TEST_F(DescriptorTest, one_that_may_only_be_read_is_refused_unless_that_is_asked_for) {
    auto region = Region::create("shop");
    AtomicLong orders{region, "orders", 1};
    const int descriptor = open(place.file("shop").c_str(), O_RDONLY | O_CLOEXEC);

    EXPECT_TRUE(refused<atomos::PermissionDenied>([&] { Region::from_descriptor(descriptor); },
                                                  {"descriptor " + std::to_string(descriptor)}));
    auto opened = Region::from_descriptor(descriptor, {.read_only = true});
    close(descriptor);

    EXPECT_TRUE(opened.read_only());
    EXPECT_EQ(AtomicLong(opened, "orders", 0).get(), 1);
}

TEST_F(DescriptorTest, what_is_no_region_is_refused) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const int memory = memfd_create("empty", MFD_CLOEXEC);

    EXPECT_TRUE(refused<atomos::Unavailable>([] { Region::from_descriptor(-1); }, {"descriptor"}));
    EXPECT_THROW(Region::from_descriptor(ends[0]), atomos::Error);
    EXPECT_TRUE(refused<atomos::Mismatch>(
        [&] { Region::from_descriptor(ends[0], {.read_only = true}); }, {"regular file"}));
    EXPECT_TRUE(refused<atomos::Damaged>([&] { Region::from_descriptor(memory); }, {"0 bytes"}));

    close(ends[0]);
    close(ends[1]);
    close(memory);
}

TEST_F(DescriptorTest, nobody_can_shrink_an_anonymous_region) {
    auto region = Region::anonymous();

    EXPECT_EQ(ftruncate(region.descriptor(), 0), -1);
    EXPECT_EQ(errno, EPERM);
}

TEST_F(DescriptorTest, a_programs_exec_does_not_inherit_it) {
    auto region = Region::create("shop");
    AtomicLong{region, "orders", 1}.increment_and_get();

    for (int descriptor = 3; descriptor < 64; ++descriptor) {
        const int flags = fcntl(descriptor, F_GETFD);
        const auto link = "/proc/self/fd/" + std::to_string(descriptor);
        std::error_code none;
        const auto target = std::filesystem::read_symlink(link, none).string();
        if (flags < 0 || target.find("atomos-shop") == std::string::npos) continue;
        EXPECT_NE(flags & FD_CLOEXEC, 0) << descriptor;
    }
}

}  // namespace
