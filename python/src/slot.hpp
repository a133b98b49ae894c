/// \file
/// Slot: a place for one Python object that any thread may look at and replace at any time.
#pragma once

#include "interpreter.hpp"

namespace atomos::python {

/// What was seen in a slot: the word, and the object that it stood for.
struct Look {
    Word word;
    Ref object;  ///< none: there was no memory for an int; the error is set
};

/// A place for one object. Looks and replacements are atomic and linearizable; nothing is held while
/// they run. With the GIL a word is the object's address. Without it, an int of up to 63 bits in a
/// number's slot is the word itself, so that counting threads share neither objects nor their counts.
class Slot {
  public:
    /// Whether ints are words here.
    enum class Ints : std::uint8_t { objects, words };

    /// Takes over a reference; none is allowed.
    explicit Slot(PyObject* first) noexcept : word_(shared(first)) {}

    /// The word that stands for an object, and owns a reference to it.
    static Word own(PyObject* object, Ints ints) noexcept {
        if constexpr (!has_gil) {
            if (ints == Ints::words && PyLong_CheckExact(object)) {
                int overflow = 0;
                const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
                if (overflow == 0 && fits(value)) return word_of(value);
            }
        }
        Py_INCREF(object);
        return shared(object);
    }
    /// Gives up what a word owns. May run finalizers.
    static void drop(Word word) noexcept {
        if (!is_int(word)) Py_XDECREF(object_of(word));
    }
    /// Hands over what a word owns. Errors: MemoryError (an int's).
    static Ref take(Word word) noexcept {
        return Ref::taken(is_int(word) ? PyLong_FromLongLong(value_of(word)) : object_of(word));
    }

    static bool is_int(Word word) noexcept { return !has_gil && (word & int_mark) != 0; }
    static long long value_of(Word word) noexcept { return static_cast<long long>(word) >> 1; }
    static Word word_of(long long value) noexcept {
        return (static_cast<Word>(value) << 1U) | int_mark;
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
            if (is_int(word)) return {word, Ref::taken(PyLong_FromLongLong(value_of(word)))};
            PyObject* const object = object_of(word);
            if (object == nullptr) return {word, Ref()};
            bool certain = false;
            if (!try_reference(object, certain)) [[unlikely]]
                continue;
            Ref reference = Ref::taken(object);
            if (certain || word_.load() == word) return {word, std::move(reference)};
        }
    }

    /// Stores a word and what it owns; returns the word that stood, and what it owned.
    [[nodiscard]] Word exchange(Word next) noexcept { return word_.exchange(next); }
    /// As exchange, if `seen` stands: then the caller owns what `seen` did. Otherwise it keeps `next`.
    [[nodiscard]] bool replace(Word seen, Word next) noexcept { return word_.replace(seen, next); }

    /// Whether the object itself stands here, which the caller keeps alive.
    bool holds(PyObject* object) const noexcept {
        const Word word = word_.load();
        return !is_int(word) && object_of(word) == object;
    }

    /// For tp_traverse.
    int traverse(visitproc visit, void* arg) const noexcept {
        const Word word = word_.load();
        if (!is_int(word)) Py_VISIT(object_of(word));
        return 0;
    }

    /// An atom's mark that its validator has to be asked: part of the word, and of comparisons.
    static Word marked(Word word) noexcept { return word | guard_mark; }
    static Word unmarked(Word word) noexcept { return word & ~guard_mark; }
    static bool is_marked(Word word) noexcept { return (word & guard_mark) != 0; }

  private:
    static constexpr Word int_mark = 1;
    static constexpr Word guard_mark = 2;

    static Word shared(PyObject* object) noexcept {
        if (object != nullptr) allow_sharing(object);
        return reinterpret_cast<Word>(object);
    }
    static PyObject* object_of(Word word) noexcept {
        return reinterpret_cast<PyObject*>(word & ~guard_mark);
    }

    SharedWord word_;
};

}  // namespace atomos::python
