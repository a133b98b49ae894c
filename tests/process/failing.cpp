#include "process/failing.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <new>

namespace {

/// What is counted down to the one that fails. 0: none does.
struct Countdown {
    long left = 0;
    bool happened = false;

    bool strikes() {
        if (left == 0 || --left != 0) return false;
        happened = true;
        return true;
    }
};

thread_local Countdown allocations;
thread_local Countdown calls;
thread_local const char* failed_call = "";
thread_local bool here = false;
std::atomic<long> elsewhere_fails{0};
std::atomic<long> elsewhere_made{0};
std::atomic<long> living{0};

void* take(std::size_t size, std::size_t align) {
    if (allocations.strikes()) throw std::bad_alloc();
    if (!here && elsewhere_fails != 0 && elsewhere_made.fetch_add(1) + 1 == elsewhere_fails) {
        throw std::bad_alloc();
    }
    void* const p = std::aligned_alloc(align, (size + align - 1) / align * align);
    if (p == nullptr) throw std::bad_alloc();
    living.fetch_add(1);
    return p;
}

void give(void* p) noexcept {
    if (p == nullptr) return;
    living.fetch_sub(1);
    std::free(p);
}

/// Whether this call is the one that fails, as the system would say it.
bool refuse(const char* name, int error) {
    if (!calls.strikes()) return false;
    failed_call = name;
    errno = error;
    return true;
}

}  // namespace

void* operator new(std::size_t size) { return take(size, 16); }
void* operator new(std::size_t size, std::align_val_t align) {
    return take(size, static_cast<std::size_t>(align));
}
void operator delete(void* p) noexcept { give(p); }
void operator delete(void* p, std::size_t) noexcept { give(p); }
void operator delete(void* p, std::align_val_t) noexcept { give(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { give(p); }

namespace regions {

Fail::Fail(Failing what, long n) {
    allocations = {what == Failing::allocation ? n : 0, false};
    calls = {what == Failing::system_call ? n : 0, false};
    failed_call = "an allocation";
}
Fail::~Fail() { allocations.left = calls.left = 0; }
bool Fail::happened() const { return allocations.happened || calls.happened; }
std::string Fail::call() { return failed_call; }

void fail_elsewhere(long n) {
    here = true;
    elsewhere_made = 0;
    elsewhere_fails = n;
}
long allocations_elsewhere() { return elsewhere_made; }
long allocated() { return living; }

}  // namespace regions

// What --wrap lets our own code call instead of the C library.
extern "C" {

int __real_open(const char*, int, ...);
int __wrap_open(const char* path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & (O_CREAT | __O_TMPFILE)) != 0) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    return refuse("open", EMFILE) ? -1 : __real_open(path, flags, mode);
}

int __real_fcntl(int, int, ...);
int __wrap_fcntl(int descriptor, int command, ...) {
    va_list more;
    va_start(more, command);
    void* const argument = va_arg(more, void*);
    va_end(more);
    if (refuse("fcntl", command == F_DUPFD_CLOEXEC ? EMFILE : ENOLCK)) return -1;
    return __real_fcntl(descriptor, command, argument);
}

void* __real_mmap(void*, std::size_t, int, int, int, off_t);
void* __wrap_mmap(void* at, std::size_t size, int access, int flags, int file, off_t offset) {
    if (refuse("mmap", ENOMEM)) return MAP_FAILED;
    return __real_mmap(at, size, access, flags, file, offset);
}

ssize_t __real_pread(int, void*, std::size_t, off_t);
ssize_t __wrap_pread(int file, void* into, std::size_t size, off_t offset) {
    return refuse("pread", EIO) ? -1 : __real_pread(file, into, size, offset);
}

ssize_t __real_read(int, void*, std::size_t);
ssize_t __wrap_read(int file, void* into, std::size_t size) {
    return refuse("read", EIO) ? -1 : __real_read(file, into, size);
}

int __real_pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
int __wrap_pthread_create(pthread_t* made, const pthread_attr_t* how, void* (*run)(void*),
                          void* with) {
    return refuse("pthread_create", EAGAIN) ? EAGAIN : __real_pthread_create(made, how, run, with);
}

#define ATOMOS_WRAP(name, result, parameters, arguments, failure, error) \
    result __real_##name parameters;                                     \
    result __wrap_##name parameters {                                    \
        return refuse(#name, error) ? failure : __real_##name arguments; \
    }
ATOMOS_WRAP(fallocate, int, (int f, int mode, off_t at, off_t size), (f, mode, at, size), -1,
            ENOSPC)
ATOMOS_WRAP(fchmod, int, (int f, mode_t mode), (f, mode), -1, EPERM)
ATOMOS_WRAP(fstat, int, (int f, struct stat* into), (f, into), -1, EIO)
ATOMOS_WRAP(getrandom, ssize_t, (void* into, std::size_t size, unsigned flags), (into, size, flags),
            -1, ENOSYS)
ATOMOS_WRAP(linkat, int, (int f, const char* from, int g, const char* to, int flags),
            (f, from, g, to, flags), -1, ENOSPC)
ATOMOS_WRAP(madvise, int, (void* at, std::size_t size, int advice), (at, size, advice), -1, EINVAL)
ATOMOS_WRAP(memfd_create, int, (const char* name, unsigned flags), (name, flags), -1, EMFILE)
ATOMOS_WRAP(opendir, DIR*, (const char* name), (name), nullptr, EMFILE)
ATOMOS_WRAP(unlink, int, (const char* name), (name), -1, EROFS)
#undef ATOMOS_WRAP

}  // extern "C"
