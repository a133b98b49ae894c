/// \file
/// AtomicView: which item of which memory it is, and its life.

#include "view.hpp"

#include <structmember.h>

#include <bit>
#include <cstddef>
#include <cstring>
#include <new>

namespace atomos::python {
namespace {

constexpr const char* codes = "bBhHiIlLqQnNfd?";

/// Who waits for a change at an address, in any view; addresses may share a place.
Waiting& waiting_at(const void* address) noexcept {
    constexpr std::size_t places = 256;
    static constinit Waiting all[places];
    const auto bits = reinterpret_cast<std::uintptr_t>(address);
    return all[(bits ^ (bits >> 8U)) % places];
}

/// The form of a code. False: there is none.
bool form_of_native(char code, Form& form) noexcept {
    if (code == '\0' || std::strchr(codes, code) == nullptr) return false;
    constexpr bool is_long = sizeof(Py_ssize_t) == sizeof(long);
    if (code == 'n') code = is_long ? 'l' : 'q';
    if (code == 'N') code = is_long ? 'L' : 'Q';
    return form_of_code(code, form);
}

/// The form of a buffer's own format, whose sizes may be the standard ones: so its size says more than
/// its code. False: there is none.
bool form_of_buffer(const Py_buffer& buffer, Item& item) noexcept {
    const char* format = buffer.format == nullptr ? "B" : buffer.format;
    constexpr bool little = std::endian::native == std::endian::little;
    if (std::strchr(little ? "@=<" : "@=>!", *format) != nullptr && *format != '\0') ++format;
    Form form{};
    if (std::strlen(format) != 1 || !form_of_native(*format, form)) return false;
    static constexpr Form by_size[][4] = {
        {Form::int8, Form::int16, Form::int32, Form::int64},
        {Form::uint8, Form::uint16, Form::uint32, Form::uint64},
    };
    if (kind_of(form) == integers) {
        const auto size = static_cast<std::size_t>(buffer.itemsize);
        if (!std::has_single_bit(size) || size > 8) return false;
        const bool is_signed = std::strchr("bhilqn", *format) != nullptr;
        form = by_size[is_signed ? 0 : 1][std::countr_zero(size)];
    }
    item.form = form;
    item.code = *format;
    return static_cast<Py_ssize_t>(size_of(form)) == buffer.itemsize;
}

/// The form that is asked for, or the buffer's own.
bool settle_form(Item& item, PyObject* format) {
    if (format == nullptr || format == Py_None) {
        if (form_of_buffer(item.buffer, item)) return true;
        PyErr_Format(
            PyExc_TypeError,
            "the buffer of AtomicView has items of format '%s' and %zd bytes; allowed: one "
            "of \"%s\" in native byte order, or say format=",
            item.buffer.format == nullptr ? "B" : item.buffer.format, item.buffer.itemsize, codes);
        return false;
    }
    if (!PyUnicode_Check(format)) {
        PyErr_Format(PyExc_TypeError, "the format of AtomicView has to be a str, not %s",
                     class_name(format));
        return false;
    }
    const Py_UCS4 code = PyUnicode_GetLength(format) == 1 ? PyUnicode_ReadChar(format, 0) : 0;
    if (code < 128 && form_of_native(static_cast<char>(code), item.form)) {
        item.code = static_cast<char>(code);
        return true;
    }
    PyErr_Format(PyExc_TypeError, "the format of AtomicView is %.50R; allowed: one of \"%s\"",
                 format, codes);
    return false;
}

/// Where items begin and how far they are apart: as the buffer has them, or close together.
bool settle_spacing(const Item& item, Py_ssize_t& length, Py_ssize_t& spacing) {
    const Py_buffer& buffer = item.buffer;
    const auto size = static_cast<Py_ssize_t>(size_of(item.form));
    if (PyBuffer_IsContiguous(&buffer, 'C') != 0) {
        length = buffer.len / size;
        spacing = size;
        return true;
    }
    if (buffer.ndim == 1 && buffer.itemsize == size) {
        length = buffer.shape[0];
        spacing = buffer.strides[0];
        return true;
    }
    PyErr_Format(PyExc_ValueError,
                 "the buffer of AtomicView has %d dimensions and gaps; allowed: one dimension and "
                 "items of the format's size, or no gaps",
                 buffer.ndim);
    return false;
}

/// Finds the item. False: the error is set.
bool settle_item(Item& item, PyObject* index, PyObject* format) {
    Py_ssize_t length = 0, spacing = 0;
    if (!settle_form(item, format) || !settle_spacing(item, length, spacing)) return false;
    const Ref given = Ref::taken(index == nullptr ? PyLong_FromLong(0) : PyNumber_Index(index));
    if (!given) return false;
    const Py_ssize_t asked = PyNumber_AsSsize_t(given.get(), nullptr);  // cut to what fits
    const Py_ssize_t at = asked < 0 ? asked + length : asked;
    if (at < 0 || at >= length) {
        if (length == 0) {
            PyErr_Format(PyExc_IndexError,
                         "an index of AtomicView is %S and its length is 0; allowed: none",
                         given.get());
        } else {
            PyErr_Format(PyExc_IndexError,
                         "an index of AtomicView is %S and its length is %zd; allowed: %zd to %zd",
                         given.get(), length, -length, length - 1);
        }
        return false;
    }
    item.address = static_cast<char*>(item.buffer.buf) + at * spacing;
    const auto address = reinterpret_cast<std::uintptr_t>(item.address);
    if (address % size_of(item.form) != 0) {
        PyErr_Format(PyExc_ValueError,
                     "the item of AtomicView at %p is aligned to %zu bytes; %zu are needed",
                     item.address, std::size_t{1} << std::countr_zero(address), size_of(item.form));
        return false;
    }
    item.waiting = &waiting_at(item.address);
    return true;
}

/// Ends an item that nobody uses any more.
void end_item(Item* item) {
    if (item == nullptr) return;
    PyBuffer_Release(&item->buffer);
    PyMem_Free(item);
}

/// The memory of an object, for changes if it allows them. None: the error is set.
Item* export_item(PyObject* owner) {
    auto* const item = static_cast<Item*>(PyMem_Calloc(1, sizeof(Item)));
    if (item == nullptr) {
        PyErr_NoMemory();
        return nullptr;
    }
    if (PyObject_GetBuffer(owner, &item->buffer, PyBUF_RECORDS) == 0) return item;
    if (PyErr_ExceptionMatches(PyExc_BufferError) != 0) {
        PyErr_Clear();
        if (PyObject_GetBuffer(owner, &item->buffer, PyBUF_RECORDS_RO) == 0) return item;
    }
    PyMem_Free(item);
    return nullptr;
}

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
    PyObject* const self = type->tp_alloc(type, 0);
    if (self == nullptr) return nullptr;
    ::new (&view(self).item) detail::Atomic<Item*>(nullptr);
    if (give_attributes(view(self).plain)) return self;
    Py_DECREF(self);
    return nullptr;
}

int initialise(PyObject* self, PyObject* args, PyObject* keywords) {
    static constexpr Signature<3> signature{"__init__", {"buffer", "index", "format"}, 1};
    const Arguments arguments(signature, args, keywords);
    if (!arguments) return -1;
    if (PyTuple_GET_SIZE(args) > 2) {
        PyErr_SetString(PyExc_TypeError, "format is given by keyword");
        return -1;
    }
    Item* const item = export_item(arguments[0]);
    if (item == nullptr) return -1;
    Item* nobody = nullptr;
    if (settle_item(*item, arguments[1], arguments[2])) {
        if (view(self).item.compare_exchange_strong(nobody, item, std::memory_order_acq_rel)) {
            return 0;
        }
        PyErr_Format(PyExc_RuntimeError, "%s.__init__ has been called already", class_name(self));
    }
    end_item(item);
    return -1;
}

int visit(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(view(self).plain.attributes);
    if (const Item* const item = view(self).item.load(std::memory_order_acquire)) {
        Py_VISIT(item->buffer.obj);
    }
    return 0;
}

int clear(PyObject* self) {
    Py_CLEAR(view(self).plain.attributes);
    end_item(view(self).item.exchange(nullptr, std::memory_order_acq_rel));
    return 0;
}

void end(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (view(self).plain.weak_references != nullptr) PyObject_ClearWeakRefs(self);
    clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

PyObject* represent(PyObject* self) {
    const Item* const item = readable(self);
    const Ref value = item == nullptr ? Ref() : value_of(*item);
    return value ? describe("atomos.atomic", self, value.get()) : nullptr;
}

PyObject* get_format(PyObject* self, void*) {
    const Item* const item = readable(self);
    return item == nullptr ? nullptr : PyUnicode_FromStringAndSize(&item->code, 1);
}
PyObject* get_read_only(PyObject* self, void*) {
    const Item* const item = readable(self);
    return item == nullptr ? nullptr : PyBool_FromLong(item->buffer.readonly);
}

PyGetSetDef getset[] = {
    {"format", &get_format, nullptr, "What it is, as struct and array write it.", nullptr},
    {"read_only", &get_read_only, nullptr, "Whether it can only be looked at.", nullptr},
    {"__dict__", &PyObject_GenericGetDict, &PyObject_GenericSetDict, nullptr, nullptr},
    {},
};

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(View, plain) + offsetof(Plain, attributes)), READONLY,
     nullptr},
    {"__weaklistoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(View, plain) + offsetof(Plain, weak_references)), READONLY,
     nullptr},
    {},
};

const char doc[] =
    "AtomicView(buffer, index=0, *, format=None)\n--\n\n"
    "Atomic operations on an item of memory that somebody else owns.\n\n"
    "    hits = array.array('q', [0] * 8)\n"
    "    AtomicView(hits, 3).increment_and_get()     # hits[3]\n"
    "    AtomicView(mapped, 2, format='q')           # bytes 16 to 23 of an mmap\n\n"
    "The buffer is any object with one: a bytearray, an array, an mmap, shared memory, a ctypes\n"
    "object, a numpy array. `format` is one of \"bBhHiIlLqQnNfd?\", as in struct, native; without\n"
    "it the buffer's items are taken as they are. Integers have all that AtomicInteger has,\n"
    "floats that of AtomicFloat, '?' that of AtomicBoolean; a method of another kind is a\n"
    "TypeError. The index counts items of that format; -1 is the last.\n\n"
    "The buffer stays exported while the view lives: a bytearray cannot be resized meanwhile. As\n"
    "long as an item is used through views nobody may use it otherwise. waits hear of changes\n"
    "through views of the same process; of others' after notify_all().\n\n"
    "Order      Every method is linearizable.\n"
    "Progress   Lock-free, but for wait*().\n"
    "Errors     OverflowError: beyond the format's width. TypeError: no such format, no such\n"
    "           number. PermissionDenied: the buffer is read-only, and cannot be changed.\n"
    "           IndexError. ValueError: the item is not aligned to its size. Nothing has changed.\n"
    "Source     java.util.concurrent.atomic.AtomicLongFieldUpdater and its relatives;\n"
    "           std::atomic_ref.";

}  // namespace

Item* refuse_unmade(PyObject* self) {
    PyErr_Format(PyExc_RuntimeError, "%s.__init__ has not been called", class_name(self));
    return nullptr;
}

Item* refuse_change(const Item& item) {
    const Ref module = Ref::taken(PyImport_ImportModule("atomos.errors"));
    const Ref type =
        module ? Ref::taken(PyObject_GetAttrString(module.get(), "PermissionDenied")) : Ref();
    if (type) {
        PyErr_Format(type.get(),
                     "the buffer of AtomicView, of %s, is read-only; nothing was changed",
                     item.buffer.obj == nullptr ? "nobody" : class_name(item.buffer.obj));
    }
    return nullptr;
}

bool refuse_kind(const Item& item, const char* method, Kinds kinds) {
    const char* const allowed = kinds == integers ? "integers"
                                : kinds == truths ? "truth values"
                                                  : "numbers";
    PyErr_Format(PyExc_TypeError, "%s() is for %s; the format of this AtomicView is '%c'", method,
                 allowed, item.code);
    return false;
}

bool add_view(PyObject* module) {
    static std::vector<PyMethodDef> rows =
        joined({view_methods, view_number_methods, view_bound_methods});
    static std::vector<PyType_Slot> slots = [] {
        std::vector<PyType_Slot> all{
            {Py_tp_doc, const_cast<char*>(doc)},
            {Py_tp_new, slot(&make)},
            {Py_tp_init, slot(&initialise)},
            {Py_tp_dealloc, slot(&end)},
            {Py_tp_traverse, slot(&visit)},
            {Py_tp_clear, slot(&clear)},
            {Py_tp_repr, slot(&represent)},
            {Py_tp_methods, rows.data()},
            {Py_tp_members, members},
            {Py_tp_getset, getset},
        };
        for (PyType_Slot* each = view_in_place; each->slot != 0; ++each) all.push_back(*each);
        all.push_back({});
        return all;
    }();
    static PyType_Spec spec{"atomos.atomic.AtomicView", sizeof(View), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                            slots.data()};
    return add_type(module, spec, nullptr) != nullptr;
}

}  // namespace atomos::python
