/// \file
/// The variables that a call looks at, or changes, together.

#include "members.hpp"

#include <algorithm>
#include <functional>
#include <new>

namespace atomos::python {

bool Member::look() {
    if (is_atom_) {
        seen_ = atom(variable_).state.see();
    } else {
        seen_.state = python::look(slot());
    }
    return static_cast<bool>(seen_.state.object);
}

bool Member::look_at_holder() {
    for (;;) {
        holder_ = slot().pending();
        if (holder_ && !pending(holder_).held) holder_ = {};
        if (!look()) return false;
        if (!holder_) return true;
        // Undecided still: so it stood in the slot all the time.
        if (pending(holder_).undecided()) return true;
        // Its owner may be one that a fork has left behind.
        pending(holder_).leave(slot());
    }
}

bool Member::is_held() const noexcept {
    const Ref found = slot().pending();
    return found && pending(found).held;
}

bool Member::take(Word word) {
    seen_.state = {word, Slot::object_in(word)};
    if (is_atom_) seen_.validator = atom(variable_).state.validator();
    return static_cast<bool>(seen_.state.object);
}

bool Member::propose(PyObject* value) {
    if (!is_atom_ && !accepts(reference(variable_), value)) return false;
    next_ = Ref::to(value);
    return true;
}

bool Member::check(bool held) const {
    if (!is_atom_ || allows(variable_, seen_.validator.get(), next_.get())) return true;
    // It has lost its race anyway, and is not refused for what it was.
    if (!held && !atom(variable_).state.stands(seen_)) PyErr_Clear();
    return false;
}

bool Member::prepare() {
    if (!is_atom_ || !atom(variable_).state.is_in_row(seen_)) return true;
    Ref next = make_link(state_of(Py_TYPE(variable_)).link);
    if (!next) return false;
    entry_.emplace(Entry{seen(), next_.get(), std::move(next)});
    return true;
}

Word Member::next_word(Word old) const noexcept {
    if (!is_atom_) return Slot::own(next_.get(), reference(variable_).ints());
    const Word word = Slot::own(next_.get(), Slot::Ints::objects);
    return Slot::is_marked(old) ? Slot::marked(word) : word;
}

bool Member::join_checked(Word pending) const noexcept {
    return is_atom_ ? atom(variable_).state.join_checked(seen_, entry_.has_value(), pending)
                    : slot().replace(seen_word(), pending);
}

bool Member::join(Word word, Word pending) const noexcept {
    return is_atom_ ? atom(variable_).state.join(word, pending) : slot().replace(word, pending);
}

void Member::lock_row() noexcept {
    if (entry_) atom(variable_).state.lock();
}

void Member::append() noexcept {
    if (entry_) atom(variable_).state.append_locked(*entry_);
}

void Member::unlock_row() noexcept {
    if (entry_) atom(variable_).state.unlock();
}

void Member::wake() const noexcept {
    changed(is_atom_ ? atom(variable_).waiting : reference(variable_).waiting);
}

void Member::tell(Raised& errors) const {
    if (is_atom_) tell_watches(variable_, seen(), next(), errors);
}

Group::Group(const State& state, const char* function, PyObject* const* variables,
             Py_ssize_t count) {
    if (count < 1) {
        PyErr_Format(PyExc_TypeError, "%s() has been given no variable; allowed: one and more",
                     function);
        return;
    }
    if (!allocate(static_cast<std::size_t>(count))) return;
    for (Py_ssize_t i = 0; i < count; ++i) {
        if (!add(state, function, variables[i])) return;
    }
    if (!sort(function)) sorted_ = nullptr;
}

Group::Group(PyObject* variable, bool is_atom) {
    if (!allocate(1)) return;
    ::new (members_) Member(variable, is_atom);
    size_ = 1;
    sorted_ = reinterpret_cast<Member**>(members_ + 1);
    sorted_[0] = members_;
}

Group::~Group() {
    for (Member& each : *this) each.~Member();
    PyMem_Free(members_);
}

bool Group::allocate(std::size_t count) {
    members_ = static_cast<Member*>(PyMem_Malloc(count * (sizeof(Member) + sizeof(Member*))));
    if (members_ == nullptr) PyErr_NoMemory();
    return members_ != nullptr;
}

bool Group::add(const State& state, const char* function, PyObject* variable) {
    const auto is = [&](PyTypeObject* type) { return PyObject_TypeCheck(variable, type) != 0; };
    const bool is_atom = is(state.atom);
    // An atom of processes derives from Atom, but its state is in its cell.
    const bool is_elsewhere =
        is_atom && !atom(variable).exact && PyObject_HasAttrString(variable, "_cell") != 0;
    if (is_elsewhere || (!is_atom && !is(state.reference))) {
        PyErr_Format(PyExc_TypeError,
                     "%s(): variable %zu is a %s%s; allowed: an Atom, an AtomicReference or a "
                     "number of threads (of a cursor, the atom that it looks into)",
                     function, size_ + 1, class_name(variable),
                     is_elsewhere ? " that processes share" : "");
        return false;
    }
    ::new (members_ + size_) Member(variable, is_atom);
    ++size_;
    return true;
}

bool Group::sort(const char* function) {
    sorted_ = reinterpret_cast<Member**>(members_ + size_);
    for (std::size_t i = 0; i < size_; ++i) sorted_[i] = members_ + i;
    std::sort(sorted_, sorted_ + size_, [](const Member* left, const Member* right) {
        const Slot *const one = &left->slot(), *const other = &right->slot();
        return one != other ? std::less<>()(one, other) : left < right;
    });
    const auto* const twice = std::adjacent_find(
        sorted_, sorted_ + size_,
        [](const Member* left, const Member* right) { return &left->slot() == &right->slot(); });
    if (twice == sorted_ + size_) return true;
    PyErr_Format(
        PyExc_ValueError, "%s(): variables %zu and %zu are the same %s; allowed: each once",
        function, static_cast<std::size_t>(twice[0] - members_) + 1,
        static_cast<std::size_t>(twice[1] - members_) + 1, class_name(twice[0]->variable()));
    return false;
}

PyTypeObject* Group::pending_type() const noexcept { return state_of(Py_TYPE(first())).pending; }

Ref Group::seen() noexcept {
    Ref tuple = Ref::taken(PyTuple_New(static_cast<Py_ssize_t>(size_)));
    for (std::size_t i = 0; tuple && i < size_; ++i) {
        PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), Py_NewRef(members_[i].seen()));
    }
    return tuple;
}

}  // namespace atomos::python
