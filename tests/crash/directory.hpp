/// \file
/// Directories that hold region files, and the files as they stand at a moment.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace crash {

struct File {
    std::vector<std::byte> bytes;
    unsigned mode = 0600;
    bool operator==(const File&) const = default;
};

using Files = std::map<std::string, File>;

/// A fresh directory, removed with all that is in it.
class Directory {
  public:
    Directory();
    ~Directory();
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }

    /// Makes it the place where this process, and what it forks, looks for regions.
    void enter() const;

    /// Makes these its files; each is another file than before.
    void hold(const Files& files) const;

  private:
    std::filesystem::path path_;
};

/// The files of a directory: looked at after each instruction of who changes them, cheaply.
class Footprint {
  public:
    explicit Footprint(std::filesystem::path directory);
    ~Footprint();
    Footprint(const Footprint&) = delete;
    Footprint& operator=(const Footprint&) = delete;

    /// Looks again at names, sizes and bytes. True: something has changed since the last look.
    bool look();
    /// At bytes only: names and sizes change by system calls.
    bool look_at_bytes();

    const Files& files() const noexcept { return files_; }

  private:
    struct Mapping {
        int descriptor = -1;
        const std::byte* memory = nullptr;
        std::size_t size = 0;
        unsigned long inode = 0;
    };

    bool look_at(const std::string& name);
    void forget(const std::string& name);
    static bool take_over(const Mapping& from, File& to);

    std::filesystem::path directory_;
    int descriptor_;
    std::map<std::string, Mapping> mappings_;
    Files files_;
};

}  // namespace crash
