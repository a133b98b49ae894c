/// \file
/// Changes on their way to a watch that is called by one thread at a time.
///
/// Whoever has a change for the watch puts it into the box, and calls the watch if nobody is at it:
///
///     who has a change              who calls the watch
///     M1 put it into the box        M4 lay the duty down
///     M3 take the duty              M5 look into the box
///
/// One of the two sees the other, so nothing stays in the box that could be told. Putting is lock-free and
/// waits for nobody; the one who calls may have to tell what others put.
#pragma once

#include <algorithm>
#include <atomos/detail/atomic.hpp>
#include <cstdint>
#include <memory>
#include <utility>

namespace atomos::detail {

// clang-format off
// label                                                              operation            pairs with   what breaks if weaker
inline constexpr Order M1 = order("M1", std::memory_order_seq_cst);  // put a change         M2,M5        the change is not written yet; it stays in the box
inline constexpr Order M2 = order("M2", std::memory_order_acq_rel);  // take what is there   M1           the change is not written yet
inline constexpr Order M3 = order("M3", std::memory_order_seq_cst);  // take the duty        M4           two threads call the watch; as M1
inline constexpr Order M4 = order("M4", std::memory_order_seq_cst);  // lay it down          M3           the next one does not see what was told
inline constexpr Order M5 = order("M5", std::memory_order_seq_cst);  // look again           M1           a change stays in the box
// clang-format on

/// One change, with its place among others.
template <class Snapshot>
struct Told {
    Snapshot old;
    Snapshot now;
    Told* before = nullptr;
    Told* next = nullptr;

    /// Whether a version was replaced by the next one, as in an atom.
    bool linked() const noexcept {
        return old && old.version() != 0 && old.version() + 1 == now.version();
    }
};

/// Changes in both directions linked, the first one first.
template <class Snapshot>
class ToldList {
  public:
    using One = Told<Snapshot>;

    ToldList() = default;
    ToldList(const ToldList&) = delete;
    ToldList& operator=(const ToldList&) = delete;
    ~ToldList() {
        while (pop()) {
        }
    }

    One* front() const noexcept { return first_; }

    void push_back(One* one) noexcept { insert_after(last_, one); }

    /// Among others by version. What comes nearly in order costs a step or two.
    void insert(One* one) noexcept {
        One* place = last_;
        while (place != nullptr && place->now.version() > one->now.version()) place = place->before;
        insert_after(place, one);
    }

    std::unique_ptr<One> pop() noexcept {
        One* const one = first_;
        if (one == nullptr) return nullptr;
        first_ = one->next;
        (first_ == nullptr ? last_ : first_->before) = nullptr;
        return std::unique_ptr<One>(one);
    }

  private:
    void insert_after(One* place, One* one) noexcept {
        one->before = place;
        one->next = place == nullptr ? first_ : place->next;
        (place == nullptr ? first_ : place->next) = one;
        (one->next == nullptr ? last_ : one->next->before) = one;
    }

    One* first_ = nullptr;
    One* last_ = nullptr;
};

/// Where changes wait for the one who calls the watch. The private part is that one's.
template <class Snapshot>
class Mailbox {
  public:
    using One = Told<Snapshot>;

    Mailbox() = default;
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;
    virtual ~Mailbox() = default;

    /// Puts a change in, which is the box's from now on.
    virtual void put(One* one) noexcept = 0;
    /// The next change to be told, or nullptr. For who has the duty. No change up to version `untold` is
    /// waited for.
    virtual std::unique_ptr<One> next(std::uint64_t untold) noexcept = 0;

    /// True: the caller has the duty to tell what is in the box.
    bool take_duty() noexcept { return !busy_.exchange(true, M3); }
    void lay_down_duty() noexcept { busy_.store(false, M4); }
    /// Lays the duty down, or keeps it if something has been put in meanwhile: true.
    bool go_on() noexcept {
        lay_down_duty();
        return arrived.load(M5) != nullptr && take_duty();
    }

  protected:
    Atomic<One*> arrived{nullptr};

  private:
    Atomic<bool> busy_{false};
};

/// Each change once, in the order of versions; those that belong to no chain of versions as they come.
///
/// Bound   One node for each change that has not been told yet.
template <class Snapshot>
class InOrder final : public Mailbox<Snapshot> {
  public:
    using One = Told<Snapshot>;

    InOrder() = default;
    InOrder(const InOrder&) = delete;
    InOrder& operator=(const InOrder&) = delete;
    ~InOrder() override { sort_in(); }

    void put(One* one) noexcept override {
        One* top = this->arrived.load(std::memory_order_relaxed);
        do {
            one->next = top;
        } while (!this->arrived.compare_exchange_strong(top, one, M1));
    }

    /// Tells the changes of an atom from this version on. For who has the duty.
    void begin_after(std::uint64_t version) noexcept { first_ = last_ = version; }

    std::unique_ptr<One> next(std::uint64_t untold) noexcept override {
        sort_in();
        if (auto one = ready_.pop()) return one;
        const One* const front = held_back_.front();
        if (front == nullptr) return nullptr;
        const std::uint64_t before = front->old.version();
        if (before > last_ && untold > last_) last_ = std::min(untold, before);
        if (before > last_) return nullptr;
        last_ = std::max(last_, front->now.version());
        return held_back_.pop();
    }

  private:
    void sort_in() noexcept {
        if (this->arrived.load(std::memory_order_relaxed) == nullptr) return;
        One* newest = this->arrived.exchange(nullptr, M2);
        One* oldest = nullptr;
        while (newest != nullptr) {
            One* const one = std::exchange(newest, newest->next);
            one->next = std::exchange(oldest, one);
        }
        while (oldest != nullptr) place(std::exchange(oldest, oldest->next));
    }

    void place(One* one) noexcept {
        const bool of_a_chain = first_ != 0 && one->linked();
        if (of_a_chain && one->now.version() > last_) {
            held_back_.insert(one);
        } else if (of_a_chain && one->now.version() <= first_) {
            delete one;
        } else {
            ready_.push_back(one);
        }
    }

    std::uint64_t first_ = 0;
    std::uint64_t last_ = 0;
    ToldList<Snapshot> ready_;
    ToldList<Snapshot> held_back_;
};

/// The newest change only; `old` is what was told last.
///
/// Bound   One node, and one for each thread that is putting one in.
template <class Snapshot>
class Newest final : public Mailbox<Snapshot> {
  public:
    using One = Told<Snapshot>;

    /// `told`: the value that is known already, or an empty snapshot.
    explicit Newest(Snapshot told) noexcept : told_(std::move(told)) {}
    Newest(const Newest&) = delete;
    Newest& operator=(const Newest&) = delete;
    ~Newest() override { delete this->arrived.exchange(nullptr, M2); }

    void put(One* one) noexcept override {
        while (one != nullptr) {
            const std::uint64_t version = one->now.version();
            // What was there is put back if it is newer. Others may have taken the older one meanwhile.
            std::unique_ptr<One> other(this->arrived.exchange(one, M1));
            one = nullptr;
            if (other && version != 0 && other->now.version() > version) one = other.release();
        }
    }

    std::unique_ptr<One> next(std::uint64_t) noexcept override {
        for (;;) {
            std::unique_ptr<One> one(this->arrived.exchange(nullptr, M2));
            if (!one) return nullptr;
            const std::uint64_t version = one->now.version();
            if (told_ && version != 0 && version <= told_.version()) continue;
            Snapshot before = std::exchange(told_, one->now);
            if (before) one->old = std::move(before);
            return one;
        }
    }

  private:
    Snapshot told_;
};

}  // namespace atomos::detail
