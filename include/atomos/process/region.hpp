/// \file
/// Region: a named piece of shared memory, and the variables in it.
#pragma once

#include <atomos/errors.hpp>
#include <atomos/process/layout.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atomos::process {

class Memory;

/// How a region is made, and how it is opened.
struct RegionOptions {
    /// Its size at first, in bytes. It grows as it is needed ...
    std::size_t bytes = std::size_t{1} << 20U;
    /// ... up to this: address space, not memory. At most 4 GiB.
    std::size_t limit = std::size_t{1} << 30U;
    /// How many processes may write at the same time: 1 to 4094.
    unsigned participants = 64;
    /// The permissions of its file.
    unsigned mode = 0600;
    /// Only look. Nothing is stored, and no participant is taken; waiting polls every 10 ms.
    bool read_only = false;
    /// The user whose region it may be; left out: only one's own.
    std::optional<unsigned> owner = std::nullopt;
};

/// What a region knows of a variable.
struct Variable {
    std::string name;
    std::string type;
    Kind kind;
    std::size_t size;       ///< of the value that stands, in bytes
    std::uint64_t version;  ///< of references and atoms; numbers have none: 0
    Index cell;
    std::string damage;  ///< why its value cannot be read; empty: it can
};

/// What a region knows of a process that writes, or did.
struct Participant {
    unsigned number;
    int pid;  ///< in its own pid namespace
    bool alive;
    std::uint64_t joined;  ///< how often somebody joined under this number
    std::size_t bytes;     ///< of the spans that it owns
};

/// What the dead had left, and is adopted now.
struct Recovered {
    unsigned participants;  ///< dead ones that had left something
    std::size_t bytes;      ///< of spans that were adopted
};

/// Where the space of a region is. Taken piece by piece: exact while nobody writes.
struct Space {
    std::size_t bytes;      ///< of the region
    std::size_t fixed;      ///< header, participants, first names
    std::size_t live;       ///< blocks that stand: values, entries, names
    std::size_t owned;      ///< blocks of living participants that do not stand
    std::size_t left;       ///< blocks of dead participants that do not stand
    std::size_t unowned;    ///< spans that were given up: nobody's, and nothing stands in them
    std::size_t untouched;  ///< beyond the last span
};

/// A value as its bytes, for programs that do not know its type.
struct RawValue {
    std::vector<std::byte> bytes;
    std::uint64_t version;
};

/// A named piece of shared memory, in which variables live by name.
///
///     auto region = atomos::process::Region::open_or_create("shop");
///     atomos::process::AtomicLong orders{region, "orders", 0};       // opened, or made
///     orders.increment_and_get();
///
/// A handle: copies stand for the same region, and variables keep it mapped by themselves. Any process
/// may be killed at any instruction: what it had committed stands, what it had not never was. What it
/// owned is adopted by whoever joins next, or is short of space.
///
/// Region names are 1 to 100 letters, digits, '.', '_' and '-', and do not begin with a dot. The file is
/// atomos-NAME in the folder that ATOMOS_REGIONS names, or in /dev/shm. It is complete before it has a
/// name, so nobody sees half a region.
///
/// Not for secrets between users: who may write can spoil every value. He cannot make another process
/// read or write outside the region.
///
/// Errors     std::invalid_argument: a name or an option. NotFound, AlreadyExists, PermissionDenied,
///            Mismatch (no region, another format), Damaged (truncated, corrupt), Full, Unavailable.
///            Each names the region, what was met and what is allowed. Nothing is half done.
class Region {
  public:
    /// Another handle of a region that is open: of what memory() returned.
    explicit Region(std::shared_ptr<Memory> memory) : memory_(std::move(memory)) {}

    /// Makes a region. Errors: AlreadyExists.
    static Region create(std::string_view name, const RegionOptions& options = {});
    /// Opens a region that exists; of the options, read_only and owner count. Errors: NotFound.
    static Region open(std::string_view name, const RegionOptions& options = {});
    /// Opens a region, or makes it.
    static Region open_or_create(std::string_view name, const RegionOptions& options = {});
    /// Makes a region without a name: for forked children, and to pass descriptor() on. Nobody can
    /// shrink it.
    static Region anonymous(const RegionOptions& options = {});
    /// Opens the region behind a descriptor, of which it keeps a duplicate.
    static Region from_descriptor(int descriptor, const RegionOptions& options = {});
    /// Removes the name; who has it open keeps the memory. False: there was none.
    static bool remove(std::string_view name, const RegionOptions& options = {});
    /// The names of the regions that there are, sorted.
    static std::vector<std::string> list();

    const std::string& name() const noexcept;
    int descriptor() const noexcept;
    bool read_only() const noexcept;
    /// Its size now.
    std::size_t bytes() const;

    /// What there is. A damaged value is reported as such, and does not hide the others.
    std::vector<Variable> variables() const;
    std::optional<Variable> find(std::string_view name) const;
    std::vector<Participant> participants() const;
    Space space() const;
    /// The value of a variable as bytes. Errors: Damaged.
    RawValue raw(const Variable& variable) const;

    /// Adopts what dead participants left. Needs no participant to have died; nobody waits for it.
    ///
    /// Errors   PermissionDenied: opened for reading only. Damaged. Full: no participant is free.
    Recovered recover();

    const std::shared_ptr<Memory>& memory() const noexcept { return memory_; }

  private:
    std::shared_ptr<Memory> memory_;
};

/// What a variable is, as both sides of a region have to agree on it.
struct Type {
    Kind kind;
    std::string_view name;
    std::uint64_t size;  ///< 0: it varies
    std::uint32_t align;
};

/// Whether a name may be in use, or cannot be: then nobody is asked for it, and a variable of that name is
/// made even if there is one.
enum class Name : std::uint8_t { any, unused };

/// Finds a variable's cell, or makes it with an initial value: a number's word, or encoded bytes.
///
/// Cost     Grows with the number of variables: some 80 ns for each, or 1 ns if the name is unused.
/// Errors   std::invalid_argument: the name. Mismatch: it is of another type. NotFound: it is not there
///          and the region is open for reading only. Full. Damaged.
Index find_or_make(Memory& memory, std::string_view name, const Type& type,
                   const std::function<std::uint64_t()>& word,
                   const std::function<std::vector<std::byte>()>& bytes, Name kind = Name::any);

/// Where an array's elements stand, which are so many bytes. Errors: Damaged.
void* array_words(Memory& memory, Index cell, std::size_t bytes);

/// What guards encoded bytes. Not against an adversary.
std::uint64_t checksum(std::span<const std::byte> bytes) noexcept;

}  // namespace atomos::process
