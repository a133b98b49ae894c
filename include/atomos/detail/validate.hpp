/// \file
/// Running a validator, the same in all scopes.
#pragma once

#include <atomos/errors.hpp>
#include <exception>
#include <functional>
#include <string>

namespace atomos::detail {

/// Runs a validator on a value. Errors: ValidationError, with the validator's own exception nested.
template <class T>
void validate(const std::function<bool(const T&)>& validator, const T& value) {
    bool valid = false;
    try {
        valid = validator(value);
    } catch (const std::exception& error) {
        std::throw_with_nested(ValidationError(
            std::string("the validator threw, and nothing was changed: ") + error.what()));
    } catch (...) {
        if (!std::current_exception()) throw;
        std::throw_with_nested(ValidationError("the validator threw, and nothing was changed"));
    }
    if (!valid) throw ValidationError("the validator refused the value, and nothing was changed");
}

}  // namespace atomos::detail
