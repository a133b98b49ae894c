/// \file
/// The arrays of the process scope: how they are made, opened and sent.

#include "process_array.hpp"

#include <cstring>

namespace atomos::python {
namespace {

using process::Kind;

using Alive = Life<Row>;

/// How many elements, and the bits that they begin with: one for all, or one each.
struct First {
    Py_ssize_t length = 0;
    std::vector<std::uint64_t> bits{0};

    std::uint64_t of(Py_ssize_t index) const {
        return bits[bits.size() == 1 ? 0 : static_cast<std::size_t>(index)];
    }
};

bool take_values(PyObject* values, Form form, First& first) {
    const Ref all = Ref::taken(PySequence_Tuple(values));
    if (!all) return false;
    first.length = PyTuple_GET_SIZE(all.get());
    first.bits = translated(std::vector<std::uint64_t>(), [&] {
        return std::vector<std::uint64_t>(static_cast<std::size_t>(first.length));
    });
    if (PyErr_Occurred() != nullptr) return false;
    for (std::size_t i = 0; i < first.bits.size(); ++i) {
        PyObject* const value = PyTuple_GET_ITEM(all.get(), static_cast<Py_ssize_t>(i));
        if (!bits_of(form, value, first.bits[i])) return false;
    }
    return true;
}

/// From (length), (length, value) or (values). False: an error is set.
bool take_first(PyObject* self, PyObject* of, PyObject* value, Form form, First& first) {
    if (Py_TYPE(of)->tp_iter != nullptr) {
        if (value == nullptr) return take_values(of, form, first);
        PyErr_Format(PyExc_TypeError, "%s() takes a length and a value, or values",
                     class_name(self));
        return false;
    }
    first.length = PyNumber_AsSsize_t(of, nullptr);
    if (first.length == -1 && PyErr_Occurred() != nullptr) return false;
    if (first.length < 0) {
        PyErr_Format(PyExc_ValueError, "the length of %s is %S; allowed: 0 and more",
                     class_name(self), of);
        return false;
    }
    return value == nullptr || bits_of(form, value, first.bits[0]);
}

std::unique_ptr<Row> opened(const Home& home, Form form, Py_ssize_t length, PyObject* element) {
    const std::size_t bytes = RowType(form, length).bytes;
    auto* const words =
        static_cast<std::byte*>(process::array_words(*home.memory, home.cell, bytes));
    return std::unique_ptr<Row>(new Row{words, length, form, Ref::to(element)});
}

std::vector<std::byte> bytes_of(const First& first, std::size_t size, std::size_t bytes) {
    std::vector<std::byte> all(bytes);
    for (Py_ssize_t i = 0; i < first.length; ++i) {
        const std::uint64_t bits = first.of(i);
        std::memcpy(all.data() + static_cast<std::size_t>(i) * size, &bits, size);
    }
    return all;
}

/// Writes the first values once more, where nobody else is.
void begin_again(const Row& row, const First& first) {
    for (Py_ssize_t i = 0; i < row.length; ++i) {
        NumberWord& word = *row.at(i);
        while (!compare_exchange(word, row.form, load(word, row.form), first.of(i))) {
        }
    }
}

Ref class_of_elements(const char* name) {
    const Ref module = Ref::taken(PyImport_ImportModule("atomos._atomos"));
    return module ? Ref::taken(PyObject_GetAttrString(module.get(), name)) : Ref();
}

bool settle_row(PyObject* self, Form form, const char* element, PyObject* of, PyObject* value,
                PyObject* region, PyObject* name) {
    First first;
    const Ref elements = class_of_elements(element);
    if (!elements || !take_first(self, of, value, form, first)) return false;
    const RowType type(form, first.length);
    const auto open = [&](const Home& home, bool again) {
        auto row = opened(home, form, first.length, elements.get());
        if (again) begin_again(*row, first);
        return row;
    };
    const auto bytes = [&] { return bytes_of(first, type_of(form).size, type.bytes); };
    return Alive::settle(self, region, name, {type.type(), others, 0, bytes}, open);
}

/// The arrays of one form, and the native class of their elements.
struct Numbers {
    Form form;
    const char* element;
};
constexpr Numbers integers{Form::exact, "ProcessAtomicInteger"};
constexpr Numbers longs{Form::exact, "ProcessAtomicLong"};
constexpr Numbers floats{Form::float64, "ProcessAtomicFloat"};
constexpr Numbers truths{Form::truth, "ProcessAtomicBoolean"};

template <const Numbers& numbers>
int initialise(PyObject* self, PyObject* args, PyObject* keywords) {
    static const char* const names[] = {"", "", "region", "name", nullptr};
    PyObject *of = nullptr, *value = nullptr, *region = nullptr, *name = nullptr;
    if (PyArg_ParseTupleAndKeywords(args, keywords, "O|O$OO", const_cast<char**>(names), &of,
                                    &value, &region, &name) == 0) {
        return -1;
    }
    return settle_row(self, numbers.form, numbers.element, of, value, region, name) ? 0 : -1;
}

constexpr const char* any_number = "ProcessAtomicNumber";

int initialise_numbers(PyObject* self, PyObject* args, PyObject* keywords) {
    static const char* const names[] = {"", "", "", "region", "name", nullptr};
    PyObject *type = nullptr, *of = nullptr, *value = nullptr, *region = nullptr, *name = nullptr;
    Form form{};
    if (PyArg_ParseTupleAndKeywords(args, keywords, "OO|O$OO", const_cast<char**>(names), &type,
                                    &of, &value, &region, &name) == 0 ||
        !form_of(type, form)) {
        return -1;
    }
    return settle_row(self, form, any_number, of, value, region, name) ? 0 : -1;
}

PyObject* reduce(PyObject* self, PyObject*) {
    const Row* const row = variable_of<Row>(self);
    if (row == nullptr) return nullptr;
    Ref form = Ref::taken(PyLong_FromLong(static_cast<long>(row->form)));
    Ref length = Ref::taken(PyLong_FromSsize_t(row->length));
    return form && length ? Alive::reduce(self, std::move(form), std::move(length)) : nullptr;
}

PyObject* attach(PyObject* cls, PyObject* args, const Form* only, const char* element) {
    int code = 0;
    Py_ssize_t length = 0;
    PyObject* address = nullptr;
    if (PyArg_ParseTuple(args, "inO", &code, &length, &address) == 0) return nullptr;
    if (code < 0 || code >= static_cast<int>(forms) || length < 0 ||
        (only != nullptr && code != static_cast<int>(*only))) {
        return PyErr_Format(PyExc_ValueError, "no array of %.200s is of form %d and length %zd",
                            reinterpret_cast<PyTypeObject*>(cls)->tp_name, code, length);
    }
    const Ref elements = class_of_elements(element);
    if (!elements) return nullptr;
    const auto form = static_cast<Form>(code);
    return Alive::attach(cls, address, RowType(form, length).type(), [&](const Home& home) {
        return opened(home, form, length, elements.get());
    });
}

template <const Numbers& numbers>
PyObject* attached(PyObject* cls, PyObject* args) {
    return attach(cls, args, &numbers.form, numbers.element);
}
PyObject* attached_numbers(PyObject* cls, PyObject* args) {
    return attach(cls, args, nullptr, any_number);
}

PyObject* at(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"at", {"index"}};
    PyObject* const index = only_argument(signature, args, given, keywords);
    return index == nullptr ? nullptr : element_of(self, index);
}

PyObject* length(PyObject* self, PyObject*) {
    const Py_ssize_t now = elements_in(self);
    return now < 0 ? nullptr : PyLong_FromSsize_t(now);
}

/// claim_array(region, name, length): the variable that says how many references there are.
PyObject* claim_array(PyObject*, PyObject* args) {
    PyObject *region = nullptr, *name = nullptr;
    Py_ssize_t length = 0;
    if (PyArg_ParseTuple(args, "OOn", &region, &name, &length) == 0) return nullptr;
    const std::string type = "references to pickle[" + std::to_string(length) + ']';
    bool again = false;
    const auto home = settle(region, name,
                             {{Kind::array, type, 0, 1},
                              others,
                              0,
                              [] { return std::vector<std::byte>(); },
                              '[' + std::to_string(length > 0 ? length - 1 : 0) + ']'},
                             again);
    return home ? Py_NewRef(Py_None) : nullptr;
}

PyMethodDef common_methods[] = {
    with_arguments("at", &at, "at($self, /, index)\n--\n\nReturn the element there: a handle."),
    without_arguments("length", &length, "length($self, /)\n--\n\nReturn the number of elements."),
    {"__reduce_ex__", &reduce, METH_O,
     "__reduce_ex__($self, protocol, /)\n--\n\n"
     "The address of the variable: a copy stands for the same one."},
    {},
};

using Initialise = int (*)(PyObject*, PyObject*, PyObject*);

PyTypeObject* add_array(PyObject* module, const char* name, Initialise initialise,
                        std::vector<PyMethodDef>& methods) {
    PyType_Slot slots[] = {
        {Py_tp_new, reinterpret_cast<void*>(&Alive::make)},
        {Py_tp_init, reinterpret_cast<void*>(initialise)},
        {Py_tp_dealloc, reinterpret_cast<void*>(&Alive::end)},
        {Py_tp_traverse, reinterpret_cast<void*>(&Alive::visit)},
        {Py_tp_clear, reinterpret_cast<void*>(&Alive::clear)},
        {Py_tp_repr, reinterpret_cast<void*>(&represent_array)},
        {Py_tp_iter, reinterpret_cast<void*>(&PySeqIter_New)},
        {Py_mp_length, reinterpret_cast<void*>(&elements_in)},
        {Py_mp_subscript, reinterpret_cast<void*>(&element_of)},
        {Py_mp_ass_subscript, reinterpret_cast<void*>(&assign_element)},
        {Py_sq_item, reinterpret_cast<void*>(&element_in_turn)},
        {Py_tp_methods, methods.data()},
        {Py_tp_members, Alive::members},
        {Py_tp_getset, Alive::getset},
        {},
    };
    PyType_Spec spec{name, sizeof(SharedVariable<Row>), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};
    return add_process_type(module, spec, nullptr);
}

PyMethodDef attached_row(PyCFunction attached) {
    return {"_attached", attached, METH_VARARGS | METH_CLASS, nullptr};
}

template <const Numbers& numbers>
bool add_array_of(PyObject* module, const char* name) {
    const PyMethodDef own[] = {attached_row(&attached<numbers>), {}};
    static std::vector<PyMethodDef> methods = joined({common_methods, own});
    return add_array(module, name, &initialise<numbers>, methods) != nullptr;
}

PyMethodDef functions[] = {
    {"claim_array", &claim_array, METH_VARARGS, nullptr},
    {},
};

}  // namespace

bool add_process_arrays(PyObject* module) {
    const PyMethodDef own[] = {attached_row(&attached_numbers), {}};
    static std::vector<PyMethodDef> methods = joined({common_methods, own});
    return PyModule_AddFunctions(module, functions) == 0 &&
           add_array_of<integers>(module, "atomos._atomos.ProcessIntegers") &&
           add_array_of<longs>(module, "atomos._atomos.ProcessLongs") &&
           add_array_of<floats>(module, "atomos._atomos.ProcessFloats") &&
           add_array_of<truths>(module, "atomos._atomos.ProcessTruths") &&
           add_array(module, "atomos._atomos.ProcessNumbers", &initialise_numbers, methods) !=
               nullptr;
}

}  // namespace atomos::python
