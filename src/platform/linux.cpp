/// \file
/// Linux: unnamed files, OFD locks, shared futexes, pages that fork wipes.

#include <dirent.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>

#include "platform/system.hpp"

namespace atomos::platform {
namespace {

using atomos::detail::Atomic;
using atomos::detail::Deadline;

// Locks stand beyond any byte that a file can have.
constexpr off_t lock_base = off_t{1} << 61U;

int error_of(int result) noexcept { return result < 0 ? errno : 0; }

struct flock lock_on(std::uint64_t number, short type) noexcept {
    struct flock lock{};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = lock_base + static_cast<off_t>(number);
    lock.l_len = 1;
    return lock;
}

std::string path_of(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

timespec monotonic(const Deadline& time) noexcept {
    const auto since = std::max<long long>(
        0, std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
    return {static_cast<time_t>(since / 1'000'000'000), static_cast<long>(since % 1'000'000'000)};
}

const void* low_half(const Atomic<std::uint64_t>& word) noexcept {
    const auto* halves = reinterpret_cast<const std::uint32_t*>(&word);
    return std::endian::native == std::endian::little ? halves : halves + 1;
}

}  // namespace

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

int make_unnamed(const std::string& folder, unsigned mode, File& made) {
    const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
    if (fd < 0) return errno;
    made = File(fd);
    return error_of(::fchmod(fd, mode));
}

int give_name(const File& file, const std::string& path) {
    return error_of(::linkat(AT_FDCWD, path_of(file.descriptor()).c_str(), AT_FDCWD, path.c_str(),
                             AT_SYMLINK_FOLLOW));
}

int make_anonymous(const std::string& name, File& made) {
    const int fd = ::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return errno;
    made = File(fd);
    return error_of(::fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
}

int open_existing(const std::string& path, bool read_only, File& opened) {
    const int fd =
        ::open(path.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return errno;
    opened = File(fd);
    return 0;
}

int open_again(int descriptor, bool read_only, File& opened) {
    const int fd = ::open(path_of(descriptor).c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (fd < 0) return errno;
    opened = File(fd);
    return 0;
}

int duplicate(int descriptor, File& made) {
    const int fd = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return errno;
    made = File(fd);
    return 0;
}

int look_at(int descriptor, Facts& facts) {
    struct stat found{};
    if (::fstat(descriptor, &found) < 0) return errno;
    facts = {S_ISREG(found.st_mode), static_cast<std::uint64_t>(found.st_size), found.st_uid,
             found.st_nlink};
    return 0;
}

bool is_writable(int descriptor) {
    const int flags = ::fcntl(descriptor, F_GETFL);
    return flags >= 0 && (flags & O_ACCMODE) == O_RDWR;
}

int read_at_start(int descriptor, std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t n =
            ::pread(descriptor, into.data() + done, into.size() - done, static_cast<off_t>(done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) return ENODATA;
        done += static_cast<std::size_t>(n);
    }
    return 0;
}

int extend(int descriptor, std::uint64_t size) {
    struct stat found{};
    if (::fstat(descriptor, &found) < 0) return errno;
    const auto have = static_cast<std::uint64_t>(found.st_size);
    if (have >= size) return 0;
    for (;;) {
        if (::fallocate(descriptor, 0, static_cast<off_t>(have), static_cast<off_t>(size - have)) ==
            0) {
            return 0;
        }
        if (errno != EINTR) return errno;
    }
}

int map(int descriptor, std::size_t size, bool read_only, std::byte*& base) {
    void* const at = ::mmap(nullptr, size, read_only ? PROT_READ : PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_NORESERVE, descriptor, 0);
    if (at == MAP_FAILED) return errno;
    base = static_cast<std::byte*>(at);
    return 0;
}

void unmap(std::byte* base, std::size_t size) noexcept { ::munmap(base, size); }

int remove_name(const std::string& path) { return error_of(::unlink(path.c_str())); }

int names_in(const std::string& folder, const std::string& prefix,
             std::vector<std::string>& names) {
    DIR* const directory = ::opendir(folder.c_str());
    if (directory == nullptr) return errno;
    const std::unique_ptr<DIR, int (*)(DIR*)> closed(directory, &::closedir);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the folder is open here only
    while (const dirent* entry = ::readdir(directory)) {
        const std::string_view name = entry->d_name;
        if (name.starts_with(prefix)) names.emplace_back(name.substr(prefix.size()));
    }
    return 0;
}

int try_lock(int descriptor, std::uint64_t number) {
    struct flock lock = lock_on(number, F_WRLCK);
    return error_of(::fcntl(descriptor, F_OFD_SETLK, &lock));
}

void unlock(int descriptor, std::uint64_t number) noexcept {
    struct flock lock = lock_on(number, F_UNLCK);
    ::fcntl(descriptor, F_OFD_SETLK, &lock);
}

bool is_locked(int descriptor, std::uint64_t number) noexcept {
    struct flock lock = lock_on(number, F_RDLCK);
    return ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

int make_wiped(std::size_t size, void*& page) {
    void* const at =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) return errno;
    page = at;
    ::madvise(at, size, MADV_WIPEONFORK);  // without it, the function at fork does
    return 0;
}

void free_wiped(void* page, std::size_t size) noexcept { ::munmap(page, size); }

bool shared_wait(const Atomic<std::uint64_t>& word, std::uint32_t seen,
                 const Deadline& until) noexcept {
    const timespec time = monotonic(until);
    const long r = ::syscall(SYS_futex, low_half(word), FUTEX_WAIT_BITSET, seen, &time, nullptr,
                             FUTEX_BITSET_MATCH_ANY);
    return r == 0 || errno != ETIMEDOUT;
}

void shared_wake(const Atomic<std::uint64_t>& word) noexcept {
    ::syscall(SYS_futex, low_half(word), FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void shared_wait_any(std::span<const Waited> words, const Deadline& until) noexcept {
    constexpr std::size_t most = 128;
#ifdef SYS_futex_waitv
    constexpr long waitv = SYS_futex_waitv;
#else
    constexpr long waitv = 449;
#endif
    struct {
        std::uint64_t value;
        std::uint64_t address;
        std::uint32_t flags;
        std::uint32_t reserved;
    } waiters[most]{};
    const std::size_t n = std::min(words.size(), most);
    for (std::size_t i = 0; i < n; ++i) {
        waiters[i] = {words[i].seen, reinterpret_cast<std::uintptr_t>(low_half(*words[i].word)), 2,
                      0};
    }
    const timespec time = monotonic(until);
    if (::syscall(waitv, waiters, n, 0, &time, CLOCK_MONOTONIC) < 0 && errno == ENOSYS) {
        const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
        shared_wait(*words[0].word, words[0].seen, std::min(until, Deadline(soon)));
    }
}

int random_bytes(std::span<std::byte> into) {
    return ::getrandom(into.data(), into.size(), 0) == static_cast<ssize_t>(into.size()) ? 0 : EIO;
}

int boot_identity(std::array<std::uint64_t, 2>& identity) {
    const int fd = ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    const File file(fd);
    char text[36]{};
    const ssize_t got = ::read(fd, text, sizeof text);
    if (got < 0) return errno;
    if (got != sizeof text) return EIO;
    std::size_t digits = 0;
    for (const char c : text) {
        if (c == '-') continue;
        const auto value = static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
        identity[digits / 16 % 2] = identity[digits / 16 % 2] << 4U | (value & 0xFU);
        ++digits;
    }
    return 0;
}

int process_id() noexcept { return ::getpid(); }
unsigned user_id() noexcept { return ::geteuid(); }

std::string environment(const char* name) {
    const char* const value = ::secure_getenv(name);
    return value == nullptr ? "" : value;
}

void at_fork(void (*before)(), void (*parent)(), void (*child)()) {
    ::pthread_atfork(before, parent, child);
}

int start_thread(void* (*function)(void*), void* argument) {
    sigset_t all;
    sigset_t mine;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &mine);
    pthread_t thread{};
    const int error = ::pthread_create(&thread, nullptr, function, argument);
    ::pthread_sigmask(SIG_SETMASK, &mine, nullptr);
    if (error == 0) ::pthread_detach(thread);
    return error;
}

}  // namespace atomos::platform
