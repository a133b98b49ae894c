/// \file
/// One object in the whole process, however many shared libraries bring their own copy of this header.
///
/// A writer that looks through another copy of the hazard slots would free what a reader holds. The
/// linker cannot be trusted to merge the copies: hidden visibility, version scripts, RTLD_LOCAL and
/// -Bsymbolic each keep them apart, and only GCC asks for a symbol that is unique at run time. So nothing
/// here rests on symbols. Every library carries an ELF note that says where its own *anchor* lies; the
/// first one to need the object walks the notes of all loaded libraries, takes the object from any anchor
/// that has one, and else offers its own to the first anchor in load order.
///
/// Safe because (1) the walk runs inside dl_iterate_phdr, which glibc serialises with itself, dlopen and
/// dlclose, and the offer is a CAS, which decides where a C library does not; (2) a library that finds no
/// note of its own is told so (nullptr) instead of making a second object; (3) each library that takes
/// part pins itself, for its code may be called through the object after a dlclose.
#pragma once

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#pragma weak dlopen  // absent from a static program, which has nothing to pin

namespace atomos::detail {

/// The layout of everything that libraries share through the object. Other numbers do not meet.
inline constexpr int abi = 2;

struct Anchor {
    std::atomic<void*> shared;
};

[[gnu::visibility("hidden")]] inline constinit Anchor anchor{nullptr};

/// Writes the note into the library that this code is compiled into.
[[gnu::noinline, gnu::visibility("hidden")]] inline Anchor& own_anchor() noexcept {
    asm volatile(
        ".pushsection .note.atomos, \"a\", @note\n"
        ".balign 4\n"
        ".long 7, 4, %c1\n"
        ".asciz \"atomos\"\n"
        ".balign 4\n"
        ".long %c0 - .\n"
        ".popsection\n"
        :
        : "i"(&anchor), "i"(abi));
    return anchor;
}

/// What one walk over the loaded libraries looks for, and what it met.
struct AnchorWalk {
    Anchor* own;
    void* offer;
    Anchor* first = nullptr;
    void* shared = nullptr;
    const char* own_library = nullptr;

    void meet(Anchor* found, const char* library) noexcept {
        if (first == nullptr) first = found;
        if (shared == nullptr) shared = found->shared.load(std::memory_order_acquire);
        if (found == own) own_library = library;
    }
};

/// Looks for our notes in one PT_NOTE segment.
inline void walk_notes(const char* at, std::size_t bytes, std::size_t align, const char* library,
                       AnchorWalk& walk) noexcept {
    const auto padded = [align](std::size_t n) { return (n + align - 1) / align * align; };
    while (bytes >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        std::memcpy(&note, at, sizeof note);
        const std::size_t desc = sizeof note + padded(note.n_namesz);
        const std::size_t size = desc + padded(note.n_descsz);
        if (size > bytes) return;
        if (note.n_type == static_cast<unsigned>(abi) && note.n_namesz == 7 && note.n_descsz == 4 &&
            std::memcmp(at + sizeof note, "atomos", 7) == 0) {
            std::int32_t offset = 0;
            std::memcpy(&offset, at + desc, sizeof offset);
            auto* found = const_cast<char*>(at + desc + offset);
            walk.meet(reinterpret_cast<Anchor*>(found), library);
        }
        at += size;
        bytes -= size;
    }
}

inline int walk_library(dl_phdr_info* info, std::size_t, void* walk) noexcept {
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const auto& segment = info->dlpi_phdr[i];
        if (segment.p_type != PT_NOTE) continue;
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader hands out addresses as integers
        const auto* notes = reinterpret_cast<const char*>(info->dlpi_addr + segment.p_vaddr);
        walk_notes(notes, segment.p_memsz, segment.p_align == 8 ? 8 : 4, info->dlpi_name,
                   *static_cast<AnchorWalk*>(walk));
    }
    return 0;
}

/// Walks all libraries and settles on one object: an anchor's, or else the offer. It is itself called
/// by dl_iterate_phdr, once, so that no library comes or goes in between.
inline int settle(dl_phdr_info*, std::size_t, void* data) noexcept {
    auto& walk = *static_cast<AnchorWalk*>(data);
    dl_iterate_phdr(walk_library, &walk);
    if (walk.own_library == nullptr) return 1;
    if (walk.shared == nullptr) {
        if (walk.offer == nullptr) return 1;
        void* nothing = nullptr;
        walk.shared =
            walk.first->shared.compare_exchange_strong(nothing, walk.offer) ? walk.offer : nothing;
    }
    walk.own->shared.store(walk.shared, std::memory_order_release);
    return 1;
}

/// The T that all libraries of the process share; if there is none yet, what `make` makes, which may
/// throw. nullptr: this library's note was stripped, so that others could not find it; the caller must
/// refuse to go on.
template <class T>
[[gnu::visibility("hidden")]] T* process_wide(T* (*make)()) {
    Anchor& own = own_anchor();
    if (void* shared = own.shared.load(std::memory_order_acquire)) return static_cast<T*>(shared);
    AnchorWalk walk{.own = &own, .offer = nullptr};
    dl_iterate_phdr(settle, &walk);
    if (walk.own_library == nullptr) return nullptr;
    if (walk.shared == nullptr) {
        walk = {.own = &own, .offer = make()};
        dl_iterate_phdr(settle, &walk);
        if (walk.shared != walk.offer) delete static_cast<T*>(walk.offer);
    }
    if (walk.own_library[0] != '\0' && &dlopen != nullptr) {
        dlopen(walk.own_library, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
    }
    return static_cast<T*>(walk.shared);
}

}  // namespace atomos::detail
