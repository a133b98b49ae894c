/// \file
/// Exceptions that are kept for a while: one, or several.
#pragma once

#include "interpreter.hpp"

namespace atomos::python {

/// Takes the exception that is set; none: nothing.
Ref take_raised();
/// Sets an exception again.
void raise_again(Ref exception);

/// What watches have raised.
class Raised {
  public:
    /// Takes the exception that is set.
    void add();
    /// Sets the error again. True: there was none.
    bool none();

  private:
    void gather();

    Ref first_;
    Ref others_;
};

}  // namespace atomos::python
