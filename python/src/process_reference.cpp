/// \file
/// ProcessReference: how it begins, travels and ends.

#include "process_reference.hpp"

#include <structmember.h>

#include <cstddef>
#include <new>

namespace atomos::python {
namespace {

using process::Block;
using process::Place;
using process::Standing;

/// A class of objects: what their variables are in a region.
struct Pickles {
    process::Type type;
    unsigned pool;
};
constexpr Pickles plain{{process::Kind::reference, "pickle", 0, 1}, references};
constexpr Pickles stamped{{process::Kind::reference, "stamped<pickle>", 0, 1}, others};
constexpr Pickles markable{{process::Kind::reference, "markable<pickle>", 0, 1}, others};

PyObject* make(PyTypeObject* type, PyObject*, PyObject*) {
    PyObject* const self = type->tp_alloc(type, 0);
    if (self == nullptr) return nullptr;
    SharedReference& made = shared(self);
    ::new (&made.place) std::atomic<Place*>(nullptr);
    ::new (&made.home) std::atomic<Home*>(nullptr);
    ::new (&made.mutex) Mutex;
    const Ref pickle = Ref::taken(PyImport_ImportModule("pickle"));
    if (pickle) {
        made.loads = PyObject_GetAttrString(pickle.get(), "loads");
        made.dumps = PyObject_GetAttrString(pickle.get(), "dumps");
    }
    if (made.loads != nullptr && made.dumps != nullptr) return self;
    Py_DECREF(self);
    return nullptr;
}

/// Where a variable's values are. None: an error is set.
std::unique_ptr<Place> place_in(const Home& home) {
    return translated(std::unique_ptr<Place>(),
                      [&] { return std::make_unique<Place>(home.memory, home.cell); });
}

/// Gives the object its variable, unless another thread did so meanwhile.
void publish(SharedReference& self, std::unique_ptr<Home> home, std::unique_ptr<Place> place) {
    Home* nobody = nullptr;
    if (!self.home.compare_exchange_strong(nobody, home.get(), std::memory_order_seq_cst)) return;
    [[maybe_unused]] Home* const own = home.release();
    self.place.store(place.release(), std::memory_order_release);
}

template <const Pickles& pickles>
int initialise(PyObject* self, PyObject* args, PyObject* keywords) {
    static constexpr Signature<3> signature{"__init__", {"value", "region", "name"}, 0};
    const Arguments arguments(signature, args, keywords);
    if (!arguments) return -1;
    if (PyTuple_GET_SIZE(args) > 1) {
        PyErr_SetString(PyExc_TypeError, "region and name are given by keyword");
        return -1;
    }
    if (shared(self).place.load(std::memory_order_acquire) != nullptr) {
        PyErr_Format(PyExc_RuntimeError, "%s.__init__ has been called already", class_name(self));
        return -1;
    }
    const Ref bytes = pickled(self, arguments[0] == nullptr ? Py_None : arguments[0]);
    if (!bytes) return -1;
    const auto span = span_of(bytes.get());
    const auto first = [&] { return std::vector<std::byte>(span.begin(), span.end()); };
    bool again = false;
    auto home = settle(arguments[1], arguments[2], {pickles.type, pickles.pool, 0, first}, again);
    auto place = home ? place_in(*home) : nullptr;
    if (!place) return -1;
    if (again) {
        Standing now{};
        if (!overwrite(*place, bytes.get(), now)) return -1;
        home->base = now.version - 1;
    }
    publish(shared(self), std::move(home), std::move(place));
    return 0;
}

int visit(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(shared(self).loads);
    Py_VISIT(shared(self).dumps);
    Py_VISIT(shared(self).guard);
    Py_VISIT(shared(self).plain.attributes);
    return 0;
}

int clear(PyObject* self) {
    Py_CLEAR(shared(self).guard);
    Py_CLEAR(shared(self).plain.attributes);
    return 0;
}

/// Lets the room of a big value be used by others while its variable is put aside.
void shrink(Place& place) noexcept {
    constexpr std::size_t big = 1024;
    static constexpr char none[] = "\x80\x05N.";
    try {
        std::size_t length = 0;
        const auto measured = place.look<sizeof(Block)>(place.head(), [&](const Block& block) {
            length = Block::length_in(block.place.load(std::memory_order_relaxed));
            return true;
        });
        if (!measured || length <= big) return;
        const auto bytes = std::as_bytes(std::span(none, sizeof none - 1));
        place.overwrite({bytes.data(), bytes.size(), process::checksum(bytes),
                         place.memory()->size_class(bytes.size())});
    } catch (const std::exception&) {
        return;  // then it stays as it is
    }
}

void end(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    SharedReference& reference = shared(self);
    if (reference.plain.weak_references != nullptr) PyObject_ClearWeakRefs(self);
    clear(self);
    Py_CLEAR(reference.loads);
    Py_CLEAR(reference.dumps);
    Py_CLEAR(reference.kept);
    const std::unique_ptr<Place> place(reference.place.load(std::memory_order_acquire));
    if (std::unique_ptr<Home> home{reference.home.load(std::memory_order_acquire)}) {
        if (place && is_private(*home)) shrink(*place);
        leave(std::move(home));
    }
    type->tp_free(self);
    Py_DECREF(type);
}

PyObject* get_value(PyObject* self, void*) { return get_reference(self, nullptr); }
int ignore_value(PyObject*, PyObject*, void*) { return 0; }

PyGetSetDef getset[] = {
    {"_value", &get_value, &ignore_value, "The value; assignment has no effect.", nullptr},
    {"__dict__", &PyObject_GenericGetDict, &PyObject_GenericSetDict, nullptr, nullptr},
    {},
};

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(SharedReference, plain) + offsetof(Plain, attributes)),
     READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(SharedReference, plain) + offsetof(Plain, weak_references)),
     READONLY, nullptr},
    {},
};

template <const Pickles& pickles>
PyObject* attached(PyObject* type, PyObject* address) {
    auto home = find_home(address, pickles.type, pickles.pool);
    auto place = home ? place_in(*home) : nullptr;
    if (!place) return nullptr;
    PyObject* const self = make(reinterpret_cast<PyTypeObject*>(type), nullptr, nullptr);
    if (self != nullptr) publish(shared(self), std::move(home), std::move(place));
    return self;
}

PyType_Slot slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(&make)},
    {Py_tp_init, reinterpret_cast<void*>(&initialise<plain>)},
    {Py_tp_dealloc, reinterpret_cast<void*>(&end)},
    {Py_tp_traverse, reinterpret_cast<void*>(&visit)},
    {Py_tp_clear, reinterpret_cast<void*>(&clear)},
    {Py_tp_methods, process_reference_methods},
    {Py_tp_members, members},
    {Py_tp_getset, getset},
    {},
};

PyType_Spec spec{"atomos._atomos.ProcessReference", sizeof(SharedReference), 0,
                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

/// A class whose variables are of another type.
template <const Pickles& pickles>
bool add_tagged(PyObject* module, const char* name, PyTypeObject* base) {
    static PyMethodDef methods[] = {
        {"_attached", &attached<pickles>, METH_O | METH_CLASS, nullptr},
        {},
    };
    PyType_Slot tagged_slots[] = {
        {Py_tp_init, reinterpret_cast<void*>(&initialise<pickles>)},
        {Py_tp_methods, methods},
        {},
    };
    PyType_Spec tagged{name, sizeof(SharedReference), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                       tagged_slots};
    return add_process_type(module, tagged, base) != nullptr;
}

}  // namespace

PyObject* reduce_reference(PyObject* self, PyObject*) {
    if (place_of(self) == nullptr) return nullptr;
    const Ref make =
        Ref::taken(PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(self)), "_attached"));
    const Ref address = address_of(*shared(self).home.load(std::memory_order_acquire));
    if (!make || !address) return nullptr;
    PyObject* const attributes = shared(self).plain.attributes;
    const bool has_state = attributes != nullptr && PyDict_Size(attributes) > 0;
    return Py_BuildValue("O(O)O", make.get(), address.get(), has_state ? attributes : Py_None);
}

PyObject* attached_reference(PyObject* type, PyObject* address) {
    return attached<plain>(type, address);
}

bool add_process_references(PyObject* module) {
    PyTypeObject* const base = add_process_type(module, spec, nullptr);
    return base != nullptr && add_tagged<stamped>(module, "atomos._atomos.ProcessStamped", base) &&
           add_tagged<markable>(module, "atomos._atomos.ProcessMarkable", base);
}

}  // namespace atomos::python
