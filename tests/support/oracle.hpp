/// \file
/// Oracle: a scope that is plain and obviously right. Every cell is a std::mutex and a
/// std::shared_ptr.
///
/// The laws pass here first, so that a law that is wrong is not taken for a cell that is. It leaves
/// out what a cell need not have (`read`, `wait`): the front types' own loops stand in, and are
/// tested by it.
#pragma once

#include <atomos/cell.hpp>
#include <atomos/errors.hpp>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "support/oracle_number.hpp"
#include "support/oracle_sums.hpp"

namespace atomos::testing {

template <class T>
struct Versioned {
    template <class Make>
    explicit Versioned(Make&& make) : value(std::forward<Make>(make)()) {}

    std::uint64_t version = 0;
    T value;
};

template <class T>
class OracleCell;

/// An immutable value and its version.
template <class T>
class OracleSnapshot {
  public:
    using value_type = T;

    OracleSnapshot() = default;

    static OracleSnapshot of(T value) {
        return OracleSnapshot(
            std::make_shared<Versioned<T>>([&]() -> T { return std::move(value); }));
    }

    const T& operator*() const noexcept { return versioned_->value; }
    const T* operator->() const noexcept { return &versioned_->value; }
    const T& get() const noexcept { return versioned_->value; }
    std::uint64_t version() const noexcept { return versioned_->version; }
    bool same_as(const OracleSnapshot& other) const noexcept {
        return versioned_ == other.versioned_;
    }
    explicit operator bool() const noexcept { return versioned_ != nullptr; }

  private:
    friend class OracleCell<T>;

    explicit OracleSnapshot(std::shared_ptr<const Versioned<T>> versioned)
        : versioned_(std::move(versioned)) {}

    std::shared_ptr<const Versioned<T>> versioned_;
};

/// A value that is not published yet.
template <class T>
class OracleDraft {
  public:
    template <class Make>
    explicit OracleDraft(Make&& make)
        : versioned_(std::make_shared<Versioned<T>>(std::forward<Make>(make))) {}

    const T& operator*() const noexcept { return versioned_->value; }

  private:
    friend class OracleCell<T>;

    std::shared_ptr<Versioned<T>> versioned_;
};

template <class T>
class OracleGuards;

/// One value. User code never runs while the mutex is held.
template <class T>
class OracleCell {
  public:
    using value_type = T;
    using Snapshot = OracleSnapshot<T>;
    using Draft = OracleDraft<T>;

    template <class Make>
    explicit OracleCell(Make&& make) {
        auto first = std::make_shared<Versioned<T>>(std::forward<Make>(make));
        first->version = 1;
        standing_ = std::move(first);
    }
    OracleCell(const OracleCell&) = delete;
    OracleCell& operator=(const OracleCell&) = delete;

    Snapshot get() const {
        const std::lock_guard lock(mutex_);
        return Snapshot(standing_);
    }

    template <class Make>
    static Draft draft(Make&& make) {
        return Draft(std::forward<Make>(make));
    }

    template <class Keep>
    Attempt<Snapshot> replace(Snapshot& seen, Draft& next, Keep keep) {
        return given_up(seen, publish(seen, next, nullptr), keep);
    }

    Attempt<Snapshot> replace(const Snapshot& seen, Draft& next) {
        return publish(seen, next, nullptr);
    }

    /// Replaces the value by compute(value), while other writers wait for it.
    template <class Compute, class Check>
    Change<Snapshot> update_alone(Compute&& compute, Check&& check) {
        const Holding holding(*this);
        Snapshot old = get();
        auto next = draft([&]() -> T { return compute(*old); });
        check(*std::as_const(next));
        const std::lock_guard lock(mutex_);
        next.versioned_->version = standing_->version + 1;
        standing_ = std::move(next.versioned_);
        return {std::move(old), Snapshot(standing_)};
    }

  private:
    friend class OracleGuards<T>;

    struct Holding {
        OracleCell& cell;
        explicit Holding(OracleCell& c) : cell(c) {
            std::unique_lock lock(cell.mutex_);
            cell.make_way(lock);
            cell.holder_ = std::this_thread::get_id();
        }
        ~Holding() {
            const std::lock_guard lock(cell.mutex_);
            cell.holder_ = {};
            cell.free_.notify_all();
        }
        Holding(const Holding&) = delete;
        Holding& operator=(const Holding&) = delete;
    };

    void make_way(std::unique_lock<std::mutex>& lock) const {
        if (holder_ == std::this_thread::get_id()) throw WouldDeadlock("the caller holds the cell");
        free_.wait(lock, [this] { return holder_ == std::thread::id(); });
    }

    using Validator = std::function<bool(const T&)>;
    using Standing = std::shared_ptr<const Validator>;

    /// `checked_by`: publish only while this is the validator that stands; nullptr: whichever does.
    Attempt<Snapshot> publish(const Snapshot& seen, Draft& next, const Standing* checked_by) {
        std::unique_lock lock(mutex_);
        make_way(lock);
        const bool stands = standing_ == seen.versioned_;
        if (!stands || (checked_by != nullptr && validator_ != *checked_by)) {
            return {false, Snapshot(standing_)};
        }
        next.versioned_->version = standing_->version + 1;
        standing_ = std::move(next.versioned_);
        return {true, Snapshot(standing_)};
    }

    template <class Keep>
    static Attempt<Snapshot> given_up(Snapshot& seen, Attempt<Snapshot> attempt, Keep keep) {
        if (attempt.won && !keep()) seen = Snapshot();
        return attempt;
    }

    Standing validator() const {
        const std::lock_guard lock(mutex_);
        return validator_;
    }

    bool stand(const Snapshot& seen, const Standing& checked_by) const {
        const std::lock_guard lock(mutex_);
        return standing_ == seen.versioned_ && validator_ == checked_by;
    }

    /// Lets another validator stand, if the value that it has checked does.
    bool set_validator(const Snapshot& seen, Standing& next) {
        std::unique_lock lock(mutex_);
        make_way(lock);
        if (standing_ != seen.versioned_) return false;
        validator_.swap(next);
        return true;
    }

    mutable std::mutex mutex_;
    mutable std::condition_variable free_;
    std::thread::id holder_;
    std::shared_ptr<const Versioned<T>> standing_;
    Standing validator_;
};

/// Validators: a candidate is published only if the validator that has checked it still stands.
template <class T>
class OracleGuards {
    using Cell = OracleCell<T>;

  public:
    using Validator = typename Cell::Validator;
    using Snapshot = typename Cell::Snapshot;
    using Draft = typename Cell::Draft;

    template <class Find>
    static Attempt<Snapshot> replace(Cell& cell, const Find&, const Snapshot& seen, Draft& next) {
        const auto validator = cell.validator();
        if (validator != nullptr) {
            if (!cell.stand(seen, validator)) return {false, cell.get()};
            try {
                validate(*validator, *next);
            } catch (const ValidationError&) {
                if (cell.stand(seen, validator)) throw;
                return {false, cell.get()};
            }
        }
        return cell.publish(seen, next, &validator);
    }

    template <class Find, class Keep>
    static Attempt<Snapshot> replace(Cell& cell, const Find& find, Snapshot& seen, Draft& next,
                                     Keep keep) {
        return Cell::given_up(seen, replace(cell, find, std::as_const(seen), next), keep);
    }

    template <class Find>
    static void check(const Cell& cell, const Find&, const T& candidate) {
        if (const auto validator = cell.validator()) validate(*validator, candidate);
    }

    template <class Find>
    static Validator get(const Cell& cell, const Find&) {
        const auto validator = cell.validator();
        return validator == nullptr ? Validator() : *validator;
    }

    void set(Cell& cell, const Validator& validator) {
        auto next = validator ? std::make_shared<const Validator>(validator) : nullptr;
        for (;;) {
            const Snapshot seen = cell.get();
            if (next != nullptr) validate(*next, *seen);
            if (cell.set_validator(seen, next)) return;
        }
    }

  private:
    static void validate(const Validator& validator, const T& value) {
        bool valid = false;
        try {
            valid = validator(value);
        } catch (...) {
            std::throw_with_nested(ValidationError("the validator threw"));
        }
        if (!valid) throw ValidationError("the validator refused");
    }
};

struct Oracle {
    template <class T>
    using Cell = OracleCell<T>;
    template <class T>
    using Number = OracleNumber<T>;
    template <class T>
    using Guards = OracleGuards<T>;
    using LongSum = OracleLongSum;
    using DoubleSum = OracleDoubleSum;
    template <class T, class Op>
    using Fold = OracleFold<T, Op>;
    using Local = Oracle;
};

}  // namespace atomos::testing
