/// \file
/// AtomicCtypesReference and AtomicBoolean of the process scope.

#include "process_number.hpp"

#include <structmember.h>

#include <cstddef>
#include <cstring>
#include <new>

namespace atomos::python {
namespace {

/// Calls f with a value of the type that a form's word has.
template <class F>
auto with_word(Form form, NumberWord& word, F f) {
    switch (type_of(form).size) {
        case 1:
            return f(word_as<std::uint8_t>(word));
        case 2:
            return f(word_as<std::uint16_t>(word));
        case 4:
            return f(word_as<std::uint32_t>(word));
        default:
            return f(word_as<std::uint64_t>(word));
    }
}

process::Memory& memory_of(SharedNumber& self) {
    return *self.home.load(std::memory_order_acquire)->memory;
}

PyObject* get_value(PyObject* self, void*) {
    SharedNumber& number = shared_number(self);
    NumberWord* const word = readable(number);
    return word == nullptr ? nullptr : object_of(number.form, load(*word, number.form)).release();
}

PyObject* represent(PyObject* self) {
    const Ref value = Ref::taken(get_value(self, nullptr));
    return value ? describe("atomos.multiprocessing.atomic", self, value.get()) : nullptr;
}

/// Classes of 0.3.1 assign it in __init__; the value is where it is shared.
int ignore_value(PyObject*, PyObject*, void*) { return 0; }

/// Lets an object that has its home be used.
void publish_word(SharedNumber& self, NumberWord* word, const Home& home) {
    self.line = &home.entry().cell;
    if (!home.memory->read_only()) self.writable.store(word, std::memory_order_release);
    self.word.store(word, std::memory_order_release);
}

/// Gives the object its variable, unless another thread did so meanwhile.
void publish(SharedNumber& self, Form form, std::unique_ptr<Home> home) {
    Home* nobody = nullptr;
    self.form = form;
    if (!self.home.compare_exchange_strong(nobody, home.get(), std::memory_order_seq_cst)) return;
    Home* const own = home.release();
    publish_word(self, reinterpret_cast<NumberWord*>(&own->entry().cell.word), *own);
}

}  // namespace

PyObject* reduce_number(PyObject* self, PyObject*) {
    SharedNumber& number = shared_number(self);
    if (readable(number) == nullptr) return nullptr;
    PyObject* const attributes = number.plain.attributes;
    const bool has_state = attributes != nullptr && PyDict_Size(attributes) > 0;
    PyObject* const state = has_state ? attributes : Py_None;
    if (number.array != nullptr) {
        const Ref at = Ref::taken(PyObject_GetAttrString(number.array, "at"));
        return at ? Py_BuildValue("O(n)O", at.get(), number.index, state) : nullptr;
    }
    const Ref make =
        Ref::taken(PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(self)), "_attached"));
    const Ref address = address_of(*number.home.load(std::memory_order_acquire));
    if (!make || !address) return nullptr;
    return Py_BuildValue("O(iO)O", make.get(), static_cast<int>(number.form), address.get(), state);
}

PyObject* attached_number(PyObject* type, PyObject* args) {
    int code = 0;
    PyObject* address = nullptr;
    if (PyArg_ParseTuple(args, "iO", &code, &address) == 0) return nullptr;
    if (code < 0 || code >= static_cast<int>(forms)) {
        return PyErr_Format(PyExc_ValueError, "%d is no form of a number", code);
    }
    const auto form = static_cast<Form>(code);
    auto home = find_home(address, type_of(form), static_cast<unsigned>(form));
    if (!home) return nullptr;
    PyObject* const self = make_number(reinterpret_cast<PyTypeObject*>(type), nullptr, nullptr);
    if (self != nullptr) publish(shared_number(self), form, std::move(home));
    return self;
}

std::uint64_t load(NumberWord& word, Form form) noexcept {
    return with_word(form, word, [](const auto& shared) {
        return static_cast<std::uint64_t>(shared.load(std::memory_order_seq_cst));
    });
}

bool compare_exchange(NumberWord& word, Form form, std::uint64_t seen,
                      std::uint64_t next) noexcept {
    return with_word(form, word, [&]<class T>(process::Atomic<T>& shared) {
        T expected = static_cast<T>(seen);
        return shared.compare_exchange_strong(expected, static_cast<T>(next),
                                              std::memory_order_seq_cst);
    });
}

NumberWord* refuse_use(SharedNumber& self) {
    if (self.word.load(std::memory_order_acquire) == nullptr) {
        PyErr_Format(PyExc_RuntimeError, "%s.__init__ has not been called",
                     class_name(reinterpret_cast<PyObject*>(&self)));
    } else {
        translated(0, [&]() -> int { memory_of(self).refuse_write(); });
    }
    return nullptr;
}

void wake_waiters(SharedNumber& self) noexcept {
    process::CellLine& line = *self.line;
    const std::uint64_t turn = line.turn.fetch_add(1, std::memory_order_seq_cst);
    memory_of(self).wake(line, line.turn, turn + 1);
}

bool settle_number(SharedNumber& self, Form form, PyObject* value, PyObject* region,
                   PyObject* name) {
    std::uint64_t bits = 0;
    if (value != nullptr && !bits_of(form, value, bits)) return false;
    if (self.word.load(std::memory_order_acquire) != nullptr) {
        PyErr_Format(PyExc_RuntimeError, "%s.__init__ has been called already",
                     class_name(reinterpret_cast<PyObject*>(&self)));
        return false;
    }
    bool again = false;
    auto home = settle(region, name, {type_of(form), static_cast<unsigned>(form), bits}, again);
    if (!home) return false;
    if (again) home->entry().cell.word.store(bits, std::memory_order_seq_cst);
    publish(self, form, std::move(home));
    return true;
}

PyObject* make_number(PyTypeObject* type, PyObject*, PyObject*) {
    PyObject* const self = type->tp_alloc(type, 0);
    if (self == nullptr) return nullptr;
    SharedNumber& made = shared_number(self);
    ::new (&made.word) std::atomic<NumberWord*>(nullptr);
    ::new (&made.writable) std::atomic<NumberWord*>(nullptr);
    ::new (&made.home) std::atomic<Home*>(nullptr);
    return self;
}

namespace {

int visit(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(shared_number(self).array);
    Py_VISIT(shared_number(self).plain.attributes);
    return 0;
}

int clear(PyObject* self) {
    Py_CLEAR(shared_number(self).plain.attributes);
    return 0;
}

void end(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    SharedNumber& number = shared_number(self);
    PyObject_GC_UnTrack(self);
    if (number.plain.weak_references != nullptr) PyObject_ClearWeakRefs(self);
    clear(self);
    Home* const home = number.home.load(std::memory_order_acquire);
    if (home != nullptr && number.array == nullptr) leave(std::unique_ptr<Home>(home));
    Py_XDECREF(number.array);
    Py_XDECREF(number.given);
    type->tp_free(self);
    Py_DECREF(type);
}

int initialise(PyObject* self, PyObject* args, PyObject* keywords) {
    static constexpr Signature<4> signature{
        "__init__", {"typecode_or_type", "value", "region", "name"}, 0};
    const Arguments arguments(signature, args, keywords);
    if (!arguments) return -1;
    if (PyTuple_GET_SIZE(args) > 2) {
        PyErr_SetString(PyExc_TypeError, "region and name are given by keyword");
        return -1;
    }
    Form form{};
    if (!form_of(arguments[0] == nullptr ? Py_None : arguments[0], form)) return -1;
    PyObject* const value = arguments[1] == Py_None ? nullptr : arguments[1];
    return settle_number(shared_number(self), form, value, arguments[2], arguments[3]) ? 0 : -1;
}

PyGetSetDef getset[] = {
    {"_value", &get_value, &ignore_value, "The value; assignment has no effect.", nullptr},
    {"__dict__", &PyObject_GenericGetDict, &PyObject_GenericSetDict, nullptr, nullptr},
    {},
};

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(SharedNumber, plain) + offsetof(Plain, attributes)), READONLY,
     nullptr},
    {"__weaklistoffset__", T_PYSSIZET,
     static_cast<Py_ssize_t>(offsetof(SharedNumber, plain) + offsetof(Plain, weak_references)),
     READONLY, nullptr},
    {},
};

PyType_Slot slots[] = {
    {Py_tp_doc,
     const_cast<char*>(
         "AtomicCtypesReference(typecode_or_type=None, value=None, *, region=None, name=None)\n"
         "--\n\n"
         "A value of a simple ctypes type in shared memory; it wraps as that type does.\n\n"
         "The type is a typecode of multiprocessing.Value, or a ctypes class. With `region` (a "
         "name\n"
         "or a Region) and `name` it is the variable of that name, opened or made. Without them "
         "it\n"
         "is shared by fork, and with whoever gets it pickled. Copies of the object stand for the\n"
         "same variable.\n\n"
         "Progress   Lock-free; get() is wait-free. A process that is killed blocks nobody.\n"
         "Bound      448 bytes of shared memory. They are used again when an object without a "
         "name\n"
         "           ends that was never pickled and never lived through a fork; else they stay\n"
         "           until the last process of the family ends.\n"
         "Errors     TypeError: no such type; region without name. Mismatch: the variable is of\n"
         "           another type. Full, PermissionDenied, and the others of atomos.errors.")},
    {Py_tp_new, reinterpret_cast<void*>(&make_number)},
    {Py_tp_init, reinterpret_cast<void*>(&initialise)},
    {Py_tp_dealloc, reinterpret_cast<void*>(&end)},
    {Py_tp_traverse, reinterpret_cast<void*>(&visit)},
    {Py_tp_clear, reinterpret_cast<void*>(&clear)},
    {Py_tp_repr, reinterpret_cast<void*>(&represent)},
    {Py_tp_methods, process_number_methods},
    {Py_tp_members, members},
    {Py_tp_getset, getset},
    {},
};

PyType_Spec spec{"atomos.multiprocessing.atomic.AtomicCtypesReference", sizeof(SharedNumber), 0,
                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

PyObject* get_and_toggle(PyObject* self, PyObject*) {
    return answer<Wants::old>(change(shared_number(self), [](PyObject* value) {
        return Ref::to(value == Py_True ? Py_False : Py_True);
    }));
}

template <binaryfunc operation>
PyObject* in_place(PyObject* self, PyObject* operand) {
    if (!PyBool_Check(operand)) Py_RETURN_NOTIMPLEMENTED;
    const Change made = change(shared_number(self), [&](PyObject* value) {
        return Ref::taken(operation(value, operand));
    });
    return made.now ? Py_NewRef(self) : nullptr;
}

PyMethodDef boolean_methods[] = {
    without_arguments("get_and_toggle", &get_and_toggle,
                      "get_and_toggle($self, /)\n--\n\n"
                      "Negate the value, and return the one before."),
    {},
};

PyType_Slot boolean_slots[] = {
    {Py_tp_doc,
     const_cast<char*>("AtomicBoolean(value=False, *, region=None, name=None)\n--\n\n"
                       "A truth value in shared memory, of any object; &=, |= and ^= are atomic.")},
    {Py_tp_init, reinterpret_cast<void*>(&initialise_number<Form::truth>)},
    {Py_tp_dealloc, reinterpret_cast<void*>(&end)},
    {Py_tp_traverse, reinterpret_cast<void*>(&visit)},
    {Py_tp_clear, reinterpret_cast<void*>(&clear)},
    {Py_tp_methods, boolean_methods},
    {Py_nb_inplace_and, reinterpret_cast<void*>(&in_place<PyNumber_And>)},
    {Py_nb_inplace_or, reinterpret_cast<void*>(&in_place<PyNumber_Or>)},
    {Py_nb_inplace_xor, reinterpret_cast<void*>(&in_place<PyNumber_Xor>)},
    {},
};

PyType_Spec boolean_spec{"atomos.multiprocessing.atomic.AtomicBoolean", sizeof(SharedNumber), 0,
                         Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                         boolean_slots};

}  // namespace

PyObject* make_element(PyTypeObject* type, PyObject* array, Py_ssize_t index, Form form,
                       NumberWord* word, Home& home) {
    PyObject* const self = make_number(type, nullptr, nullptr);
    if (self == nullptr) return nullptr;
    SharedNumber& element = shared_number(self);
    element.form = form;
    element.array = Py_NewRef(array);
    element.index = index;
    element.home.store(&home, std::memory_order_release);
    publish_word(element, word, home);
    return self;
}

bool is_element(PyObject* object, PyObject* array, Py_ssize_t index) noexcept {
    PyTypeObject* type = Py_TYPE(object);
    while (type != nullptr && type->tp_dealloc != &end) type = type->tp_base;
    if (type == nullptr) return false;
    const SharedNumber& element = shared_number(object);
    return element.array == array && element.index == index;
}

PyTypeObject* add_process_type(PyObject* module, PyType_Spec& spec, PyTypeObject* base) {
    const Ref type =
        Ref::taken(PyType_FromModuleAndSpec(module, &spec, reinterpret_cast<PyObject*>(base)));
    if (!type) return nullptr;
    std::string name = std::strrchr(spec.name, '.') + 1;
    if (!name.starts_with("Process")) name = "Process" + name;
    if (PyModule_AddObjectRef(module, name.c_str(), type.get()) != 0) return nullptr;
    return reinterpret_cast<PyTypeObject*>(type.get());  // the module keeps it
}

PyTypeObject* add_ctypes_references(PyObject* module) {
    PyTypeObject* const base = add_process_type(module, spec, nullptr);
    if (base == nullptr || add_process_type(module, boolean_spec, base) == nullptr) return nullptr;
    return base;
}

}  // namespace atomos::python
