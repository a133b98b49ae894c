/// \file
/// Slot: a place for one Python object that any thread may look at and replace at any time.
#pragma once

#include "ints.hpp"

namespace atomos::python {

/// What was seen in a slot: the word, and the object that it stood for.
struct Look {
    Word word;
    Ref object;  ///< none: there was no memory for an int; the error is set
};

/// A place for one object. Looks and replacements are atomic and linearizable; nothing is held while
/// they run. With the GIL a word is the object's address. Without it, an int of up to 63 bits in a
/// number's slot is the word itself, so that counting threads share neither objects nor their counts.
///
/// A word may be pending: then it names a Pending, and the value is what that says. A look sees through
/// it; a replacement fails, and make_way() (pending.hpp) comes before the next one.
class Slot {
  public:
    /// Whether ints are words here.
    enum class Ints : std::uint8_t { objects, words };

    /// Takes over a reference; none is allowed.
    explicit Slot(PyObject* first) noexcept : word_(shared(first)) {}

    /// The word that stands for an object, and owns a reference to it.
    static Word own(PyObject* object, Ints ints) noexcept {
        if (const Word word = int_word(object, ints)) return word;
        share<1>(object);
        return reinterpret_cast<Word>(object);
    }
    /// As own, and another reference for the caller.
    static Word own_twice(PyObject* object, Ints ints) noexcept {
        if (const Word word = int_word(object, ints)) {
            Py_INCREF(object);
            return word;
        }
        share<2>(object);
        return reinterpret_cast<Word>(object);
    }
    /// The word of an int that is one; 0: it is an object.
    static Word int_word(PyObject* object, Ints ints) noexcept {
        if (has_gil || ints == Ints::objects || !PyLong_CheckExact(object)) return 0;
        if (is_compact(object)) [[likely]]
            return word_of(compact_value(object));
        int overflow = 0;
        const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
        return overflow == 0 && fits(value) ? word_of(value) : 0;
    }
    /// Gives up what a word owns. May run finalizers.
    static void drop(Word word) noexcept {
        if (!is_int(word)) Py_XDECREF(object_of(word));
    }
    /// As drop; returns `result`.
    static PyObject* drop_and_return(Word word, PyObject* result) noexcept {
        PyObject* const object = is_int(word) ? nullptr : object_of(word);
        if (object == nullptr) return result;
        if (!has_gil || Py_REFCNT(object) == 1) return end_and_return(object, result);
        Py_DECREF(object);
        return result;
    }
    /// Hands over what a word owns. Errors: MemoryError (an int's).
    static Ref take(Word word) noexcept {
        return Ref::taken(is_int(word) ? make_int(value_of(word)) : object_of(word));
    }

    static bool is_int(Word word) noexcept { return !has_gil && (word & int_mark) != 0; }
    static long long value_of(Word word) noexcept { return static_cast<long long>(word) >> 1; }
    static Word word_of(long long value) noexcept {
        return (static_cast<Word>(value) << 1U) | int_mark;
    }
    /// The word of an int's sum. False: it is beyond what a word can be.
    static bool add(Word word, long long by, Word& sum) noexcept {
        auto value = static_cast<long long>(word);
        if (!fits(by) || __builtin_add_overflow(value, 2 * by, &value)) return false;
        sum = static_cast<Word>(value);
        return true;
    }
    static bool fits(long long value) noexcept {
        return value >= -(1LL << 62U) && value < (1LL << 62U);
    }

    Word load() const noexcept { return word_.load(); }

    /// A reference to the object; none if the slot is empty, or with MemoryError set.
    Ref get() const noexcept { return look().object; }
    Look look() const noexcept {
        for (;;) {
            const Word word = word_.load();
            if (is_int(word)) return {word, Ref::taken(make_int(value_of(word)))};
            if (is_pending(word)) [[unlikely]] {
                Look through{};
                if (look_through(through)) return through;
                continue;
            }
            PyObject* const object = object_of(word);
            if (object == nullptr) return {word, Ref()};
            bool certain = false;
            if (!try_reference(object, certain)) [[unlikely]]
                continue;
            Ref reference = Ref::taken(object);
            if (certain || word_.load() == word) return {word, std::move(reference)};
        }
    }
    /// As get, or otherwise() where it takes more than one look.
    template <class Otherwise>
    PyObject* get_quickly(Otherwise otherwise) const noexcept {
        const Word word = word_.load();
        if (is_int(word)) return make_int(value_of(word));
        if (is_pending(word)) [[unlikely]]
            return otherwise();
        PyObject* const object = object_of(word);
        return object != nullptr && try_own_reference(object) ? object : otherwise();
    }

    /// What no word ever is.
    static constexpr Word not_put = 4;

    /// Stores a word and what it owns; returns the word that stood, and what it owned. For slots that
    /// take part in no transaction, or are about to end.
    [[nodiscard]] Word exchange(Word next) noexcept { return word_.exchange(next); }
    /// As exchange, but makes way first. not_put, with an error set: the caller keeps `next`.
    [[nodiscard]] Word put(Word next) noexcept {
        if constexpr (has_gil) {
            if (is_pending(word_.load())) [[unlikely]]
                return put_at_last(next);
            return word_.exchange(next);
        } else {
            for (;;) {
                const Word old = word_.load();
                if (is_pending(old)) [[unlikely]]
                    return put_at_last(next);
                if (word_.replace(old, next)) return old;
            }
        }
    }
    /// As exchange, if `seen` stands: then the caller owns what `seen` did. Otherwise it keeps `next`.
    [[nodiscard]] bool replace(Word seen, Word next) noexcept { return word_.replace(seen, next); }

    /// For tp_traverse.
    int traverse(visitproc visit, void* arg) const noexcept {
        const Word word = word_.load();
        // What is pending keeps its values: no cycle of theirs is garbage meanwhile.
        if (!is_int(word) && !is_pending(word)) Py_VISIT(object_of(word));
        return 0;
    }

    /// An atom's mark that its validator has to be asked: part of the word, and of comparisons.
    static Word marked(Word word) noexcept { return word | guard_mark; }
    static Word unmarked(Word word) noexcept { return word & ~guard_mark; }
    static bool is_marked(Word word) noexcept { return (word & guard_mark) != 0; }

    /// The word that names a Pending, and owns a reference to it.
    static Word pending_word(PyObject* pending) noexcept {
        return reinterpret_cast<Word>(pending) | pending_mark;
    }
    static bool is_pending(Word word) noexcept {
        constexpr Word marks = has_gil ? pending_mark : pending_mark | int_mark;
        return (word & marks) == pending_mark;
    }
    bool is_pending() const noexcept { return is_pending(word_.load()); }
    /// The Pending that is in the word; none: it is not pending.
    Ref pending() const noexcept;

    /// Another reference to what a word owns, for which the caller keeps the word.
    static void own_again(Word word) noexcept {
        if (!is_int(word) && object_of(word) != nullptr) share<1>(object_of(word));
    }
    /// What a word stands for, which the caller keeps. None: MemoryError is set.
    static Ref object_in(Word word) noexcept {
        if (is_int(word)) return Ref::taken(make_int(value_of(word)));
        return Ref::to(object_of(word) == nullptr ? Py_None : object_of(word));
    }

  private:
    static constexpr Word int_mark = 1;
    static constexpr Word guard_mark = 2;
    static constexpr Word pending_mark = 4;
    static_assert(alignof(PyObject) > (int_mark | guard_mark | pending_mark));
    static_assert(not_put == pending_mark, "a pending word without a Pending");

    /// A look at a word that is pending. False: it is another one by now.
    bool look_through(Look& into) const noexcept;
    Word put_at_last(Word next) noexcept;

    static Word shared(PyObject* object) noexcept {
        if (object != nullptr) allow_sharing(object);
        return reinterpret_cast<Word>(object);
    }
    static PyObject* object_of(Word word) noexcept {
        return reinterpret_cast<PyObject*>(word & ~(guard_mark | pending_mark));
    }

    SharedWord word_;
};

}  // namespace atomos::python
