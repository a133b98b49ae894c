/// \file
/// What watches are told, by whom, and where their errors go.

#include "atom.hpp"
#include "raised.hpp"
#include "watch.hpp"

namespace atomos::python {
namespace {

/// The duty to tell, held by a task that has not begun. Otherwise a ThreadCalls, which is aligned.
constexpr Word by_task = 1;

Word by_this_thread() noexcept {
    ThreadCalls* const mine = ThreadCalls::mine();
    return mine == nullptr ? by_task : reinterpret_cast<Word>(mine);
}

/// Whether the one who had the duty did not come along into a fork's child.
bool is_lost(Word holder) noexcept {
    return holder != by_task && reinterpret_cast<const ThreadCalls*>(holder)->is_lost();
}

bool take_duty(Watch& w, Word taker) noexcept {
    const Word holder = w.duty.load();
    return (holder == 0 || is_lost(holder)) && w.duty.replace(holder, taker);
}
/// For oneself, or for a task.
bool take_duty_to_hand_over(Watch& w) noexcept {
    return take_duty(w, w.executor != nullptr ? by_task : by_this_thread());
}
void lay_down_duty(Watch& w) noexcept { (void)w.duty.exchange(0); }

/// Gives up what nobody is told any more. For who has the duty.
void forget_what_came(Watch& w) {
    Slot::drop(w.row.begin(nullptr));
    for (Slot* slot : {&w.place, &w.arrived, &w.told}) Slot::drop(slot->exchange(0));
}

/// One change to be told. Not `now`: nothing is there, or an error is set.
struct Told {
    Ref old;
    Ref now;
    bool by_this_thread = false;
};

Told next_in_order(Watch& w) {
    const Ref place = w.place.get();
    Ref next = place ? link(place.get()).next.get() : Ref();
    if (!next) return {};
    const Link& read = link(place.get());
    Told one{Ref::to(read.old), Ref::to(read.now), read.by == PyThread_get_thread_ident()};
    Slot::drop(w.place.exchange(Slot::own(next.get(), Slot::Ints::objects)));
    return one;
}

Word owned(const Ref& object) noexcept { return Slot::own(object.get(), Slot::Ints::objects); }

/// Of the values that came last.
Told newest_given(Watch& w, const Ref& pair) {
    Told one{w.told.get(), Ref::to(PyTuple_GET_ITEM(pair.get(), 1))};
    if (!one.old) one.old = Ref::to(PyTuple_GET_ITEM(pair.get(), 0));
    Slot::drop(w.told.exchange(owned(one.now)));
    return one;
}

/// Of the state that stands. `again`: even if it is the one that was told, since it was changed in place.
Told newest_of_atom(Watch& w, PyObject* ref, bool again) {
    Told one{w.told.get(), atom(ref).state.look().object};
    if (!one.now || (one.now.get() == one.old.get() && !again)) return {Ref(), Ref()};
    Slot::drop(w.told.exchange(owned(one.now)));
    return one;
}

Told newest_by_look(Watch& w, PyObject* ref) {
    const Ref seen = w.told.get();
    const Ref newer =
        seen ? Ref::taken(PyObject_CallFunctionObjArgs(w.look, ref, seen.get(), nullptr)) : Ref();
    PyObject *now_seen = nullptr, *old = nullptr, *now = nullptr;
    if (!newer || newer.get() == Py_None ||
        PyArg_ParseTuple(newer.get(), "OOO", &now_seen, &old, &now) == 0) {
        return {};
    }
    Slot::drop(w.told.exchange(Slot::own(now_seen, Slot::Ints::objects)));
    return {Ref::to(old), Ref::to(now)};
}

Told next_newest(Watch& w, PyObject* ref) {
    while (const Word word = w.arrived.exchange(0)) {
        const Ref came = Slot::take(word);
        Told one = w.look != nullptr ? newest_by_look(w, ref)
                   : w.of_the_atom   ? newest_of_atom(w, ref, came.get() == Py_True)
                                     : newest_given(w, came);
        if (one.now || PyErr_Occurred() != nullptr) return one;
    }
    return {};
}

Told next(Watch& w, PyObject* ref) {
    return w.delivery == Delivery::ordered ? next_in_order(w) : next_newest(w, ref);
}

bool has_come(const Watch& w) {
    if (w.delivery == Delivery::latest) return w.arrived.load() != 0;
    const Ref place = w.place.get();
    return place && link(place.get()).next.load() != 0;
}

/// Puts a change in. False, with MemoryError set: it is not told.
bool put(Watch& w, PyObject* ref, PyObject* old, PyObject* now) {
    if (w.delivery == Delivery::ordered) {
        if (w.of_the_atom) return true;  // the commit has put it in
        Entry entry{old, now, make_link(state_of(Py_TYPE(ref)).link)};
        if (!entry.next) return false;
        w.row.append(entry);
        return true;
    }
    if (w.of_the_atom || w.look != nullptr) {
        PyObject* const mark = old == now ? Py_True : Py_None;
        const Word word = Slot::own(mark, Slot::Ints::objects);
        if (mark == Py_True) {
            Slot::drop(w.arrived.exchange(word));
        } else if (!w.arrived.replace(0, word)) {
            Slot::drop(word);
        }
        return true;
    }
    const Ref pair = Ref::taken(PyTuple_Pack(2, old, now));
    if (!pair) return false;
    Slot::drop(w.arrived.exchange(owned(pair)));
    return true;
}

/// Tells whoever hears of errors that have no caller of the one that is set.
void report(const Watch& w, PyObject* ref) {
    const Ref error = take_raised();
    PyObject* const told[] = {w.key, w.fn, error.get()};
    if (!Ref::taken(call_in_python("report", ref, told, 3))) PyErr_WriteUnraisable(w.fn);
}

/// Whether the exception that is set is for nobody but the thread: an interrupt, an exit.
bool is_of_the_thread() noexcept { return PyErr_ExceptionMatches(PyExc_Exception) == 0; }

/// One call, if the watch has not ended. False: it has raised.
bool call(PyObject* self, PyObject* ref, PyObject* old, PyObject* now) {
    const Watch& w = watch(self);
    Calling calling;
    if (!calling) return false;
    calling.begin({ref, w.key, self});
    if (w.has_ended()) return true;
    PyObject* const values[] = {w.key, ref, old, now};
    return static_cast<bool>(Ref::taken(PyObject_Vectorcall(w.fn, values, 4, nullptr)));
}

/// Takes a watch out that has been called. What a key's hash raises leaves it in get_watches().
void take_out(PyObject* self, PyObject* ref) {
    const Ref error = take_raised();
    end_watch(self, ref);
    if (take_out_very(ref, self) < 0) PyErr_WriteUnraisable(watch(self).key);
    if (error) raise_again(Ref::to(error.get()));
}

/// Tells all that has come, until nothing comes. For who has the duty; then nobody has. `old`, `now`: the
/// caller's own change, if there is one. False: its call has raised, or a thread is to end.
bool tell_all(PyObject* self, PyObject* ref, PyObject* old, PyObject* now) {
    Watch& w = watch(self);
    const Ref kept = Ref::to(self);
    Ref raised;
    bool owing = now != nullptr && w.delivery == Delivery::ordered;
    do {
        while (!w.has_ended()) {
            const Told one = next(w, ref);
            if (!one.now) {
                if (PyErr_Occurred() != nullptr) report(w, ref);
                break;
            }
            if (w.once && w.spent.exchange(1) != 0) continue;
            const bool own =
                owing && one.by_this_thread && one.old.get() == old && one.now.get() == now;
            owing &= !own;
            if (!call(self, ref, one.old.get(), one.now.get())) {
                if (!raised && (own || is_of_the_thread())) {
                    raised = take_raised();
                } else {
                    report(w, ref);
                }
            }
            if (w.once) take_out(self, ref);
        }
        lay_down_duty(w);
    } while (!w.has_ended() && has_come(w) && take_duty(w, by_this_thread()));
    if (w.has_ended() && take_duty(w, by_this_thread())) {
        forget_what_came(w);
        lay_down_duty(w);
    }
    if (!raised) return true;
    raise_again(std::move(raised));
    return false;
}

bool submit(PyObject* self, PyObject* old, PyObject* now) {
    Watch& w = watch(self);
    const Ref task = make_task(self, old, now);
    if (!task) {
        task_dropped(w);
        return false;
    }
    return static_cast<bool>(Ref::taken(PyObject_CallOneArg(w.executor, task.get())));
}

/// For who has the duty: tells what has come, or has it told.
bool hand_over(PyObject* self, PyObject* ref, PyObject* old, PyObject* now) {
    return watch(self).executor != nullptr ? submit(self, nullptr, nullptr)
                                           : tell_all(self, ref, old, now);
}

}  // namespace

bool hear(PyObject* self, PyObject* ref, PyObject* old, PyObject* now) {
    Watch& w = watch(self);
    if (w.everyone || w.has_ended() || (w.once && w.spent.load() != 0)) return true;
    if (w.delivery == Delivery::direct) {
        if (w.once && w.spent.exchange(1) != 0) return true;
        if (w.executor != nullptr) return submit(self, old, now);
        const bool well = call(self, ref, old, now);
        if (w.once) take_out(self, ref);
        return well;
    }
    const bool there = put(w, ref, old, now);
    if (!take_duty_to_hand_over(w)) return there;
    if (there) return hand_over(self, ref, old, now);
    const Ref error = take_raised();
    if (!hand_over(self, ref, nullptr, nullptr)) report(w, ref);
    raise_again(Ref::to(error.get()));
    return false;
}

bool hear_of_others(PyObject* self, PyObject* ref) {
    Watch& w = watch(self);
    if (w.has_ended() || w.delivery == Delivery::direct) return true;
    if (w.everyone) (void)put(w, ref, Py_None, Py_None);
    if (!has_come(w) || !take_duty_to_hand_over(w)) return true;
    if (hand_over(self, ref, nullptr, nullptr)) return true;
    if (!w.everyone && is_of_the_thread()) return false;
    report(w, ref);
    return true;
}

void end_watch(PyObject* self, PyObject* ref) {
    Watch& w = watch(self);
    if (w.ended.exchange(1) != 0) return;
    if (w.of_the_atom && w.delivery == Delivery::ordered) atom(ref).state.unlisten();
    if (!take_duty(w, by_this_thread())) return;
    forget_what_came(w);
    lay_down_duty(w);
}

bool run_task(PyObject* self, PyObject* old, PyObject* now) {
    Watch& w = watch(self);
    const Ref ref = strongly(w.home);
    if (w.delivery != Delivery::direct) {
        (void)w.duty.exchange(by_this_thread());
        if (ref) return tell_all(self, ref.get(), nullptr, nullptr);
        lay_down_duty(w);
        return true;
    }
    if (!ref) return true;
    bool well = call(self, ref.get(), old, now);
    if (w.once) take_out(self, ref.get());
    if (!well && !is_of_the_thread()) {
        report(w, ref.get());
        well = true;
    }
    return well;
}

void task_dropped(Watch& w) noexcept {
    if (w.delivery != Delivery::direct) {
        lay_down_duty(w);
    } else if (w.once) {
        (void)w.spent.exchange(0);
    }
}

}  // namespace atomos::python
