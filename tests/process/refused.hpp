/// \file
/// That an operation is refused: by which error, and what its message names.
#pragma once

#include <gtest/gtest.h>

#include <atomos/errors.hpp>
#include <exception>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <typeinfo>

namespace regions {

/// Whether f throws an E whose message has all these parts, and says that nothing was written.
template <class E, class F>
testing::AssertionResult refused(F&& f, std::initializer_list<std::string> parts) {
    try {
        f();
    } catch (const E& error) {
        const std::string message = error.what();
        for (const std::string& part : parts) {
            if (message.find(part) == std::string::npos) {
                return testing::AssertionFailure() << "no \"" << part << "\" in: " << message;
            }
        }
        if constexpr (std::is_base_of_v<atomos::Error, E>) {
            if (error.written() != atomos::Written::no) {
                return testing::AssertionFailure() << "it says that it was written: " << message;
            }
        }
        return testing::AssertionSuccess();
    } catch (const std::exception& error) {
        return testing::AssertionFailure()
               << "another error, " << typeid(error).name() << ": " << error.what();
    }
    return testing::AssertionFailure() << "nothing was refused";
}

}  // namespace regions
