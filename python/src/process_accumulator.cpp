/// \file
/// LongAccumulator and DoubleAccumulator of the process scope.

#include "process_accumulator.hpp"

#include <bit>

#include "arguments.hpp"
#include "process_number.hpp"

namespace atomos::python {
namespace {

using process::Kind;
using process::Stripes;
using Word = Stripes::Word;

constexpr auto relaxed = std::memory_order_relaxed;

using Alive = Life<Accumulator>;

/// The type of an accumulator in a region, which its identity belongs to.
std::string type_text(Form form, std::uint64_t identity) {
    return form == Form::exact ? process::fold_type(static_cast<std::int64_t>(identity))
                               : process::fold_type(std::bit_cast<double>(identity));
}

/// What opens one.
auto opening(Form form, std::uint64_t identity, PyObject* fn) {
    return [=](const Home& home) {
        return std::unique_ptr<Accumulator>(
            new Accumulator{{region_in(home), name_in(home), Kind::accumulator,
                             type_text(form, identity), identity},
                            form,
                            identity,
                            Ref::to(fn)});
    };
}

template <Form form>
int initialise(PyObject* self, PyObject* args, PyObject* keywords) {
    static constexpr Signature<4> signature{"__init__", {"fn", "identity", "region", "name"}, 2};
    const Arguments arguments(signature, args, keywords);
    if (!arguments) return -1;
    if (PyTuple_GET_SIZE(args) > 2) {
        PyErr_SetString(PyExc_TypeError, "region and name are given by keyword");
        return -1;
    }
    PyObject* const fn = arguments[0];
    if (PyCallable_Check(fn) == 0) {
        PyErr_Format(PyExc_TypeError, "the fn of %s has to be callable, not %.200s",
                     class_name(self), Py_TYPE(fn)->tp_name);
        return -1;
    }
    std::uint64_t identity = 0;
    if (!bits_of(form, arguments[1], identity)) return -1;
    const std::string type = type_text(form, identity);
    const auto open = opening(form, identity, fn);
    const auto cleared = [&](const Home& home, bool again) {
        auto opened = open(home);
        if (again) opened->stripes.each([&](Word& word) { word.store(identity, relaxed); });
        return opened;
    };
    const auto first = [identity] { return Stripes::all_of(identity); };
    const Needed needed{Stripes::type_of(Kind::accumulator, type), others, 0, first};
    return Alive::settle(self, arguments[2], arguments[3], needed, cleared) ? 0 : -1;
}

PyObject* reduce(PyObject* self, PyObject*) {
    const Accumulator* const all = variable_of<Accumulator>(self);
    if (all == nullptr) return nullptr;
    Ref identity = object_of(all->form, all->identity);
    return identity ? Alive::reduce(self, Ref::to(all->callback.get()), std::move(identity))
                    : nullptr;
}

template <Form form>
PyObject* attached(PyObject* type, PyObject* args) {
    PyObject *fn = nullptr, *identity = nullptr, *address = nullptr;
    if (PyArg_ParseTuple(args, "OOO", &fn, &identity, &address) == 0) return nullptr;
    std::uint64_t bits = 0;
    if (!bits_of(form, identity, bits)) return nullptr;
    const std::string text = type_text(form, bits);
    return Alive::attach(type, address, Stripes::type_of(Kind::accumulator, text),
                         opening(form, bits, fn));
}

PyObject* accumulate(PyObject* self, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
    static constexpr Signature<1> signature{"accumulate", {"x"}};
    PyObject* const argument = only_argument(signature, args, given, keywords);
    Accumulator* const all = argument == nullptr ? nullptr : variable_of<Accumulator>(self);
    std::uint64_t bits = 0;
    if (all == nullptr || !bits_of(all->form, argument, bits)) return nullptr;
    const Ref x = object_of(all->form, bits);
    Word* word = x ? translated<Word*>(nullptr, [&] { return &all->stripes.own(); }) : nullptr;
    if (word == nullptr) return nullptr;
    for (;;) {
        std::uint64_t seen = word->load(relaxed);
        const Ref part = object_of(all->form, seen);
        const Ref next = part ? combined(*all, part.get(), x.get()) : Ref();
        if (!next || !bits_of(all->form, next.get(), bits)) return nullptr;
        if (bits == seen || word->compare_exchange_strong(seen, bits, relaxed)) Py_RETURN_NONE;
        word = &all->stripes.next();
    }
}

PyObject* get(PyObject* self, PyObject*) {
    const Accumulator* const all = variable_of<Accumulator>(self);
    if (all == nullptr) return nullptr;
    Chain chain(*all);
    return chain.look_from(0) ? chain.result() : nullptr;
}

/// None: an error is set.
Accumulator* to_be_written(PyObject* self) {
    Accumulator* const all = variable_of<Accumulator>(self);
    if (all == nullptr) return nullptr;
    const auto own = translated<Word*>(nullptr, [&] { return &all->stripes.own(); });
    return own != nullptr ? all : nullptr;
}

PyObject* get_then_reset(PyObject* self, PyObject*) {
    const Accumulator* const all = to_be_written(self);
    if (all == nullptr) return nullptr;
    Chain chain(*all);
    for (std::size_t taken = 0;;) {
        if (!chain.look_from(taken)) {
            while (taken > 0) chain.put_back(--taken);
            return nullptr;
        }
        while (taken < Chain::parts && chain.take(taken)) ++taken;
        if (taken == Chain::parts) return chain.result();
    }
}

PyObject* reset(PyObject* self, PyObject*) {
    const Accumulator* const all = to_be_written(self);
    if (all == nullptr) return nullptr;
    all->stripes.each([&](Word& word) { word.exchange(all->identity, relaxed); });
    Py_RETURN_NONE;
}

PyObject* represent(PyObject* self) {
    const Ref value = Ref::taken(get(self, nullptr));
    return value ? describe("atomos.multiprocessing.atomic", self, value.get()) : nullptr;
}

template <Form form>
PyMethodDef methods[] = {
    with_arguments("accumulate", &accumulate,
                   "accumulate($self, /, x)\n--\n\n"
                   "Have fn make something of x and what was given before.\n\n"
                   "Errors     What fn raises; TypeError, OverflowError. Nothing has changed."),
    without_arguments("get", &get,
                      "get($self, /)\n--\n\n"
                      "Return what fn made of the values since the last drain: no snapshot.\n\n"
                      "Errors     What fn raises."),
    without_arguments("get_then_reset", &get_then_reset,
                      "get_then_reset($self, /)\n--\n\n"
                      "Return it, and begin again at the identity: each value is in exactly one "
                      "drain.\n\n"
                      "Errors     What fn raises. What had been taken is put back, unless others "
                      "have\n"
                      "           filled all 16 parts meanwhile."),
    without_arguments("reset", &reset, "reset($self, /)\n--\n\nBegin again at the identity."),
    {"__reduce__", &reduce, METH_NOARGS,
     "__reduce__($self, /)\n--\n\nThe address of the variable: a copy stands for the same one."},
    {"_attached", &attached<form>, METH_VARARGS | METH_CLASS, nullptr},
    {},
};

constexpr const char* long_text =
    "LongAccumulator(fn, identity, *, region=None, name=None)\n--\n\n"
    "What fn makes of all ints that processes have given, without meeting each other.\n\n"
    "    longest = LongAccumulator(max, 0, region=\"shop\", name=\"longest\")\n"
    "    longest.accumulate(length)\n\n"
    "fn is called as fn(so far, value) and fn(one part, another), by any process, with nothing\n"
    "locked, and again after a lost race. The result is only right if fn is associative and\n"
    "commutative, the identity leaves the other argument as it is, and fn has no side effects.\n"
    "All processes have to bring the same one: it travels in a pickle, and is not compared. get()\n"
    "is no snapshot; it has every value that was given before it, and may exceed 64 bits.\n\n"
    "Progress   Lock-free, as far as fn is. A process that is killed blocks nobody; within a "
    "drain\n"
    "           it takes along what it has taken, as who is killed right after it.\n"
    "Bound      2 KiB of shared memory, used again as an AtomicLong's.\n"
    "Errors     OverflowError: a part beyond 64 bits; nothing has changed. Mismatch: the variable\n"
    "           has another identity. What fn raises.\n"
    "Source     java.util.concurrent.atomic.LongAccumulator.";

constexpr const char* double_text =
    "DoubleAccumulator(fn, identity, *, region=None, name=None)\n--\n\n"
    "What fn makes of all floats that processes have given, without meeting each other.\n\n"
    "As LongAccumulator. It takes ints, too.\n\n"
    "Source     java.util.concurrent.atomic.DoubleAccumulator.";

template <Form form>
PyTypeObject* add_accumulator(PyObject* module, const char* name, const char* text) {
    PyType_Slot slots[] = {
        {Py_tp_doc, const_cast<char*>(text)},
        {Py_tp_new, reinterpret_cast<void*>(&Alive::make)},
        {Py_tp_init, reinterpret_cast<void*>(&initialise<form>)},
        {Py_tp_dealloc, reinterpret_cast<void*>(&Alive::end)},
        {Py_tp_traverse, reinterpret_cast<void*>(&Alive::visit)},
        {Py_tp_clear, reinterpret_cast<void*>(&Alive::clear)},
        {Py_tp_repr, reinterpret_cast<void*>(&represent)},
        {Py_tp_methods, methods<form>},
        {Py_tp_members, Alive::members},
        {Py_tp_getset, Alive::getset},
        {},
    };
    PyType_Spec spec{name, sizeof(SharedVariable<Accumulator>), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};
    return add_process_type(module, spec, nullptr);
}

}  // namespace

bool add_process_accumulators(PyObject* module) {
    return add_accumulator<Form::exact>(module, "atomos.multiprocessing.atomic.LongAccumulator",
                                        long_text) != nullptr &&
           add_accumulator<Form::float64>(module, "atomos.multiprocessing.atomic.DoubleAccumulator",
                                          double_text) != nullptr;
}

}  // namespace atomos::python
