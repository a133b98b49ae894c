/// \file
/// The forms of numbers in shared memory: what Python object their bits are, and what bits an object is.
#pragma once

#include <atomos/process/region.hpp>
#include <cstdint>

#include "word_form.hpp"

namespace atomos::python {

/// What a variable of that form is in a region.
process::Type type_of(Form form) noexcept;

/// The form of a typecode (those of multiprocessing.Value, '?' and 'g') or of a simple ctypes type.
/// Errors: TypeError; then false.
bool form_of(PyObject* typecode_or_type, Form& form);

/// The bits that an object is stored as: ctypes' types wrap, `exact` refuses.
///
/// Errors   TypeError, OverflowError; what the object's own methods raise. Then false.
bool bits_of(Form form, PyObject* object, std::uint64_t& bits);

}  // namespace atomos::python
