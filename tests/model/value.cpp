#include "model/value.hpp"

#include "model/runtime.hpp"
#include "model/scheduler.hpp"

namespace model {

Value::Value(long number) : state_(life), number_(number) {
    plain_access(this, sizeof *this, true);
}

Value::~Value() {
    if (state_ != life) fail(Failure::twice, "a value is destroyed that is none");
    plain_access(this, sizeof *this, true);
    state_ = death;
}

long Value::number() const {
    plain_access(this, sizeof *this, false);
    if (state_ != life) fail(Failure::freed, "a value is read that is none");
    return number_;
}

}  // namespace model
