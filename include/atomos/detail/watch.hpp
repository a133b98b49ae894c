/// \file
/// One watch of an ARef: what it is told, where, and by whom.
#pragma once

#include <atomos/detail/calls.hpp>
#include <atomos/detail/count.hpp>
#include <atomos/detail/mailboxes.hpp>
#include <atomos/errors.hpp>
#include <atomos/watch_errors.hpp>
#include <atomos/watches.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace atomos::detail {

/// What the watches of one round threw.
class Failures {
  public:
    /// Takes the exception that is being handled.
    void add(const std::string& key) noexcept {
        count(Event::watch_error);
        try {
            failures_.push_back({key, std::current_exception()});
        } catch (const std::bad_alloc&) {
            unsaid_ = true;
        }
    }

    /// Errors   WatchError, if there is any; std::bad_alloc, if not all could be noted.
    void raise(std::uint64_t version) {
        if (unsaid_) throw std::bad_alloc();
        if (!failures_.empty()) throw WatchError(version, std::move(failures_));
    }

  private:
    std::vector<WatchError::Failure> failures_;
    bool unsaid_ = false;
};

/// The ARef, for those who come from elsewhere: it is there while a call of this has begun.
template <class Ref>
struct Home : Callee {
    explicit Home(Ref& r) noexcept : ref(r) {}
    Ref& ref;
};

/// A watch. `Ref` is its ARef, `Scope` that of the ARef's watches.
template <class Ref, class Snapshot, class Scope>
class Watch : public Callee {
  public:
    using Function =
        std::function<void(const std::string&, Ref&, const Snapshot&, const Snapshot&)>;
    using One = Told<Snapshot>;
    using Self = std::shared_ptr<Watch>;

    /// `known`: the value that one of `latest` or `everyone` has been told already, or empty.
    Watch(std::string k, Function f, WatchOptions o, Snapshot known)
        : key(std::move(k)), function(std::move(f)), everyone(o.everyone), options_(std::move(o)) {
        if (everyone) told_ = known;
        if (options_.delivery == Delivery::ordered) {
            auto box = std::make_unique<InOrder<Snapshot>>();
            in_order_ = box.get();
            box_ = std::move(box);
        } else if (options_.delivery == Delivery::latest || (everyone && options_.executor)) {
            if (!everyone || options_.executor)
                box_ = std::make_unique<Newest<Snapshot>>(std::move(known));
        }
        direct = !everyone && !options_.once && !options_.executor && !box_;
    }

    const std::string key;
    const Function function;
    const bool everyone;
    /// Called as it is, on the thread that makes a change.
    bool direct;
    /// Where it is called by an executor.
    std::shared_ptr<Home<Ref>> home;

    bool needs_home() const noexcept { return static_cast<bool>(options_.executor); }
    bool is_ordered() const noexcept { return in_order_ != nullptr; }

    /// Of a change that this thread has made. `self` is this watch, as its list holds it.
    ///
    /// Errors   What the watch threw, noted in `failures`; std::bad_alloc: it is not told.
    void hear(const Self& self, Ref& ref, const Snapshot& old, const Snapshot& now,
              Failures& failures) {
        if (everyone || this->gone() || spent_.load(std::memory_order_seq_cst)) return;
        if (box_) {
            put(self, ref, old, now);
            if (box_->take_duty()) hand_over(self, ref, &now, &failures);
            return;
        }
        if (options_.once && spent_.exchange(true, std::memory_order_seq_cst)) return;
        if (options_.executor) {
            submit(self, std::unique_ptr<One>(new_or_unspent(old, now)));
        } else {
            call(ref, old, now, &failures);
            if (options_.once) ref.drop(*this);
        }
    }

    /// Of what all processes have changed. On one thread, which has no caller.
    void hear_of_everyone(const Self& self, Ref& ref, const Snapshot& now) {
        if (!everyone || this->gone() || told_.same_as(now)) return;
        if (box_) {
            box_->put(new One{told_, now});
            told_ = now;
            if (box_->take_duty()) submit(self, nullptr);
            return;
        }
        if (spent_.exchange(options_.once, std::memory_order_seq_cst)) return;
        const Snapshot old = std::exchange(told_, now);
        call(ref, old, now, nullptr);
        if (options_.once && !this->gone()) ref.drop(*this);
    }

    /// A watch of `ordered` that is being added is told nothing between these two.
    void begin() noexcept { box_->take_duty(); }
    void begin_after(const Self& self, Ref& ref, std::uint64_t version) {
        in_order_->begin_after(version);
        if (box_->go_on()) hand_over(self, ref, nullptr, nullptr);
    }

  private:
    /// What an executor is given.
    class Task {
      public:
        Task(Self watch, std::unique_ptr<One> one) noexcept
            : watch_(std::move(watch)), one_(std::move(one)) {}
        Task(const Task&) = delete;
        Task& operator=(const Task&) = delete;
        ~Task() {
            if (!run_.load(std::memory_order_seq_cst)) watch_->task_dropped();
        }

        void run() {
            if (run_.exchange(true, std::memory_order_seq_cst)) return;
            const Call in_home(*watch_->home);
            if (!in_home) return;
            Ref& ref = watch_->home->ref;
            if (watch_->box_) {
                watch_->tell_all(ref, nullptr, nullptr);
            } else {
                watch_->call(ref, one_->old, one_->now, nullptr);
                if (watch_->options_.once && !watch_->home->gone()) ref.drop(*watch_);
            }
        }

      private:
        Self watch_;
        std::unique_ptr<One> one_;
        Atomic<bool> run_{false};
    };

    void task_dropped() noexcept {
        if (box_) {
            box_->lay_down_duty();
        } else if (options_.once) {
            spent_.store(false, std::memory_order_seq_cst);
        }
    }

    One* new_or_unspent(const Snapshot& old, const Snapshot& now) {
        try {
            return new One{old, now};
        } catch (...) {
            task_dropped();
            throw;
        }
    }

    void put(const Self& self, Ref& ref, const Snapshot& old, const Snapshot& now) {
        try {
            box_->put(new One{old, now});
        } catch (const std::bad_alloc&) {
            // What waits for this change need not wait any more.
            ref.untold(now.version());
            if (box_->take_duty()) hand_over(self, ref, nullptr, nullptr);
            throw;
        }
    }

    /// For who has the duty: tells what is in the box, or lets the executor do so.
    void hand_over(const Self& self, Ref& ref, const Snapshot* own, Failures* failures) {
        if (options_.executor) {
            submit(self, nullptr);
        } else {
            tell_all(ref, own, failures);
        }
    }

    void submit(const Self& self, std::unique_ptr<One> one) {
        std::shared_ptr<Task> task;
        try {
            task = std::make_shared<Task>(self, std::move(one));
        } catch (...) {
            task_dropped();
            throw;
        }
        options_.executor([task = std::move(task)] { task->run(); });
    }

    /// Tells what is in the box, until nothing is.
    void tell_all(Ref& ref, const Snapshot* own, Failures* failures) {
        struct Unwinding {
            Mailbox<Snapshot>* box;
            ~Unwinding() {
                if (box != nullptr) box->lay_down_duty();
            }
        } unwinding{box_.get()};
        do {
            while (auto one = box_->next(ref.untold())) {
                if (this->gone() || (options_.once && spent_.load(std::memory_order_seq_cst))) {
                    continue;
                }
                const bool of_the_caller = own != nullptr && is_ordered() && one->now.same_as(*own);
                spent_.store(options_.once, std::memory_order_seq_cst);
                call(ref, one->old, one->now, of_the_caller ? failures : nullptr);
                if (home && home->gone()) return;
                if (options_.once) ref.drop(*this);
            }
        } while (box_->go_on());
        unwinding.box = nullptr;
    }

    /// One call. What it throws goes to the caller, or to the handler.
    void call(Ref& ref, const Snapshot& old, const Snapshot& now, Failures* failures) {
        const Call here(*this);
        if (!here) return;
        const void* const atom = &ref;
        try {
            count(Event::watch_call);
            function(key, ref, old, now);
        } catch (...) {
            // A thread's cancellation passes through a catch, and is no exception.
            if (!std::current_exception()) throw;
            if (failures != nullptr) {
                failures->add(key);
                return;
            }
            count(Event::watch_error);
            report<Scope>({atom, key, now.version(), std::current_exception()});
        }
    }

    const WatchOptions options_;
    /// Of those that hear of everyone without a box.
    Snapshot told_;
    std::unique_ptr<Mailbox<Snapshot>> box_;
    InOrder<Snapshot>* in_order_ = nullptr;
    /// It is to be called once, and some change has it.
    Atomic<bool> spent_{false};
};

}  // namespace atomos::detail
