/// \file
/// A value whose birth, reads and death are accesses that races are looked for between.
#pragma once

namespace model {

/// What the atoms of all scenarios hold.
class Value {
  public:
    explicit Value(long number);
    Value(const Value& other) : Value(other.number()) {}
    Value(Value&& other) noexcept : Value(other.number()) {}
    Value& operator=(const Value&) = delete;
    Value& operator=(Value&&) = delete;
    ~Value();

    /// Reads it.
    long number() const;

  private:
    static constexpr unsigned life = 0x11FE11FE;
    static constexpr unsigned death = 0xDEADDEAD;

    volatile unsigned state_;
    volatile long number_;
};

}  // namespace model
