/// \file
/// Makes the n-th allocation, or the n-th system call, of a thread fail.
#pragma once

#include <cstddef>
#include <string>

namespace regions {

/// Which one fails.
enum class Failing { allocation, system_call };

/// While it lives, the n-th one that this thread makes fails, and only that one.
class Fail {
  public:
    Fail(Failing what, long n);
    ~Fail();
    Fail(const Fail&) = delete;
    Fail& operator=(const Fail&) = delete;

    /// Whether it came to that, and which call it was.
    bool happened() const;
    static std::string call();
};

/// The n-th allocation fails that is made by any thread but those that have called this; 0: none does.
void fail_elsewhere(long n);
/// How many of them have been made, or failed, since then.
long allocations_elsewhere();

/// How many allocations nobody has freed.
long allocated();

}  // namespace regions
