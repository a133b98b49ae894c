/// \file
/// Making, opening, removing and listing regions.

#include <algorithm>
#include <atomos/process/memory.hpp>
#include <atomos/process/region.hpp>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "platform/system.hpp"
#include "process/arena.hpp"
#include "process/failure.hpp"
#include "process/format.hpp"

namespace atomos::process {
namespace {

constexpr std::size_t longest_name = 100;
constexpr const char* prefix = "atomos-";

std::string folder() {
    const std::string named = platform::environment("ATOMOS_REGIONS");
    return named.empty() ? "/dev/shm" : named;
}

bool is_name(std::string_view name) noexcept {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= longest_name && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), allowed);
}

std::string path_of(std::string_view name) {
    if (!is_name(name)) {
        throw std::invalid_argument(about(name) + "its name has " + std::to_string(name.size()) +
                                    " characters; 1 to " + std::to_string(longest_name) +
                                    " letters, digits, '.', '_' and '-' are allowed, and no dot "
                                    "in front; nothing was changed");
    }
    return folder() + "/" + prefix + std::string(name);
}

std::shared_ptr<Memory> mapped(const std::string& name, platform::File file,
                               const RegionOptions& options) {
    const RegionFacts header = check_format(name, file.descriptor(), options);
    return std::make_shared<Memory>(name, std::move(file), options.read_only, header);
}

/// Makes a region without a name.
platform::File made(const std::string& name, const RegionOptions& options) {
    platform::File file;
    if (const int e = platform::make_unnamed(folder(), options.mode, file)) {
        if (e == ENOENT) {
            throw Unavailable(about(name) + "there is no folder " + folder() +
                              " (ATOMOS_REGIONS names another); nothing was changed");
        }
        fail(name, "making a file in " + folder(), e);
    }
    format(name, file, options);
    return file;
}

/// Makes a region under a name. Returns errno's value if it cannot get the name: EEXIST.
int create_as(const std::string& name, const std::string& path, const RegionOptions& options,
              std::shared_ptr<Memory>& memory) {
    check_options(name, options);
    platform::File file = made(name, options);
    platform::File named;
    if (const int e = platform::duplicate(file.descriptor(), named)) return e;
    memory = mapped(name, std::move(file), options);
    return platform::give_name(named, path);
}

}  // namespace

Region Region::create(std::string_view name, const RegionOptions& options) {
    const std::string text(name);
    const std::string path = path_of(name);
    std::shared_ptr<Memory> memory;
    if (const int e = create_as(text, path, options, memory)) fail(text, "creating it", e);
    return Region(std::move(memory));
}

Region Region::open(std::string_view name, const RegionOptions& options) {
    const std::string text(name);
    platform::File file;
    if (const int e = platform::open_existing(path_of(name), options.read_only, file)) {
        fail(text, "opening it", e);
    }
    return Region(mapped(text, std::move(file), options));
}

Region Region::open_or_create(std::string_view name, const RegionOptions& options) {
    const std::string text(name);
    const std::string path = path_of(name);
    for (;;) {
        platform::File file;
        const int opened = platform::open_existing(path, options.read_only, file);
        if (opened == 0) return Region(mapped(text, std::move(file), options));
        if (opened != ENOENT) fail(text, "opening it", opened);
        std::shared_ptr<Memory> memory;
        const int created = create_as(text, path, options, memory);
        if (created == 0) return Region(std::move(memory));
        if (created != EEXIST) fail(text, "creating it", created);
    }
}

Region Region::anonymous(const RegionOptions& options) {
    const std::string name = "(anonymous)";
    check_options(name, options);
    platform::File file;
    if (const int e = platform::make_anonymous("atomos", file)) fail(name, "making its memory", e);
    format(name, file, options);
    return Region(mapped(name, std::move(file), options));
}

Region Region::from_descriptor(int descriptor, const RegionOptions& options) {
    const std::string name = "(descriptor " + std::to_string(descriptor) + ")";
    platform::File file;
    if (const int e = platform::duplicate(descriptor, file)) fail(name, "duplicating it", e);
    if (!options.read_only && !platform::is_writable(file.descriptor())) {
        throw PermissionDenied(about(name) +
                               "it may only be read; RegionOptions::read_only opens it so");
    }
    return Region(mapped(name, std::move(file), options));
}

bool Region::remove(std::string_view name, const RegionOptions& options) {
    const std::string text(name);
    const std::string path = path_of(name);
    platform::File file;
    const int found = platform::open_existing(path, true, file);
    if (found == ENOENT) return false;
    if (found == 0) {
        platform::Facts facts{};
        if (const int e = platform::look_at(file.descriptor(), facts)) fail(text, "removing it", e);
        const unsigned owner = options.owner.value_or(platform::user_id());
        if (facts.owner != owner) {
            throw PermissionDenied(about(text) + "its owner is user " +
                                   std::to_string(facts.owner) + "; user " + std::to_string(owner) +
                                   " is allowed; nothing was changed");
        }
    } else if (found != EACCES) {
        fail(text, "removing it", found);
    }
    const int e = platform::remove_name(path);
    if (e == ENOENT) return false;
    if (e != 0) fail(text, "removing it", e);
    return true;
}

std::vector<std::string> Region::list() {
    std::vector<std::string> names;
    const int e = platform::names_in(folder(), prefix, names);
    if (e != 0 && e != ENOENT) fail(folder(), "listing the regions there", e);
    std::erase_if(names, [](const std::string& name) { return !is_name(name); });
    std::sort(names.begin(), names.end());
    return names;
}

const std::string& Region::name() const noexcept { return memory_->name(); }
int Region::descriptor() const noexcept { return memory_->descriptor(); }
bool Region::read_only() const noexcept { return memory_->read_only(); }
std::size_t Region::bytes() const { return std::size_t{memory_->look_for_growth()} * unit; }

Recovered Region::recover() {
    if (!memory_->joined()) memory_->join();
    return memory_->arena().recover();
}

}  // namespace atomos::process
