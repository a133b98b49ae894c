/// \file
/// The object behind AtomicView, and what its methods share.
///
/// The memory is somebody else's: other processes, or native threads without the GIL, may use it at the
/// same time. So every look and change is one of the processor's atomic instructions, with the GIL too.
#pragma once

#include "number.hpp"
#include "word_form.hpp"

namespace atomos::python {

/// An item of memory that somebody else owns, who keeps it there as long as the buffer is exported.
struct Item {
    Py_buffer buffer;
    void* address;
    Waiting* waiting;  ///< of all items with such an address
    Form form;
    char code;  ///< the form, as struct and array write it
};

/// An AtomicView. Its item is set once, by the first __init__ that succeeds.
struct View {
    PyObject_HEAD detail::Atomic<Item*> item;
    Plain plain;
};

inline View& view(PyObject* self) noexcept { return *reinterpret_cast<View*>(self); }

/// Of which kinds of numbers a method is.
enum Kinds : std::uint8_t { integers = 1, floats = 2, truths = 4 };
inline constexpr auto numbers = static_cast<Kinds>(integers | floats);

inline Kinds kind_of(Form form) noexcept {
    if (form == Form::truth) return truths;
    return form == Form::float32 || form == Form::float64 ? floats : integers;
}

/// Always nullptr, with RuntimeError set.
Item* refuse_unmade(PyObject* self);
/// Always nullptr, with PermissionDenied set.
Item* refuse_change(const Item& item);
/// Always false, with TypeError set.
bool refuse_kind(const Item& item, const char* method, Kinds kinds);

/// The item to look at. None: an error is set.
inline Item* readable(PyObject* self) {
    Item* const item = view(self).item.load(std::memory_order_acquire);
    return item != nullptr ? item : refuse_unmade(self);
}
/// The item to change.
inline Item* writable(PyObject* self) {
    Item* const item = readable(self);
    return item == nullptr || item->buffer.readonly == 0 ? item : refuse_change(*item);
}
/// The item to change by a method of some kinds of numbers.
inline Item* writable(PyObject* self, const char* method, Kinds kinds) {
    Item* const item = readable(self);
    if (item != nullptr && (kind_of(item->form) & kinds) == 0) {
        refuse_kind(*item, method, kinds);
        return nullptr;
    }
    return item == nullptr ? nullptr : writable(self);
}

/// Calls f with the address of the word, as an integer of its size.
template <class F>
auto with_word(const Item& item, F f) {
    switch (size_of(item.form)) {
        case 1:
            return f(static_cast<std::uint8_t*>(item.address));
        case 2:
            return f(static_cast<std::uint16_t*>(item.address));
        case 4:
            return f(static_cast<std::uint32_t*>(item.address));
        default:
            return f(static_cast<std::uint64_t*>(item.address));
    }
}

inline std::uint64_t load(const Item& item) noexcept {
    return with_word(item, []<class T>(T* word) {
        return static_cast<std::uint64_t>(
            detail::AtomicRef<T>(*word).load(std::memory_order_seq_cst));
    });
}

/// Replaces the word if `seen` stands, and wakes who waits.
inline bool replace(const Item& item, std::uint64_t seen, std::uint64_t next) noexcept {
    const bool won = with_word(item, [&]<class T>(T* word) {
        T expected = static_cast<T>(seen);
        return detail::AtomicRef<T>(*word).compare_exchange_strong(expected, static_cast<T>(next),
                                                                   std::memory_order_seq_cst);
    });
    // Interpreters with a GIL each may share memory: so a waiter is looked for as without one.
    if (won && item.waiting->any()) [[unlikely]]
        wake(*item.waiting);
    return won;
}

inline Ref value_of(const Item& item) { return object_of(item.form, load(item)); }

/// The bits of an object, which an item of that form can hold.
///
/// Errors   TypeError: it is no such number. OverflowError: it is beyond the form's width. Then false.
bool bits_of(const Item& item, PyObject* object, std::uint64_t& bits);

/// Replaces the value by compute(value), bit by bit: a NaN ends the loop too. Python code runs in compute
/// only, with nothing held.
template <class Compute>
Change change(const Item& item, Compute compute) {
    for (;;) {
        const std::uint64_t seen = load(item);
        Ref old = object_of(item.form, seen);
        if (!old) return {};
        Ref now = compute(old.get());
        std::uint64_t next = 0;
        if (!now || !bits_of(item, now.get(), next)) return {};
        now = object_of(item.form, next);
        if (!now) return {};
        if (replace(item, seen, next)) return {std::move(old), std::move(now)};
    }
}

template <bool old>
PyObject* answer(Change made) {
    return old && made.now ? made.old.release() : made.now.release();
}

extern PyMethodDef view_methods[];
extern PyMethodDef view_number_methods[];
extern PyMethodDef view_bound_methods[];
extern PyType_Slot view_in_place[];

/// Makes the class. False: an error is set.
bool add_view(PyObject* module);

}  // namespace atomos::python
