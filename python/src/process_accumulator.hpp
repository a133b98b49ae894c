/// \file
/// Accumulators of the process scope: the stripes of the C++ library's, and an operation in Python.
///
/// The operation runs with nothing held: a part is looked at, the operation computes, and the part is
/// replaced if it still has the same bits. A drain computes what all parts together make before it takes
/// the first of them, so that an operation which raises has changed nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "process_variable.hpp"

namespace atomos::python {

/// The words of one, and its operation.
struct Accumulator {
    process::Stripes stripes;
    Form form;
    std::uint64_t identity;
    Ref callback;
};

/// fn(left, right): an int, of any size, or a float. None: an error is set.
inline Ref combined(const Accumulator& all, PyObject* left, PyObject* right) {
    const Ref fn = Ref::to(all.callback.get());
    PyObject* const values[] = {left, right};
    Ref made = Ref::taken(PyObject_Vectorcall(fn.get(), values, 2, nullptr));
    const bool exact = all.form == Form::exact;
    if (!made || (exact ? PyLong_Check(made.get()) : PyFloat_CheckExact(made.get()))) return made;
    std::uint64_t bits = 0;
    return bits_of(all.form, made.get(), bits) ? object_of(all.form, bits) : Ref();
}

/// What is in a part too. The identity is: nothing.
inline Ref with_part(const Accumulator& all, Ref so_far, std::uint64_t part) {
    if (part == all.identity) return so_far;
    const Ref value = object_of(all.form, part);
    return value ? combined(all, so_far.get(), value.get()) : Ref();
}

/// What the parts make, one after another, begun with what came before them.
class Chain {
    using Word = process::Stripes::Word;

  public:
    static constexpr std::size_t parts = process::Stripes::count;

    explicit Chain(const Accumulator& all) : all_(all) {
        all.stripes.each([this, i = std::size_t{0}](Word& word) mutable { words_[i++] = &word; });
        made_[0] = object_of(all.form, all.identity);
    }

    /// Looks at all parts from one on. False: an error is set.
    bool look_from(std::size_t first) {
        if (!made_[first]) return false;
        for (std::size_t i = first; i < parts; ++i) {
            seen_[i] = words_[i]->load(std::memory_order_relaxed);
            made_[i + 1] = with_part(all_, Ref::to(made_[i].get()), seen_[i]);
            if (!made_[i + 1]) return false;
        }
        return true;
    }
    /// Takes a part away, if it is what was seen.
    bool take(std::size_t i) {
        std::uint64_t seen = seen_[i];
        return seen == all_.identity ||
               words_[i]->compare_exchange_strong(seen, all_.identity, std::memory_order_relaxed);
    }
    /// Puts it back, where nothing is.
    void put_back(std::size_t i) {
        if (seen_[i] == all_.identity) return;
        for (Word* word : words_) {
            std::uint64_t nothing = all_.identity;
            if (word->compare_exchange_strong(nothing, seen_[i], std::memory_order_relaxed)) return;
        }
    }
    PyObject* result() { return made_[parts].release(); }

  private:
    const Accumulator& all_;
    std::array<Word*, parts> words_{};
    std::array<std::uint64_t, parts> seen_{};
    std::array<Ref, parts + 1> made_;
};

}  // namespace atomos::python
