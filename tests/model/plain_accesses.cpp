/// \file
/// What the compiler calls at each plain access of code that is compiled with -fsanitize=thread. The
/// sanitizer's own library, which would define these, is not linked.

#include <cstddef>

#include "model/runtime.hpp"

extern "C" {

#define MODEL_ACCESS(size)                                                \
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

MODEL_ACCESS(1)
MODEL_ACCESS(2)
MODEL_ACCESS(4)
MODEL_ACCESS(8)
MODEL_ACCESS(16)

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
// std::function and std::string's friends count with these; no count is shared between model threads.
int __tsan_atomic32_fetch_add(volatile int* p, int n, int) {
    const int old = *p;
    *p = old + n;
    return old;
}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_init() {}
}
