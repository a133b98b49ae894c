/// \file
/// What the compiler calls at each plain access of code that is compiled with -fsanitize=thread. The
/// sanitizer's own library, which would define these, is not linked.

#include <cstddef>
#include <cstring>

#include "model/runtime.hpp"

extern "C" {

#define ATOMOS_MODEL_ACCESS(size)                                         \
    void __tsan_read##size(void* p) {                                     \
        model::plain_access(p, size, false, __builtin_return_address(0)); \
    }                                                                     \
    void __tsan_write##size(void* p) {                                    \
        model::plain_access(p, size, true, __builtin_return_address(0));  \
    }                                                                     \
    void __tsan_unaligned_read##size(void* p) {                           \
        model::plain_access(p, size, false, __builtin_return_address(0)); \
    }                                                                     \
    void __tsan_unaligned_write##size(void* p) {                          \
        model::plain_access(p, size, true, __builtin_return_address(0));  \
    }                                                                     \
    void __tsan_read_write##size(void* p) {                               \
        model::plain_access(p, size, true, __builtin_return_address(0));  \
    }                                                                     \
    void __tsan_unaligned_read_write##size(void* p) {                     \
        model::plain_access(p, size, true, __builtin_return_address(0));  \
    }                                                                     \
    void __tsan_volatile_read##size(void* p) {                            \
        model::plain_access(p, size, false, __builtin_return_address(0)); \
    }                                                                     \
    void __tsan_volatile_write##size(void* p) {                           \
        model::plain_access(p, size, true, __builtin_return_address(0));  \
    }

ATOMOS_MODEL_ACCESS(1)
ATOMOS_MODEL_ACCESS(2)
ATOMOS_MODEL_ACCESS(4)
ATOMOS_MODEL_ACCESS(8)
ATOMOS_MODEL_ACCESS(16)

void __tsan_read_range(void* p, std::size_t size) {
    model::plain_access(p, size, false, __builtin_return_address(0));
}
void __tsan_write_range(void* p, std::size_t size) {
    model::plain_access(p, size, true, __builtin_return_address(0));
}
void __tsan_vptr_read(void** p) {
    model::plain_access(p, sizeof *p, false, __builtin_return_address(0));
}
void __tsan_vptr_update(void** p, void*) {
    model::plain_access(p, sizeof *p, true, __builtin_return_address(0));
}
// std::shared_ptr and std::string's friends count with these; no count is shared between model threads.
int __tsan_atomic32_load(const volatile int* p, int) { return *p; }
int __tsan_atomic32_fetch_add(volatile int* p, int n, int) {
    const int old = *p;
    *p = old + n;
    return old;
}
// clang has these called instead of the functions themselves.
void* __tsan_memset(void* to, int value, std::size_t size) {
    model::plain_access(to, size, true, __builtin_return_address(0));
    return std::memset(to, value, size);
}
void* __tsan_memcpy(void* to, const void* from, std::size_t size) {
    model::plain_access(from, size, false, __builtin_return_address(0));
    model::plain_access(to, size, true, __builtin_return_address(0));
    return std::memcpy(to, from, size);
}
void* __tsan_memmove(void* to, const void* from, std::size_t size) {
    model::plain_access(from, size, false, __builtin_return_address(0));
    model::plain_access(to, size, true, __builtin_return_address(0));
    return std::memmove(to, from, size);
}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_init() {}
}
