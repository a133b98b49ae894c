#include "model/memory.hpp"

#include <new>

namespace model {

namespace {

/// Between neighbours in a modification order, so that stores may come in between.
constexpr std::uint32_t gap = 1U << 12U;
/// So often in a row a thread may read the same location without seeing its newest store.
constexpr int patience = 16;

bool acquires(Order o) {
    return o == Order::acquire || o == Order::acq_rel || o == Order::seq_cst || o == Order::consume;
}
bool releases(Order o) { return o == Order::release || o == Order::acq_rel || o == Order::seq_cst; }

template <class T>
T* make() {
    void* const p = std::malloc(sizeof(T));
    if (p == nullptr) std::abort();
    return new (p) T();
}

}  // namespace

void Memory::reset() {
    sc_.reset();
    by_address_.clear();
    used_locations_ = used_stores_ = used_fences_ = 0;
    for (Knowledge& k : threads_) k.clear();
}

void Memory::begin_thread(int thread) { events(thread)[thread] += 1; }

void Memory::pass_on(int from, int to) {
    knows(to).now.join(knows(from).now);
    events(from)[from] += 1;
}

Store& Memory::new_store() {
    if (used_stores_ == stores_.size()) stores_.push_back(make<Store>());
    return *stores_[used_stores_++];
}

Memory::Fence& Memory::new_fence() {
    if (used_fences_ == fences_.size()) fences_.push_back(make<Fence>());
    return *fences_[used_fences_++];
}

Location& Memory::locate(const void* address, Word initial) {
    Location*& found = by_address_[address];
    if (found == nullptr) {
        if (used_locations_ == locations_.size()) locations_.push_back(make<Location>());
        found = locations_[used_locations_];
        found->number = used_locations_++;
        found->stores.clear();
        found->ordered.clear();
        found->stale = {};
        Store& first = new_store();
        first.value = initial;
        first.stamp = gap;
        first.glued = false;
        first.message.clear();
        first.before = first.loads = {};
        found->stores.push_back(&first);
    }
    last_location_ = found->number;
    return *found;
}

/// The oldest store that coherence leaves to the thread.
std::size_t Memory::floor(int thread, const Location& l) {
    const std::uint32_t newest = knows(thread).now.newest(l.number);
    std::size_t at = l.stores.size() - 1;
    while (at > 0 && l.stores[at]->stamp > newest) --at;
    return at;
}

/// The nodes that an access at this place has to follow in S; for one that is not seq_cst, the fences
/// that happen before it.
Clock Memory::direct(int thread, const Store& s, bool writes, bool ordered) {
    const View& now = knows(thread).now;
    Clock all = now.fences;
    if (!ordered) return all;
    all.join(now.strong);
    all.join(s.before);
    if (writes) all.join(s.loads);
    return all;
}

/// Whether S stays without a cycle if the access reads, or enters behind, the store at this place.
bool Memory::allowed(int thread, const Location& l, std::size_t at, bool writes, Order order) {
    if (at + 1 == l.stores.size()) return true;
    const std::uint32_t place = l.stores[at]->stamp;
    const bool ordered = order == Order::seq_cst;
    const Clock from = direct(thread, *l.stores[at], writes, ordered);
    if (from.empty()) return true;
    const Clock before = sc_.closed(from);
    const auto precedes = [&](ScOrder::Node n) { return before.has(n.thread, n.number); };
    for (const Location::Ordered& o : l.ordered) {
        if (o.stamp > place && precedes(o.node)) return false;
    }
    for (std::size_t i = 0; i < used_fences_; ++i) {
        const Fence& f = *fences_[i];
        if (f.view.newest(l.number) > place && precedes(f.node)) return false;
    }
    return true;
}

/// Gives the access its node and edges in S. `sources` becomes what precedes whatever comes after it.
void Memory::order_access(int thread, Location& l, std::size_t at, std::uint32_t stamp, bool writes,
                          Order order, Clock& sources) {
    const bool ordered = order == Order::seq_cst;
    const Clock from = direct(thread, *l.stores[at], writes, ordered);
    sources = knows(thread).now.fences;
    if (ordered) {
        const ScOrder::Node node = sc_.add(thread, from);
        sources[thread] = node.number;
        l.ordered.push_back({node, stamp});
    }
    if (sources.empty() || at + 1 == l.stores.size()) return;
    const std::uint32_t place = l.stores[at]->stamp;
    for (const Location::Ordered& o : l.ordered) {
        if (o.stamp > stamp && o.stamp > place) sc_.precede(sources, o.node);
    }
    for (std::size_t i = 0; i < used_fences_; ++i) {
        const Fence& f = *fences_[i];
        if (f.view.newest(l.number) > place) sc_.precede(sources, f.node);
    }
}

bool Memory::room_after(const Location& l, std::size_t at) const {
    if (at + 1 == l.stores.size()) return true;
    const Store& next = *l.stores[at + 1];
    return !next.glued && next.stamp - l.stores[at]->stamp > 1;
}

std::size_t Memory::decide(int thread, Location& l, const Row<std::size_t>& candidates) {
    int& stale = l.stale[static_cast<std::size_t>(thread)];
    std::size_t which = 0;
    if (stale < patience) which = choose_(thread, l.number, candidates.size());
    stale = which == 0 ? 0 : stale + 1;
    passed_over_ = l.stores.size() - 1 - candidates[which];
    return candidates[which];
}

std::size_t Memory::choose_modified(int thread, Location& l, Order order) {
    candidates_.clear();
    const std::size_t oldest = floor(thread, l);
    for (std::size_t at = l.stores.size(); at-- > oldest;) {
        if (room_after(l, at) && allowed(thread, l, at, true, order)) candidates_.push_back(at);
    }
    return decide(thread, l, candidates_);
}

void Memory::learn(int thread, const Store& s, Order order) {
    Knowledge& me = knows(thread);
    if (acquires(order)) {
        me.now.join(s.message);
    } else {
        me.pending.join(s.message);
    }
}

void Memory::read(int thread, Location& l, std::size_t at, Order order) {
    Knowledge& me = knows(thread);
    Store& s = *l.stores[at];
    Clock sources;
    order_access(thread, l, at, s.stamp, false, order, sources);
    s.loads.join(sources);
    for (std::size_t i = at + 1; i < l.stores.size(); ++i) l.stores[i]->before.join(sources);
    if (order == Order::seq_cst) me.now.strong[thread] = sources[thread];
    me.now.see(l.number, s.stamp);
    learn(thread, s, order);
    me.now.events[thread] += 1;
}

Word Memory::load(int thread, const void* address, Word initial, Order order) {
    Location& l = locate(address, initial);
    candidates_.clear();
    const std::size_t oldest = floor(thread, l);
    for (std::size_t at = l.stores.size(); at-- > oldest;) {
        if (allowed(thread, l, at, false, order)) candidates_.push_back(at);
    }
    const std::size_t at = decide(thread, l, candidates_);
    read(thread, l, at, order);
    return l.stores[at]->value;
}

/// Makes a store behind the one at `after`, which it has read if `reads`.
void Memory::insert(int thread, Location& l, std::size_t after, Word value, Order order,
                    bool reads) {
    Knowledge& me = knows(thread);
    const Store& before = *l.stores[after];
    Store& s = new_store();
    s.value = value;
    s.glued = reads;
    s.stamp = after + 1 == l.stores.size()
                  ? before.stamp + gap
                  : before.stamp + (l.stores[after + 1]->stamp - before.stamp) / 2;
    s.loads = {};
    Clock sources;
    order_access(thread, l, after, s.stamp, true, order, sources);
    s.before = before.before;
    s.before.join(before.loads);
    s.before.join(sources);
    for (std::size_t i = after + 1; i < l.stores.size(); ++i) l.stores[i]->before.join(sources);
    me.now.see(l.number, s.stamp);
    if (reads) learn(thread, before, order);
    s.message = releases(order) ? me.now : me.released;
    s.message.see(l.number, s.stamp);
    if (reads) s.message.join(before.message);
    if (order == Order::seq_cst) me.now.strong[thread] = sources[thread];
    l.stores.insert(l.stores.begin() + static_cast<std::ptrdiff_t>(after) + 1, &s);
    me.now.events[thread] += 1;
}

void Memory::store(int thread, const void* address, Word initial, Word value, Order order) {
    Location& l = locate(address, initial);
    insert(thread, l, choose_modified(thread, l, order), value, order, false);
}

bool Memory::compare_exchange(int thread, const void* address, Word initial, Word& expected,
                              Word desired, Order success, Order failure) {
    Location& l = locate(address, initial);
    candidates_.clear();
    const std::size_t oldest = floor(thread, l);
    for (std::size_t at = l.stores.size(); at-- > oldest;) {
        const bool wins = l.stores[at]->value == expected;
        const bool possible = wins ? room_after(l, at) && allowed(thread, l, at, true, success)
                                   : allowed(thread, l, at, false, failure);
        if (possible) candidates_.push_back(at);
    }
    const std::size_t at = decide(thread, l, candidates_);
    if (l.stores[at]->value == expected) {
        insert(thread, l, at, desired, success, true);
        return true;
    }
    read(thread, l, at, failure);
    expected = l.stores[at]->value;
    return false;
}

/// A seq_cst fence's place in S, behind all that any access before it has to follow.
ScOrder::Node Memory::fence_node(int thread) {
    Knowledge& me = knows(thread);
    Clock from = me.now.strong;
    from.join(me.now.fences);
    me.now.join(me.pending);
    for (std::size_t i = 0; i < me.now.seen.size(); ++i) {
        const std::uint32_t stamp = me.now.seen[i];
        if (stamp == 0) continue;
        const Location& l = *locations_[i];
        std::size_t at = l.stores.size() - 1;
        while (l.stores[at]->stamp > stamp) --at;
        from.join(l.stores[at]->before);
    }
    Fence& f = new_fence();
    f.node = sc_.add(thread, from);
    f.view = me.now;
    me.now.fences[thread] = f.node.number;
    me.released = me.now;
    me.now.strong[thread] = f.node.number;
    me.now.events[thread] += 1;
    return f.node;
}

void Memory::fence(int thread, Order order) {
    Knowledge& me = knows(thread);
    if (order == Order::relaxed) return;
    if (order == Order::seq_cst) {
        fence_node(thread);
        return;
    }
    if (acquires(order)) me.now.join(me.pending);
    if (releases(order)) me.released = me.now;
    me.now.events[thread] += 1;
}

void Memory::heavy_barrier(int caller, const Row<int>& others) {
    const ScOrder::Node first = fence_node(caller);
    Clock after;
    after[first.thread] = first.number;
    Row<ScOrder::Node> theirs;
    for (const int other : others) {
        theirs.push_back(fence_node(other));
        sc_.precede(after, theirs.back());
    }
    const ScOrder::Node last = fence_node(caller);
    for (const ScOrder::Node n : theirs) {
        Clock before;
        before[n.thread] = n.number;
        sc_.precede(before, last);
    }
}

}  // namespace model
