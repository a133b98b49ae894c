/// \file
/// The owner's side of a pending change, and how variables are looked at together.

#include "transaction.hpp"

#include <algorithm>

#include "raised.hpp"

namespace atomos::python {
namespace {

/// How often a look at several variables is repeated before it holds their writers off.
constexpr int looks_before_hold = 8;

}  // namespace

Transaction::Transaction(Group& group, Way way)
    : group_(group), pending_(Pending::make(group.pending_type(), group.size(), way == held)) {
    if (!pending_) return;
    for (std::size_t i = 0; i < group.size(); ++i) {
        pending().parts()[i].slot = &group.in_order(i).slot();
    }
}

Transaction::~Transaction() {
    if (!pending_) return;
    undo();
    if (running_) --holds_of_this_thread();
    if (pending().held) changed(pending().waiting);
    if (!committed_) return;
    for (const Member& each : group_) each.wake();
}

void Transaction::undo() noexcept {
    pending().decide(Decision::aborted);
    for (std::size_t i = 0; i < installed_; ++i) pending().leave(group_.in_order(i).slot());
}

template <class Join>
bool Transaction::put(std::size_t place, Word old, Join join) noexcept {
    Part& part = pending().parts()[place];
    part.old = old;
    share<1>(pending_.get());
    if (join(group_.in_order(place), Slot::pending_word(pending_.get()))) {
        installed_ = place + 1;
        return true;
    }
    part.old = 0;
    Py_DECREF(pending_.get());
    return false;
}

template <class Join>
Transaction::Installed Transaction::install(bool looks, Join join) {
    for (std::size_t i = 0; i < group_.size(); ++i) {
        const Member& member = group_.in_order(i);
        if (looks && member.holder()) continue;
        while (!put(i, member.seen_word(), join)) {
            if (!member.slot().is_pending()) return Installed::no;
            if (looks && member.is_held()) return Installed::no;
            // Who makes way may sleep, and may end what was replaced: nothing of this is undecided then.
            if (installed_ != 0) undo();
            if (!make_way(member.slot())) return Installed::failed;
            if (installed_ != 0) return Installed::no;
        }
        if (!pending().undecided()) return Installed::no;
    }
    return Installed::yes;
}

Transaction::Installed Transaction::install() {
    return install(false,
                   [](const Member& each, Word pending) { return each.join_checked(pending); });
}

Transaction::Installed Transaction::install_for_a_look() {
    return install(true, [](const Member& each, Word pending) {
        return each.join(each.seen_word(), pending);
    });
}

Transaction::Installed Transaction::hold() {
    for (std::size_t i = 0; i < group_.size(); ++i) {
        const Member& member = group_.in_order(i);
        for (;;) {
            if (!make_way(member.slot())) return Installed::failed;
            const Word old = member.slot().load();
            if (Slot::is_pending(old)) continue;
            const bool joined = put(
                i, old, [&](const Member& each, Word pending) { return each.join(old, pending); });
            if (joined) break;
        }
        if (!pending().undecided()) return Installed::no;
    }
    ++holds_of_this_thread();
    running_ = true;
    return Installed::yes;
}

bool Transaction::take() {
    for (std::size_t i = 0; i < group_.size(); ++i) {
        if (!group_.in_order(i).take(pending().parts()[i].old)) return false;
    }
    return true;
}

void Transaction::offer() noexcept {
    for (std::size_t i = 0; i < group_.size(); ++i) {
        const Member& member = group_.in_order(i);
        pending().parts()[i].next.store(member.next_word(member.seen_word()),
                                        std::memory_order_relaxed);
    }
}

bool Transaction::commit() noexcept {
    // In the order of addresses, so never in a circle.
    for (std::size_t i = 0; i < group_.size(); ++i) group_.in_order(i).lock_row();
    committed_ = pending().decide(Decision::committed);
    for (Member& each : group_) {
        if (committed_) each.append();
        each.unlock_row();
    }
    return committed_;
}

bool Transaction::have_stood() noexcept {
    const bool stood = std::all_of(group_.begin(), group_.end(), [](const Member& each) {
        return !each.holder() || python::pending(each.holder()).undecided();
    });
    return pending().decide(Decision::aborted) && stood;
}

namespace {

/// Looks at each. False: MemoryError is set.
bool look_at_each(Group& group) {
    group.forget();
    for (Member& each : group) {
        if (!(has_gil ? each.look() : each.look_at_holder())) return false;
    }
    return true;
}

bool are_free(Group& group) {
    return std::none_of(group.begin(), group.end(),
                        [](const Member& each) { return static_cast<bool>(each.holder()); });
}

/// Looks while nobody else can write.
Transaction::Installed look_alone(Group& group) {
    group.forget();
    Transaction look(group, Transaction::held);
    if (!look) return Transaction::Installed::failed;
    const auto installed = look.hold();
    if (installed != Transaction::Installed::yes || look.take()) return installed;
    return Transaction::Installed::failed;
}

}  // namespace

bool look_together(Group& group) {
    for (int looks = 0;; ++looks) {
        if (!look_at_each(group)) return false;
        // With the GIL held from the first look to the last one.
        if (has_gil || group.size() == 1) return true;
        // A value may have gone and come back, so that two equal looks say nothing.
        auto installed = Transaction::Installed::no;
        {
            Transaction look(group, Transaction::contested);
            if (!look) return false;
            installed = look.install_for_a_look();
            if (installed == Transaction::Installed::yes && look.have_stood()) return true;
        }
        // A function that holds something may look at it, and must not wait for it.
        if (looks >= looks_before_hold && holds_of_this_thread() == 0 && are_free(group)) {
            installed = look_alone(group);
            if (installed == Transaction::Installed::yes) return true;
        }
        if (installed == Transaction::Installed::failed) return false;
        pause_after(looks);
    }
}

void pause_after(Py_ssize_t lost) noexcept {
    if (has_gil) return;
    const auto doublings = std::min<Py_ssize_t>(lost, detail::Tuning::loss_doublings);
    for (int i = 0; i < detail::Tuning::loss_pause << doublings; ++i) detail::pause();
}

bool are_allowed(Group& group, bool held) {
    return std::all_of(group.begin(), group.end(),
                       [&](const Member& each) { return each.check(held); });
}

bool are_prepared(Group& group) {
    return std::all_of(group.begin(), group.end(), [](Member& each) { return each.prepare(); });
}

bool tell_all(Group& group) {
    Raised errors;
    for (const Member& each : group) each.tell(errors);
    return errors.none();
}

}  // namespace atomos::python
