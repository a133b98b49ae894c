/// \file
/// The life of watches and of their tasks.

#include "watch.hpp"

#include <new>

#include "atom.hpp"

namespace atomos::python {
namespace {

int visit_watch(PyObject* self, visitproc visit, void* arg) {
    Watch& w = watch(self);
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(w.key);
    Py_VISIT(w.fn);
    Py_VISIT(w.executor);
    Py_VISIT(w.look);
    Py_VISIT(w.home);
    for (const Slot* slot : {&w.place, &w.arrived, &w.told}) {
        if (const int visited = slot->traverse(visit, arg); visited != 0) return visited;
    }
    return w.row.traverse(visit, arg);
}

int clear_watch(PyObject* self) {
    Watch& w = watch(self);
    Slot::drop(w.row.begin(nullptr));
    for (Slot* slot : {&w.place, &w.arrived, &w.told}) Slot::drop(slot->exchange(0));
    // The key and the function stay for whoever is being told: cycles through them end at the ARef.
    Py_CLEAR(w.executor);
    Py_CLEAR(w.look);
    return 0;
}

PyType_Slot watch_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(&end_of_watch)},
    {Py_tp_traverse, reinterpret_cast<void*>(&visit_watch)},
    {Py_tp_clear, reinterpret_cast<void*>(&clear_watch)},
    {},
};

PyType_Spec watch_spec{"atomos._atomos.Watch", sizeof(Watch), 0,
                       Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                       watch_slots};

/// One run of a watch somewhere: of the change that it holds, or of what has come.
struct Task {
    PyObject_HEAD PyObject* watch;
    PyObject* old;
    PyObject* now;
    SharedWord begun;
};

Task& task(PyObject* self) noexcept { return *reinterpret_cast<Task*>(self); }

int visit_task(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(task(self).watch);
    Py_VISIT(task(self).old);
    Py_VISIT(task(self).now);
    return 0;
}

int clear_task(PyObject* self) {
    Task& t = task(self);
    if (t.watch != nullptr && t.begun.exchange(1) == 0) task_dropped(watch(t.watch));
    Py_CLEAR(t.watch);
    Py_CLEAR(t.old);
    Py_CLEAR(t.now);
    return 0;
}

void end_task(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear_task(self);
    type->tp_free(self);
    Py_DECREF(type);
}

PyObject* call_task(PyObject* self, PyObject* args, PyObject* keywords) {
    if (PyTuple_GET_SIZE(args) != 0 || (keywords != nullptr && PyDict_GET_SIZE(keywords) != 0)) {
        PyErr_SetString(PyExc_TypeError, "a watch's task takes no arguments");
        return nullptr;
    }
    Task& t = task(self);
    if (t.begun.exchange(1) != 0) Py_RETURN_NONE;
    // Begun: nobody else uses what is here, and an executor may keep the task.
    const Ref told = Ref::taken(std::exchange(t.watch, nullptr));
    const Ref old = Ref::taken(std::exchange(t.old, nullptr));
    const Ref now = Ref::taken(std::exchange(t.now, nullptr));
    if (told && !run_task(told.get(), old.get(), now.get())) return nullptr;
    Py_RETURN_NONE;
}

PyType_Slot task_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(&end_task)},
    {Py_tp_traverse, reinterpret_cast<void*>(&visit_task)},
    {Py_tp_clear, reinterpret_cast<void*>(&clear_task)},
    {Py_tp_call, reinterpret_cast<void*>(&call_task)},
    {},
};

PyType_Spec task_spec{"atomos._atomos.Task", sizeof(Task), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                      task_slots};

PyTypeObject* make_type(PyObject* module, PyType_Spec& spec) {
    return reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
}

/// What one of `latest` knows already. False: an error is set.
bool begin_latest(Watch& w, PyObject* ref) {
    Ref known;
    if (w.look != nullptr) {
        const Ref seen = Ref::taken(PyObject_CallFunctionObjArgs(w.look, ref, Py_None, nullptr));
        if (!seen) return false;
        known = Ref::to(PyTuple_GetItem(seen.get(), 0));
        if (!known) return false;
    } else if (w.of_the_atom) {
        known = atom(ref).state.look().object;
        if (!known) return false;
    }
    if (known) Slot::drop(w.told.exchange(Slot::own(known.get(), Slot::Ints::objects)));
    return true;
}

/// From here on what comes is put in the row. False: an error is set.
bool begin_ordered(Watch& w, PyObject* ref) {
    const Ref first = make_link(state_of(Py_TYPE(ref)).link);
    if (!first) return false;
    if (w.of_the_atom) {
        const Ref place = atom(ref).state.listen(first.get());
        if (!place) return false;
        Slot::drop(w.place.exchange(Slot::own(place.get(), Slot::Ints::objects)));
    } else {
        Slot::drop(w.row.begin(first.get()));
        Slot::drop(w.place.exchange(Slot::own(first.get(), Slot::Ints::objects)));
    }
    return true;
}

}  // namespace

void end_of_watch(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear_watch(self);
    Py_CLEAR(watch(self).key);
    Py_CLEAR(watch(self).fn);
    Py_CLEAR(watch(self).home);
    type->tp_free(self);
    Py_DECREF(type);
}

PyTypeObject* make_watch_type(PyObject* module) { return make_type(module, watch_spec); }
PyTypeObject* make_task_type(PyObject* module) { return make_type(module, task_spec); }

Ref make_watch(PyObject* ref, PyObject* key, PyObject* fn, const Wishes& wishes) {
    PyTypeObject* const type = state_of(Py_TYPE(ref)).watch;
    Ref made = Ref::taken(type->tp_alloc(type, 0));
    if (!made) return made;
    Watch& w = watch(made.get());
    for (Slot* slot : {&w.place, &w.arrived, &w.told}) ::new (slot) Slot(nullptr);
    ::new (&w.row) Journal;
    for (SharedWord* word : {&w.duty, &w.spent, &w.ended}) ::new (word) SharedWord(0);
    w.key = Py_NewRef(key);
    w.fn = Py_NewRef(fn);
    w.executor = Py_XNewRef(wishes.executor);
    w.look = Py_XNewRef(wishes.look);
    w.delivery = wishes.delivery;
    w.once = wishes.once;
    w.everyone = wishes.everyone;
    w.of_the_atom = wishes.look == nullptr && is_atom(ref) &&
                    (w.delivery == Delivery::latest || tells_by_itself(ref));
    w.home = PyWeakref_NewRef(ref, nullptr);
    const bool whole = w.home != nullptr &&
                       (w.delivery != Delivery::latest || begin_latest(w, ref)) &&
                       (w.delivery != Delivery::ordered || begin_ordered(w, ref));
    return whole ? std::move(made) : Ref();
}

Ref make_task(PyObject* self, PyObject* old, PyObject* now) {
    PyTypeObject* const type = state_of(Py_TYPE(self)).task;
    Ref made = Ref::taken(type->tp_alloc(type, 0));
    if (!made) return made;
    ::new (&task(made.get()).begun) SharedWord(0);
    task(made.get()).watch = Py_NewRef(self);
    task(made.get()).old = Py_XNewRef(old);
    task(made.get()).now = Py_XNewRef(now);
    return made;
}

}  // namespace atomos::python
