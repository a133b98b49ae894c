/// \file
/// LongAdder and DoubleAdder of the process scope: the C++ library's, as Python objects.

#include <bit>
#include <concepts>

#include "arguments.hpp"
#include "process_number.hpp"
#include "process_variable.hpp"

namespace atomos::python {
namespace {

template <class Adder>
constexpr Form form = std::same_as<Adder, process::LongAdder> ? Form::exact : Form::float64;

/// What "name" is in a region, and what is made of it.
template <class Adder>
Needed needed() {
    if constexpr (std::same_as<Adder, process::LongAdder>) {
        return {process::LongSum::type(), others, 0, [] { return process::Stripes::all_of(0); },
                "[drained]"};
    } else {
        return {process::DoubleSum::type(), others, 0, [] { return std::vector<std::byte>(); },
                "[" + std::to_string(process::DoubleSum::count - 1) + "]"};
    }
}

template <class Adder>
std::unique_ptr<Adder> opened(const Home& home) {
    process::Region region = region_in(home);
    return std::make_unique<Adder>(region, name_in(home));
}

template <class Adder>
int initialise(PyObject* self, PyObject* args, PyObject* keywords) {
    static constexpr Signature<2> signature{"__init__", {"region", "name"}, 0};
    const Arguments arguments(signature, args, keywords);
    if (!arguments) return -1;
    if (PyTuple_GET_SIZE(args) > 0) {
        PyErr_SetString(PyExc_TypeError, "region and name are given by keyword");
        return -1;
    }
    const auto open = [](Home& home, bool again) {
        auto adder = opened<Adder>(home);
        if (again) adder->reset();
        return adder;
    };
    return Life<Adder>::settle(self, arguments[0], arguments[1], needed<Adder>(), open) ? 0 : -1;
}

template <class Adder>
PyObject* reduce(PyObject* self, PyObject*) {
    return Life<Adder>::reduce(self, Ref::to(Py_None), Ref::to(Py_None));
}

template <class Adder>
PyObject* attached(PyObject* type, PyObject* args) {
    PyObject *none = nullptr, *address = nullptr;
    if (PyArg_ParseTuple(args, "OOO", &none, &none, &address) == 0) return nullptr;
    return Life<Adder>::attach(type, address, needed<Adder>().type,
                               [](Home& home) { return opened<Adder>(home); });
}

/// Adds a number that fits. False: an error is set, and nothing was added.
template <class Adder>
bool add_number(PyObject* self, typename Adder::value_type x) {
    Adder* const adder = variable_of<Adder>(self);
    return adder != nullptr && translated(false, [&] {
               adder->add(x);
               return true;
           });
}

template <class Adder>
bool add_object(PyObject* self, PyObject* x, bool negated) {
    using T = typename Adder::value_type;
    std::uint64_t bits = 0;
    if (!bits_of(form<Adder>, x, bits)) return false;
    if constexpr (std::same_as<T, double>) {
        const auto value = std::bit_cast<double>(bits);
        return add_number<Adder>(self, negated ? -value : value);
    } else {
        return add_number<Adder>(self, static_cast<T>(negated ? 0 - bits : bits));
    }
}

template <class Adder>
PyObject* add(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"add", {"x"}};
    PyObject* const x = only_argument(signature, args, given, keywords);
    if (x == nullptr || !add_object<Adder>(self, x, false)) return nullptr;
    Py_RETURN_NONE;
}

template <int by>
PyObject* add_constant(PyObject* self, PyObject*) {
    if (!add_number<process::LongAdder>(self, by)) return nullptr;
    Py_RETURN_NONE;
}

template <class Adder, bool negated>
PyObject* in_place(PyObject* self, PyObject* x) {
    const bool fits = PyLong_Check(x) || (form<Adder> == Form::float64 && PyFloat_Check(x));
    if (!fits) Py_RETURN_NOTIMPLEMENTED;
    return add_object<Adder>(self, x, negated) ? Py_NewRef(self) : nullptr;
}

/// What `read` makes of the adder, as an object.
template <class Adder, auto read>
PyObject* of_sum(PyObject* self, PyObject*) {
    using T = typename Adder::value_type;
    Adder* const adder = variable_of<Adder>(self);
    if (adder == nullptr) return nullptr;
    const auto sum =
        translated(std::optional<T>(), [&] { return std::optional((adder->*read)()); });
    return sum ? object_of(form<Adder>, std::bit_cast<std::uint64_t>(*sum)).release() : nullptr;
}

template <class Adder>
PyObject* reset(PyObject* self, PyObject*) {
    const Ref drained = Ref::taken(of_sum<Adder, &Adder::sum_then_reset>(self, nullptr));
    if (!drained) return nullptr;
    Py_RETURN_NONE;
}

template <class Adder>
PyObject* represent(PyObject* self) {
    const Ref sum = Ref::taken(of_sum<Adder, &Adder::sum>(self, nullptr));
    return sum ? describe("atomos.multiprocessing.atomic", self, sum.get()) : nullptr;
}

template <class Adder>
PyMethodDef adder_methods[] = {
    with_arguments("add", &add<Adder>,
                   "add($self, /, x)\n--\n\n"
                   "Add to the sum.\n\n"
                   "Errors     TypeError; OverflowError: beyond 64 bits. Nothing has been added."),
    without_arguments("sum", &of_sum<Adder, &Adder::sum>,
                      "sum($self, /)\n--\n\n"
                      "Return what was added since the last drain: no snapshot."),
    without_arguments("sum_then_reset", &of_sum<Adder, &Adder::sum_then_reset>,
                      "sum_then_reset($self, /)\n--\n\n"
                      "Return the sum, and begin again at 0: each add is in exactly one drain."),
    without_arguments("reset", &reset<Adder>, "reset($self, /)\n--\n\nBegin again at 0."),
    {"__reduce__", &reduce<Adder>, METH_NOARGS,
     "__reduce__($self, /)\n--\n\nThe address of the variable: a copy stands for the same one."},
    {"_attached", &attached<Adder>, METH_VARARGS | METH_CLASS, nullptr},
    {},
};

PyMethodDef long_methods[] = {
    without_arguments("increment", &add_constant<1>, "increment($self, /)\n--\n\nAdd one."),
    without_arguments("decrement", &add_constant<-1>, "decrement($self, /)\n--\n\nSubtract one."),
    {},
};

constexpr const char* long_text =
    "LongAdder(*, region=None, name=None)\n--\n\n"
    "A sum of ints that processes add to without meeting each other.\n\n"
    "    served = LongAdder(region=\"shop\", name=\"served\")\n"
    "    served.increment()                   # or served += 1\n"
    "    report(served.sum_then_reset())      # each is reported exactly once\n\n"
    "For what is added to often and read seldom. sum() is no snapshot: beside adds that run at\n"
    "the same time it may count a later one and miss an earlier one of another process. It counts\n"
    "each add that happened before it. With a name it is C++'s LongAdder of that name, and the\n"
    "command line adds to it.\n\n"
    "Progress   Adds are wait-free, sums and drains lock-free. A process that is\n"
    "           killed blocks nobody; what it had added counts, and what it drains, it drains "
    "whole\n"
    "           or not at all.\n"
    "Bound      2 KiB of shared memory, used again as an AtomicLong's.\n"
    "Errors     OverflowError: a number beyond 64 bits. The sum itself wraps around there. "
    "Mismatch\n"
    "           and the others of atomos.errors.\n"
    "Source     java.util.concurrent.atomic.LongAdder.";

constexpr const char* double_text =
    "DoubleAdder(*, region=None, name=None)\n--\n\n"
    "A sum of floats that processes add to without meeting each other.\n\n"
    "As LongAdder. The sum is compensated: a million times 0.1 is 100000.0, and a 1.0 that was\n"
    "added between 1e100 and -1e100 is there. It takes ints, too.\n\n"
    "Progress   Adds, sums and drains are lock-free. Who is killed within a drain takes along "
    "what\n"
    "           he has taken, as who is killed right after it.\n"
    "Bound      5 KiB of shared memory.\n"
    "Cost       An add is the replacement of a reference.\n"
    "Source     java.util.concurrent.atomic.DoubleAdder; A. Neumaier, ZAMM 54, 1974.";

template <class Adder>
PyTypeObject* add_adder(PyObject* module, const char* name, const char* text, PyMethodDef* more) {
    static std::vector<PyMethodDef> methods = joined({adder_methods<Adder>, more});
    PyType_Slot slots[] = {
        {Py_tp_doc, const_cast<char*>(text)},
        {Py_tp_new, reinterpret_cast<void*>(&Life<Adder>::make)},
        {Py_tp_init, reinterpret_cast<void*>(&initialise<Adder>)},
        {Py_tp_dealloc, reinterpret_cast<void*>(&Life<Adder>::end)},
        {Py_tp_traverse, reinterpret_cast<void*>(&Life<Adder>::visit)},
        {Py_tp_clear, reinterpret_cast<void*>(&Life<Adder>::clear)},
        {Py_tp_repr, reinterpret_cast<void*>(&represent<Adder>)},
        {Py_tp_methods, methods.data()},
        {Py_tp_members, Life<Adder>::members},
        {Py_tp_getset, Life<Adder>::getset},
        {Py_nb_inplace_add, reinterpret_cast<void*>(&in_place<Adder, false>)},
        {Py_nb_inplace_subtract, reinterpret_cast<void*>(&in_place<Adder, true>)},
        {},
    };
    PyType_Spec spec{name, sizeof(SharedVariable<Adder>), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};
    return add_process_type(module, spec, nullptr);
}

}  // namespace

bool add_process_adders(PyObject* module) {
    static PyMethodDef none[] = {{}};
    return add_adder<process::LongAdder>(module, "atomos.multiprocessing.atomic.LongAdder",
                                         long_text, long_methods) != nullptr &&
           add_adder<process::DoubleAdder>(module, "atomos.multiprocessing.atomic.DoubleAdder",
                                           double_text, none) != nullptr;
}

}  // namespace atomos::python
