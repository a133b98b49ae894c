#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <atomos/process/region.hpp>

#include "place.hpp"

namespace atomos::tool {

/// A value as people and as programs read it.
struct Reading {
    std::string text;
    std::string json;                      // null where JSON cannot say it: then there is hex
    std::optional<std::string> hex;        // its bytes
    std::optional<std::uint64_t> version;  // numbers have none
};

/// How a comparison went, and what stands now.
struct Compared {
    bool won;
    Reading now;
};

/// A variable of whatever type. Values come and go as texts.
///
/// Errors   std::invalid_argument: a text that is none of the type. Mismatch: the type cannot do that.
class Typed {
  public:
    Typed() = default;
    Typed(const Typed&) = delete;
    Typed& operator=(const Typed&) = delete;
    virtual ~Typed() = default;

    virtual Reading get() const = 0;
    virtual Reading set(const std::string& text) = 0;
    /// Errors   std::overflow_error: nothing has changed.
    virtual Reading add(const std::string& delta) = 0;
    virtual Compared compare_and_set(const std::string& expect, const std::string& update) = 0;
    /// What stands; changed() tells what comes after it.
    virtual Reading begin_watch() = 0;
    /// Waits for a change since the last call; std::nullopt: there was none.
    virtual std::optional<Reading> changed(std::chrono::milliseconds most) = 0;
};

/// The variable of that name. Errors: NotFound.
process::Variable find(const process::Region& region, const Place& place);

std::unique_ptr<Typed> open_typed(const process::Region& region, const Place& place,
                                  const process::Variable& variable);

/// Makes a variable with a value, or opens the one that somebody has made meanwhile.
///
/// Errors   Mismatch: it is there, of another type.
std::unique_ptr<Typed> make_typed(const process::Region& region, const Place& place,
                                  const std::string& type, const std::string& value);

/// The value as a variable of that type shows it.
///
/// Errors   std::invalid_argument: no such type, or the value is none of it. Mismatch: adding was
///          asked for, and cannot be done to it.
std::string as_shown(const Place& place, const std::string& type, const std::string& value,
                     bool adding);

}  // namespace atomos::tool
