/// \file
/// The arrays of the process scope: numbers side by side in a region, as atomos::process::AtomicArray has
/// them. An element is a number object that stands for its word; waits for all of them meet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "process_number.hpp"
#include "process_variable.hpp"

namespace atomos::python {

/// The numbers of one array.
struct Row {
    std::byte* words;
    Py_ssize_t length;
    Form form;
    Ref element;  ///< its class

    NumberWord* at(Py_ssize_t index) const noexcept {
        return reinterpret_cast<NumberWord*>(words +
                                             static_cast<std::size_t>(index) * type_of(form).size);
    }
};

/// An array of so many numbers, as both sides of a region have to agree on it.
struct RowType {
    RowType(Form form, Py_ssize_t length)
        : name(std::string(process::Type(type_of(form)).name) + '[' + std::to_string(length) + ']'),
          bytes(size_of(type_of(form).size, static_cast<std::size_t>(length))),
          align(type_of(form).align) {}

    process::Type type() const noexcept { return {process::Kind::array, name, bytes, align}; }

    std::string name;
    std::size_t bytes;
    std::uint32_t align;

  private:
    static std::size_t size_of(std::size_t each, std::size_t length) noexcept {
        constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
        return length > most / each ? most : length * each;
    }
};

/// The element at an index, from either end: a handle. Errors: TypeError; IndexError names index and length.
PyObject* element_of(PyObject* self, PyObject* index);
/// For iterators: IndexError without a message ends them.
PyObject* element_in_turn(PyObject* self, Py_ssize_t index);
/// What `array[i] += 1` ends with: nothing. Errors: TypeError: it is another object.
int assign_element(PyObject* self, PyObject* index, PyObject* element);
Py_ssize_t elements_in(PyObject* self);
/// Shows the values.
PyObject* represent_array(PyObject* self);

}  // namespace atomos::python
