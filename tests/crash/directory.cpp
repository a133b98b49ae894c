#include "crash/directory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>
#include <system_error>
#include <utility>

namespace crash {
namespace {

constexpr std::size_t page = 4096;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::system_category(), what);
}

bool is_zero(const std::byte* bytes, std::size_t size) {
    return std::all_of(bytes, bytes + size, [](std::byte b) { return b == std::byte{}; });
}

void write_file(const std::filesystem::path& path, const File& file) {
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) fail(path);
    const std::size_t size = file.bytes.size();
    if (ftruncate(descriptor, static_cast<off_t>(size)) != 0) fail(path);
    for (std::size_t at = 0; at < size; at += page) {
        const std::size_t part = std::min(page, size - at);
        if (is_zero(file.bytes.data() + at, part)) continue;
        if (pwrite(descriptor, file.bytes.data() + at, part, static_cast<off_t>(at)) < 0)
            fail(path);
    }
    if (fchmod(descriptor, file.mode) != 0) fail(path);
    close(descriptor);
}

}  // namespace

Directory::Directory() {
    std::string name = "test-regions-XXXXXX";
    const auto place = access("/dev/shm", W_OK) == 0 ? std::filesystem::path("/dev/shm")
                                                     : std::filesystem::temp_directory_path();
    name = place / name;
    if (mkdtemp(name.data()) == nullptr) fail(name);
    path_ = name;
}

Directory::~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void Directory::enter() const {
    if (setenv("ATOMOS_REGIONS", path_.c_str(), 1) != 0) fail("setenv");
}

void Directory::hold(const Files& files) const {
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
        std::filesystem::remove(entry.path());
    }
    for (const auto& [name, file] : files) write_file(path_ / name, file);
}

Footprint::Footprint(std::filesystem::path directory)
    : directory_(std::move(directory)),
      descriptor_(open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail(directory_);
    look();
}

Footprint::~Footprint() {
    while (!mappings_.empty()) forget(std::string(mappings_.begin()->first));
    close(descriptor_);
}

bool Footprint::look() {
    std::set<std::string> gone;
    for (const auto& [name, file] : files_) gone.insert(name);
    bool changed = false;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
        const std::string name = entry.path().filename();
        gone.erase(name);
        changed |= look_at(name);
    }
    for (const std::string& name : gone) {
        forget(name);
        files_.erase(name);
        changed = true;
    }
    return changed;
}

bool Footprint::look_at_bytes() {
    bool changed = false;
    for (const auto& [name, mapping] : mappings_) changed |= take_over(mapping, files_[name]);
    return changed;
}

bool Footprint::look_at(const std::string& name) {
    struct stat now{};
    if (fstatat(descriptor_, name.c_str(), &now, AT_SYMLINK_NOFOLLOW) != 0) fail(name);
    const auto size = static_cast<std::size_t>(now.st_size);
    Mapping& mapping = mappings_[name];
    File& file = files_[name];
    bool changed = false;
    if (mapping.descriptor < 0 || mapping.inode != now.st_ino || mapping.size != size) {
        forget(name);
        Mapping& fresh = mappings_[name];
        fresh.descriptor = openat(descriptor_, name.c_str(), O_RDONLY | O_CLOEXEC);
        if (fresh.descriptor < 0) fail(name);
        fresh.inode = now.st_ino;
        fresh.size = size;
        if (size != 0) {
            void* const memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, fresh.descriptor, 0);
            if (memory == MAP_FAILED) fail(name);
            fresh.memory = static_cast<const std::byte*>(memory);
        }
        file.bytes.resize(size);
        changed = true;
    }
    changed |= std::exchange(file.mode, now.st_mode & 0777U) != (now.st_mode & 0777U);
    changed |= take_over(mappings_[name], file);
    return changed;
}

void Footprint::forget(const std::string& name) {
    const auto at = mappings_.find(name);
    if (at == mappings_.end()) return;
    const Mapping& mapping = at->second;
    if (mapping.memory != nullptr) {
        munmap(const_cast<std::byte*>(mapping.memory), mapping.size);  // NOLINT: munmap's signature
    }
    if (mapping.descriptor >= 0) close(mapping.descriptor);
    mappings_.erase(at);
}

/// Reads only where the file has data: looking into a hole would fill it.
bool Footprint::take_over(const Mapping& from, File& to) {
    bool changed = false;
    const auto size = static_cast<off_t>(from.size);
    for (off_t begin = 0; begin < size;) {
        begin = lseek(from.descriptor, begin, SEEK_DATA);
        if (begin < 0) break;
        const off_t end = lseek(from.descriptor, begin, SEEK_HOLE);
        if (end <= begin) break;
        const auto at = static_cast<std::size_t>(begin);
        const auto length = static_cast<std::size_t>(end - begin);
        if (std::memcmp(to.bytes.data() + at, from.memory + at, length) != 0) {
            std::memcpy(to.bytes.data() + at, from.memory + at, length);
            changed = true;
        }
        begin = end;
    }
    return changed;
}

}  // namespace crash
