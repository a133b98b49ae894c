/// \file
/// Region: the native half of atomos.multiprocessing.Region, which names what it returns.

#include "process_region.hpp"

#include <structmember.h>

#include <atomos/process/region.hpp>
#include <cstddef>
#include <new>
#include <optional>

#include "process_errors.hpp"
#include "process_home.hpp"

namespace atomos::python {
namespace {

struct RegionObject {
    PyObject_HEAD std::optional<process::Region> region;
    PyObject* weak_references;
};

process::Region& region_of(PyObject* self) {
    return *reinterpret_cast<RegionObject*>(self)->region;
}

PyObject* wrap(PyTypeObject* type, process::Region region) {
    PyObject* const self = type->tp_alloc(type, 0);
    if (self == nullptr) return nullptr;
    ::new (&reinterpret_cast<RegionObject*>(self)->region) std::optional(std::move(region));
    return self;
}

void end(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    auto* const object = reinterpret_cast<RegionObject*>(self);
    if (object->weak_references != nullptr) PyObject_ClearWeakRefs(self);
    object->region.~optional();
    type->tp_free(self);
    Py_DECREF(type);
}

/// A number's option: None leaves its default.
template <class T>
bool option(PyObject* given, T& into) {
    if (given == nullptr || given == Py_None) return true;
    const unsigned long long value = PyLong_AsUnsignedLongLong(given);
    if (PyErr_Occurred() != nullptr) return false;
    into = static_cast<T>(value);
    if (static_cast<unsigned long long>(into) == value) return true;
    PyErr_Format(PyExc_ValueError, "%R is too big", given);
    return false;
}

enum class Way : std::uint8_t { create, open, open_or_create };

template <Way way>
PyObject* make(PyObject* type, PyObject* args, PyObject* keywords) {
    static const char* const names[] = {"name", "bytes",     "limit", "participants",
                                        "mode", "read_only", "owner", nullptr};
    const char* name = nullptr;
    Py_ssize_t length = 0;
    PyObject *bytes = nullptr, *limit = nullptr, *participants = nullptr, *mode = nullptr;
    PyObject* owner = nullptr;
    int read_only = 0;
    process::RegionOptions options;
    if (PyArg_ParseTupleAndKeywords(args, keywords, "s#|$OOOOpO", const_cast<char**>(names), &name,
                                    &length, &bytes, &limit, &participants, &mode, &read_only,
                                    &owner) == 0 ||
        !option(bytes, options.bytes) || !option(limit, options.limit) ||
        !option(participants, options.participants) || !option(mode, options.mode)) {
        return nullptr;
    }
    options.read_only = read_only != 0;
    if (owner != nullptr && owner != Py_None && !option(owner, options.owner.emplace())) {
        return nullptr;
    }
    const std::string_view called(name, static_cast<std::size_t>(length));
    auto region = translated(std::optional<process::Region>(), [&] {
        switch (way) {
            case Way::create:
                return std::optional(process::Region::create(called, options));
            case Way::open:
                return std::optional(process::Region::open(called, options));
            default:
                return std::optional(process::Region::open_or_create(called, options));
        }
    });
    return region ? wrap(reinterpret_cast<PyTypeObject*>(type), *std::move(region)) : nullptr;
}

PyObject* remove(PyObject*, PyObject* name) {
    Py_ssize_t length = 0;
    if (!PyUnicode_Check(name)) {
        PyErr_Format(PyExc_TypeError, "a region's name is a str, not %.200s",
                     Py_TYPE(name)->tp_name);
        return nullptr;
    }
    const char* const text = PyUnicode_AsUTF8AndSize(name, &length);
    if (text == nullptr) return nullptr;
    const int removed = translated(-1, [&] {
        return process::Region::remove({text, static_cast<std::size_t>(length)}) ? 1 : 0;
    });
    return removed < 0 ? nullptr : PyBool_FromLong(removed);
}

/// A list with what `tell` makes of each item.
template <class Items, class Tell>
PyObject* list_of(const Items& items, Tell tell) {
    Ref list = Ref::taken(PyList_New(0));
    if (!list) return nullptr;
    for (const auto& item : items) {
        const Ref told = Ref::taken(tell(item));
        if (!told || PyList_Append(list.get(), told.get()) != 0) return nullptr;
    }
    return list.release();
}

PyObject* text_of(const std::string& text) {
    return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()),
                                "backslashreplace");
}

PyObject* list(PyObject*, PyObject*) {
    const auto names = translated(std::optional<std::vector<std::string>>(),
                                  [] { return std::optional(process::Region::list()); });
    return names ? list_of(*names, text_of) : nullptr;
}

const char* kind_of(process::Kind kind) {
    switch (kind) {
        case process::Kind::number:
            return "number";
        case process::Kind::boolean:
            return "boolean";
        case process::Kind::array:
            return "array";
        case process::Kind::adder:
            return "adder";
        case process::Kind::accumulator:
            return "accumulator";
        default:
            return "reference";
    }
}

PyObject* variables(PyObject* self, PyObject*) {
    const auto found = translated(std::optional<std::vector<process::Variable>>(),
                                  [&] { return std::optional(region_of(self).variables()); });
    if (!found) return nullptr;
    return list_of(*found, [](const process::Variable& one) {
        return Py_BuildValue("NNsnKN", text_of(one.name), text_of(one.type), kind_of(one.kind),
                             static_cast<Py_ssize_t>(one.size),
                             static_cast<unsigned long long>(one.version), text_of(one.damage));
    });
}

PyObject* participants(PyObject* self, PyObject*) {
    const auto found = translated(std::optional<std::vector<process::Participant>>(),
                                  [&] { return std::optional(region_of(self).participants()); });
    if (!found) return nullptr;
    return list_of(*found, [](const process::Participant& one) {
        return Py_BuildValue("IiNKn", one.number, one.pid, PyBool_FromLong(one.alive),
                             static_cast<unsigned long long>(one.joined),
                             static_cast<Py_ssize_t>(one.bytes));
    });
}

PyObject* recover(PyObject* self, PyObject*) {
    const auto done = translated(std::optional<process::Recovered>(),
                                 [&] { return std::optional(region_of(self).recover()); });
    if (!done) return nullptr;
    return Py_BuildValue("In", done->participants, static_cast<Py_ssize_t>(done->bytes));
}

PyObject* name(PyObject* self, void*) { return text_of(region_of(self).name()); }
PyObject* descriptor(PyObject* self, void*) {
    return PyLong_FromLong(region_of(self).descriptor());
}
PyObject* read_only(PyObject* self, void*) { return PyBool_FromLong(region_of(self).read_only()); }
PyObject* bytes(PyObject* self, void*) {
    const auto now = translated(std::optional<std::size_t>(),
                                [&] { return std::optional(region_of(self).bytes()); });
    return now ? PyLong_FromSize_t(*now) : nullptr;
}

PyObject* be_family(PyObject* self, PyObject* folder) {
    const char* const text = PyUnicode_AsUTF8(folder);
    if (text == nullptr) return nullptr;
    const bool done = translated(false, [&] {
        set_family(region_of(self).memory(), text);
        return true;
    });
    return done ? Py_NewRef(Py_None) : nullptr;
}

template <Way way>
PyMethodDef maker(const char* name, const char* text) {
    return {name, reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(&make<way>)),
            METH_VARARGS | METH_KEYWORDS | METH_CLASS, text};
}

PyMethodDef region_methods[] = {
    maker<Way::create>("create",
                       "Make a region.\n\nErrors     AlreadyExists; ValueError: a name or option."),
    maker<Way::open>("open", "Open a region that exists.\n\nErrors     NotFound."),
    maker<Way::open_or_create>("open_or_create", "Open a region, or make it."),
    {"remove", &remove, METH_O | METH_STATIC,
     "remove(name, /)\n--\n\nRemove a name; who has the region open keeps it. False: there was "
     "none."},
    {"list", &list, METH_NOARGS | METH_STATIC, "list()\n--\n\nThe names of the regions, sorted."},
    {"_variables", &variables, METH_NOARGS, nullptr},
    {"_participants", &participants, METH_NOARGS, nullptr},
    {"_recover", &recover, METH_NOARGS, nullptr},
    {"_be_family", &be_family, METH_O, nullptr},
    {},
};

PyGetSetDef region_getset[] = {
    {"name", &name, nullptr, "Its name.", nullptr},
    {"descriptor", &descriptor, nullptr, "The descriptor of its file.", nullptr},
    {"read_only", &read_only, nullptr, "Whether nothing can be changed.", nullptr},
    {"bytes", &bytes, nullptr, "Its size now.", nullptr},
    {},
};

PyMemberDef region_members[] = {
    {"__weaklistoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(RegionObject, weak_references)), READONLY, nullptr},
    {},
};

PyType_Slot region_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(&end)},
    {Py_tp_methods, region_methods},
    {Py_tp_getset, region_getset},
    {Py_tp_members, region_members},
    {},
};

PyType_Spec region_spec{
    "atomos._atomos.ProcessRegion", sizeof(RegionObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, region_slots};

}  // namespace

std::shared_ptr<process::Memory> memory_of(PyObject* region) {
    PyTypeObject* type = Py_TYPE(region);
    while (type != nullptr && type->tp_dealloc != &end) type = type->tp_base;
    if (type == nullptr) {
        PyErr_Format(PyExc_TypeError, "a region is a name or a Region, not %.200s",
                     Py_TYPE(region)->tp_name);
        return nullptr;
    }
    return region_of(region).memory();
}

int add_region(PyObject* module) {
    return add_type(module, region_spec, nullptr) == nullptr ? -1 : 0;
}

}  // namespace atomos::python
