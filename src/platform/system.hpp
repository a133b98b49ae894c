/// \file
/// What the process scope asks of an operating system. One source file a system, chosen by CMake.
///
/// Functions return errno's value where they can fail, and 0 where they did not.
#pragma once

#include <array>
#include <atomos/detail/atomic.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace atomos::platform {

/// An open file, closed with its last holder.
class File {
  public:
    File() = default;
    explicit File(int descriptor) noexcept : descriptor_(descriptor) {}
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~File();

    int descriptor() const noexcept { return descriptor_; }
    int release() noexcept { return std::exchange(descriptor_, -1); }
    explicit operator bool() const noexcept { return descriptor_ >= 0; }

  private:
    int descriptor_ = -1;
};

/// What is known of a file before it is believed.
struct Facts {
    bool regular;
    std::uint64_t size;
    unsigned owner;
    std::uint64_t links;
};

/// Makes a file that has no name yet, in a folder. It is readable and writable.
int make_unnamed(const std::string& folder, unsigned mode, File& made);
/// Gives it a name that nobody has: EEXIST.
int give_name(const File& file, const std::string& path);
/// Memory that looks like a file, and cannot shrink.
int make_anonymous(const std::string& name, File& made);
/// Opens what has that name, and is no symbolic link.
int open_existing(const std::string& path, bool read_only, File& opened);
/// Opens the same file once more, with locks of its own.
int open_again(int descriptor, bool read_only, File& opened);
int duplicate(int descriptor, File& made);
int look_at(int descriptor, Facts& facts);
/// Whether a descriptor may be written by.
bool is_writable(int descriptor);
int read_at_start(int descriptor, std::span<std::byte> into);
/// Makes the file at least so big, with space that is really there. It never shrinks it.
int extend(int descriptor, std::uint64_t size);
int map(int descriptor, std::size_t size, bool read_only, std::byte*& base);
void unmap(std::byte* base, std::size_t size) noexcept;
int remove_name(const std::string& path);
/// The names in a folder that begin with a prefix, without it.
int names_in(const std::string& folder, const std::string& prefix, std::vector<std::string>& names);

/// A lock that the kernel drops when the last holder of the open file is gone. EAGAIN: somebody has it.
int try_lock(int descriptor, std::uint64_t number);
void unlock(int descriptor, std::uint64_t number) noexcept;
/// Whether another open file holds it.
bool is_locked(int descriptor, std::uint64_t number) noexcept;

/// A page that a fork's child finds filled with zeros.
int make_wiped(std::size_t size, void*& page);
void free_wiped(void* page, std::size_t size) noexcept;

/// Sleeps while the word's low half is `seen`, between processes; false: the time is over.
bool shared_wait(const atomos::detail::Atomic<std::uint64_t>& word, std::uint32_t seen,
                 const atomos::detail::Deadline& until) noexcept;
void shared_wake(const atomos::detail::Atomic<std::uint64_t>& word) noexcept;

/// A word to wait on, and what it was.
struct Waited {
    const atomos::detail::Atomic<std::uint64_t>* word;
    std::uint32_t seen;
};
/// Sleeps while all of them are as they were, or for a while.
void shared_wait_any(std::span<const Waited> words, const atomos::detail::Deadline& until) noexcept;

int random_bytes(std::span<std::byte> into);
/// Tells this start of the machine from others.
int boot_identity(std::array<std::uint64_t, 2>& identity);
int process_id() noexcept;
unsigned user_id() noexcept;
/// An environment variable; empty in programs that run with more rights than their user.
std::string environment(const char* name);

/// Functions that are called around a fork, in the forking thread.
void at_fork(void (*before)(), void (*parent)(), void (*child)());
/// Runs a function on a thread of its own that takes no signals. Errors: errno's value.
int start_thread(void* (*function)(void*), void* argument);

}  // namespace atomos::platform
