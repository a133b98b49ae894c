/// \file
/// The header of a region.

#include "process/format.hpp"

#include <algorithm>
#include <array>
#include <atomos/errors.hpp>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>

#include "process/failure.hpp"

namespace atomos::process {
namespace {

constexpr std::size_t checked_bytes = offsetof(RegionFacts, crc);

/// CRC-32 as of ISO 3309, bit by bit: it is taken of one short header each time a region is opened.
std::uint32_t crc32(std::span<const std::byte> bytes) noexcept {
    std::uint32_t crc = ~0U;
    for (const std::byte byte : bytes) {
        crc ^= static_cast<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

std::uint32_t crc_of(const RegionFacts& header) noexcept {
    return crc32(std::as_bytes(std::span(&header, 1)).first(checked_bytes));
}

Index units_of(std::size_t bytes) noexcept { return static_cast<Index>(bytes / unit); }

std::size_t whole_pages(std::size_t bytes) noexcept { return (bytes + page - 1) / page * page; }

std::size_t names_at(unsigned participants) noexcept {
    return page + whole_pages(participants * sizeof(ParticipantLine));
}

std::size_t spans_at(unsigned participants) noexcept { return names_at(participants) + page; }

[[noreturn]] void refuse(const std::string& name, const std::string& field, const std::string& met,
                         const std::string& allowed) {
    throw std::invalid_argument(about(name) + "option " + field + " is " + met + "; " + allowed +
                                " is allowed; nothing was changed");
}

std::array<std::uint64_t, 2> this_boot(const std::string& name) {
    std::array<std::uint64_t, 2> identity{};
    if (const int e = platform::boot_identity(identity)) {
        fail(name, "reading the machine's boot identity (under /proc/sys/kernel/random)", e);
    }
    return identity;
}

struct Unmapped {
    std::size_t size;
    void operator()(std::byte* base) const noexcept { platform::unmap(base, size); }
};

}  // namespace

void check_options(const std::string& name, const RegionOptions& options) {
    constexpr std::size_t most = std::size_t{index_limit} * unit;
    if (options.participants < 1 || options.participants > most_participants) {
        refuse(name, "participants", std::to_string(options.participants),
               "1 to " + std::to_string(most_participants));
    }
    const std::size_t least = spans_at(options.participants) + page;
    if (options.limit < least || options.limit > most) {
        refuse(name, "limit", std::to_string(options.limit),
               std::to_string(least) + " to " + std::to_string(most) + " bytes");
    }
    if (options.bytes < least || options.bytes > options.limit) {
        refuse(
            name, "bytes", std::to_string(options.bytes),
            std::to_string(least) + " to limit, which is " + std::to_string(options.limit) + ",");
    }
    if ((options.mode & ~0777U) != 0 || (options.mode & 0600U) != 0600U) {
        refuse(name, "mode", std::to_string(options.mode),
               "permission bits, with 0600 among them,");
    }
    if (options.read_only) refuse(name, "read_only", "true", "false, when a region is made,");
}

void format(const std::string& name, const platform::File& file, const RegionOptions& options) {
    const std::size_t bytes = whole_pages(options.bytes);
    if (const int e = platform::extend(file.descriptor(), bytes)) {
        fail(name, "reserving " + std::to_string(bytes) + " bytes", e);
    }
    const std::size_t fixed = spans_at(options.participants);
    std::byte* base = nullptr;
    if (const int e = platform::map(file.descriptor(), fixed, false, base)) {
        fail(name, "mapping " + std::to_string(fixed) + " bytes", e);
    }
    const std::unique_ptr<std::byte, Unmapped> mapped(base, Unmapped{fixed});

    RegionFacts& header = reinterpret_cast<RegionHeader*>(base)->facts;
    header.magic = magic;
    header.format = format_version;
    header.abi = abi;
    if (const int e = platform::random_bytes(std::as_writable_bytes(std::span(header.uuid)))) {
        fail(name, "drawing a random identity", e);
    }
    header.boot = this_boot(name);
    header.participants = options.participants;
    header.names = units_of(names_at(options.participants));
    header.spans = units_of(fixed);
    header.limit = units_of(std::min(whole_pages(options.limit), std::size_t{index_limit} * unit));
    header.crc = crc_of(header);
}

RegionFacts check_format(const std::string& name, int descriptor, const RegionOptions& options) {
    platform::Facts facts{};
    if (const int e = platform::look_at(descriptor, facts)) fail(name, "looking at its file", e);
    if (!facts.regular) {
        throw Mismatch(about(name) + "its file is not a regular file; a region's is");
    }
    const unsigned owner = options.owner.value_or(platform::user_id());
    if (facts.owner != owner) {
        throw PermissionDenied(about(name) + "its owner is user " + std::to_string(facts.owner) +
                               "; user " + std::to_string(owner) +
                               " is allowed (RegionOptions::owner)");
    }
    if (facts.size < page) {
        throw Damaged(about(name) + "its size is " + std::to_string(facts.size) +
                      " bytes; at least " + std::to_string(page) +
                      " are needed: it is truncated, or no region");
    }

    RegionFacts header{};
    const auto bytes = std::as_writable_bytes(std::span(&header, 1));
    if (const int e = platform::read_at_start(descriptor, bytes))
        fail(name, "reading its header", e);

    if (header.magic != magic) {
        throw Mismatch(about(name) + "field magic: its file does not begin as a region's does");
    }
    if (header.format != format_version) {
        throw Mismatch(about(name) + "field format is " + std::to_string(header.format) + "; " +
                       std::to_string(format_version) + " is what this version of atomos reads");
    }
    if (header.abi != abi) {
        throw Mismatch(about(name) + "field abi is " + std::to_string(header.abi) + "; " +
                       std::to_string(abi) + " is this machine's (byte order and line size)");
    }
    if (header.crc != crc_of(header)) {
        throw Damaged(about(name) + "field crc is " + std::to_string(header.crc) + "; " +
                      std::to_string(crc_of(header)) + " is that of the header");
    }
    if (header.boot != this_boot(name)) {
        throw Damaged(
            about(name) +
            "field boot is that of an earlier start of this machine, when it may have been "
            "cut off in the middle of a write; remove it");
    }
    const bool sound = header.participants >= 1 && header.participants <= most_participants &&
                       header.names == units_of(names_at(header.participants)) &&
                       header.spans == units_of(spans_at(header.participants)) &&
                       header.spans < header.limit && header.limit <= index_limit;
    if (!sound) {
        throw Damaged(about(name) + "its header says that names, spans and limit stand at " +
                      std::to_string(header.names) + ", " + std::to_string(header.spans) + " and " +
                      std::to_string(header.limit) + ", for " +
                      std::to_string(header.participants) + " participants; that cannot be");
    }
    if (facts.size < std::size_t{header.spans} * unit) {
        throw Damaged(about(name) + "its size is " + std::to_string(facts.size) +
                      " bytes; at least " + std::to_string(std::size_t{header.spans} * unit) +
                      " are needed: it is truncated");
    }
    return header;
}

}  // namespace atomos::process
