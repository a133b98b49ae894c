/// \file
/// What atomos throws, and whether the write happened.
///
/// Losing a race is a value (`Attempt`); a broken world is an exception. Each one derives from `Error`
/// and answers `written()`. Wrong arguments are `std::invalid_argument` or `std::out_of_range`.
#pragma once

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace atomos {

/// Whether the operation that threw has changed the value.
enum class Written { no, yes, unknown };

/// The root of everything that atomos throws.
class Error : public std::runtime_error {
  public:
    Error(const std::string& what, Written written) : std::runtime_error(what), written_(written) {}

    /// Whether the write happened.
    Written written() const noexcept { return written_; }

  private:
    Written written_;
};

/// The place cannot be reached or used at present. Nothing was written; a retry may help.
class Unavailable : public Error {
  public:
    explicit Unavailable(const std::string& what) : Error(what, Written::no) {}
};

/// There is nothing of that name. Nothing was written.
class NotFound : public Error {
  public:
    explicit NotFound(const std::string& what) : Error(what, Written::no) {}
};

/// The name is taken. Nothing was written.
class AlreadyExists : public Error {
  public:
    explicit AlreadyExists(const std::string& what) : Error(what, Written::no) {}
};

/// The caller may not do that. Nothing was written.
class PermissionDenied : public Error {
  public:
    explicit PermissionDenied(const std::string& what) : Error(what, Written::no) {}
};

/// There is no room left. Nothing was written.
class Full : public Error {
  public:
    explicit Full(const std::string& what) : Error(what, Written::no) {}
};

/// Wrong type, layout or format version. Nothing was written; a retry never helps.
class Mismatch : public Error {
  public:
    explicit Mismatch(const std::string& what) : Error(what, Written::no) {}
};

/// Truncated or corrupt. Nothing was written.
class Damaged : public Error {
  public:
    explicit Damaged(const std::string& what) : Error(what, Written::no) {}
};

/// A validator refused a value. Nothing was written.
///
/// When the validator threw, its own exception is nested: `std::rethrow_if_nested`.
class ValidationError : public Error {
  public:
    explicit ValidationError(const std::string& what) : Error(what, Written::no) {}
};

/// The write would wait for the caller itself: it holds the variable's writers off (SwapOptions, transact),
/// and its function writes to the variable. Nothing was written.
class WouldDeadlock : public Error {
  public:
    explicit WouldDeadlock(const std::string& what) : Error(what, Written::no) {}
};

/// Nobody can say whether the write happened.
class OutcomeUnknown : public Error {
  public:
    explicit OutcomeUnknown(const std::string& what) : Error(what, Written::unknown) {}
};

/// Watches threw. The change they were told of *is* committed, and every other watch has run.
class WatchError : public Error {
  public:
    /// What one watch threw, by its key.
    struct Failure {
        std::string key;
        std::exception_ptr error;
    };

    WatchError(std::uint64_t version, std::vector<Failure> failures)
        : Error(describe(version, failures), Written::yes),
          version_(version),
          failures_(std::move(failures)) {}

    /// The version that was committed.
    std::uint64_t version() const noexcept { return version_; }

    /// Every exception, in the order in which the watches ran.
    const std::vector<Failure>& failures() const noexcept { return failures_; }

  private:
    static std::string describe(std::uint64_t version, const std::vector<Failure>& failures) {
        std::string text = "version " + std::to_string(version) + " is committed, but " +
                           std::to_string(failures.size()) +
                           (failures.size() == 1 ? " watch threw:" : " watches threw:");
        for (const Failure& failure : failures) {
            text += " [" + failure.key + "] " + message(failure.error);
        }
        return text;
    }

    static std::string message(const std::exception_ptr& error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& e) {
            return e.what();
        } catch (...) {
            return "not a std::exception";
        }
    }

    std::uint64_t version_;
    std::vector<Failure> failures_;
};

}  // namespace atomos
