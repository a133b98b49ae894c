/// \file
/// Where a test keeps its regions: a fresh directory of its own, gone when the test is over.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace regions {

using Bytes = std::vector<char>;

/// While it lives, regions are looked for in it, by this process and by what it forks.
class Place {
  public:
    Place() {
        const bool in_memory = access("/dev/shm", W_OK) == 0;
        std::string made = in_memory ? "/dev/shm" : std::filesystem::temp_directory_path().string();
        made += "/test-regions-XXXXXX";
        if (mkdtemp(made.data()) == nullptr) throw std::runtime_error("no directory: " + made);
        path_ = made;
        enter();
    }
    ~Place() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    void enter() const { setenv("ATOMOS_REGIONS", path_.c_str(), 1); }
    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path file(const std::string& region) const {
        return path_ / ("atomos-" + region);
    }

    Bytes bytes(const std::string& region) const {
        std::ifstream in(file(region), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    /// Another file, with these bytes, stands under the name from now on.
    void put(const std::string& region, const Bytes& bytes) const {
        std::filesystem::remove(file(region));
        std::ofstream(file(region), std::ios::binary)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        std::filesystem::permissions(
            file(region), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }

  private:
    std::filesystem::path path_;
};

/// A test with a place.
class WithPlace : public testing::Test {
  protected:
    const Place place;
};

/// How many descriptors this process has.
inline std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// How many mappings this process has of files that regions have.
inline std::size_t mapped_regions() {
    std::ifstream maps("/proc/self/maps");
    std::size_t found = 0;
    for (std::string line; std::getline(maps, line);) {
        found += line.find("/dev/shm") != std::string::npos ||
                 line.find("memfd:atomos") != std::string::npos ||
                 line.find("test-regions") != std::string::npos;
    }
    return found;
}

/// How many threads this process has.
inline std::size_t threads() {
    const std::filesystem::directory_iterator all("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace regions
