/// \file
/// Which values a reference and an atom can hold: only movable, refusing to be copied, aligned,
/// big, shared.

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "laws/scopes.hpp"
#include "support/together.hpp"
#include "support/values.hpp"

namespace {

using atomos::testing::Counted;
using atomos::testing::Megabyte;
using atomos::testing::OnlyMovable;
using atomos::testing::OverAligned;
using atomos::testing::PersistentMap;
using atomos::testing::ThrowsOnCopy;
using atomos::testing::ThrowsOnMove;
using atomos::testing::together;

template <class Scope>
class ValueLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(ValueLaws, laws::InMemory, laws::ScopeNames);

TYPED_TEST(ValueLaws, a_value_need_only_be_movable) {
    typename TestFixture::template Reference<OnlyMovable> reference(OnlyMovable(1));
    typename TestFixture::template Atom<OnlyMovable> atom(OnlyMovable(1));
    const auto next = [](const OnlyMovable& old) { return OnlyMovable(old() + 1); };

    reference.set(OnlyMovable(5));
    reference.update_and_get(next);
    const auto before = reference.get_and_set(OnlyMovable(9));
    atom.swap(next);
    const auto change = atom.reset_vals(OnlyMovable(7));
    const bool won = atom.compare_and_set(atom.deref(), OnlyMovable(8));

    EXPECT_EQ((*before)(), 6);
    EXPECT_EQ((*reference.get())(), 9);
    EXPECT_EQ((*change.old)(), 2);
    EXPECT_TRUE(won);
    EXPECT_EQ(atom.read([](const OnlyMovable& m) { return m(); }), 8);
}

TYPED_TEST(ValueLaws, the_library_never_copies_a_value) {
    typename TestFixture::template Atom<ThrowsOnCopy> atom(ThrowsOnCopy(1));
    typename TestFixture::template Reference<ThrowsOnCopy> reference(ThrowsOnCopy(1));
    const auto next = [](const ThrowsOnCopy& old) { return ThrowsOnCopy(old.number + 1); };
    int heard = 0;
    atom.add_watch("copies nothing", [&](const std::string&, auto&, const ThrowsOnCopy&,
                                         const ThrowsOnCopy& now) { heard = now.number; });
    atom.set_validator([](const ThrowsOnCopy& t) { return t.number > 0; });

    atom.swap(next);
    atom.reset(ThrowsOnCopy(5));
    atom.compare_and_set(atom.deref(), ThrowsOnCopy(6));
    atom.try_swap(
        [](const ThrowsOnCopy& t) { return std::make_optional<ThrowsOnCopy>(t.number + 1); });
    const auto snapshot = atom.deref();
    const auto copy_of_snapshot = snapshot;
    reference.update_and_get(next);
    reference.compare_and_exchange(reference.get(), ThrowsOnCopy(3));

    EXPECT_EQ(copy_of_snapshot->number, 7);
    EXPECT_EQ(heard, 7);
    EXPECT_EQ(reference.get()->number, 3);
}

TYPED_TEST(ValueLaws, a_copy_that_throws_in_a_mutator_changes_nothing) {
    typename TestFixture::template Atom<ThrowsOnCopy> atom(ThrowsOnCopy(1));

    EXPECT_THROW(atom.swap([](const ThrowsOnCopy& old) {
        ThrowsOnCopy copy = old;
        return copy;
    }),
                 std::logic_error);

    EXPECT_EQ(atom.deref()->number, 1);
    EXPECT_EQ(atom.version(), 1U);
}

TYPED_TEST(ValueLaws, a_move_that_throws_changes_nothing) {
    typename TestFixture::template Atom<ThrowsOnMove> atom(ThrowsOnMove(1, 100));
    typename TestFixture::template Reference<ThrowsOnMove> reference(ThrowsOnMove(1, 100));

    EXPECT_THROW(atom.reset(ThrowsOnMove(2, 0)), std::length_error);
    EXPECT_THROW(reference.set(ThrowsOnMove(2, 0)), std::length_error);
    EXPECT_THROW(reference.get_and_set(ThrowsOnMove(2, 0)), std::length_error);
    EXPECT_THROW(reference.compare_and_set(reference.get(), ThrowsOnMove(2, 0)), std::length_error);
    EXPECT_THROW(
        atom.try_swap([](const ThrowsOnMove&) { return std::make_optional<ThrowsOnMove>(2, 0); }),
        std::length_error);

    EXPECT_EQ(atom.deref()->number, 1);
    EXPECT_EQ(reference.get()->number, 1);
    EXPECT_EQ(atom.version(), 1U);
    EXPECT_EQ(reference.version(), 1U);
}

TYPED_TEST(ValueLaws, a_map_is_changed_by_a_copy_and_the_snapshot_before_keeps_its_own) {
    using Map = std::map<std::string, int>;
    typename TestFixture::template Atom<Map> atom(Map{{"a", 1}});

    const auto change = atom.swap_vals(
        [](Map map, const std::string& key, int value) {
            map[key] = value;
            return map;
        },
        std::string("b"), 2);

    EXPECT_EQ(*change.old, (Map{{"a", 1}}));
    EXPECT_EQ(*change.now, (Map{{"a", 1}, {"b", 2}}));
}

TYPED_TEST(ValueLaws, a_shared_pointer_is_released_with_the_version_that_held_it) {
    typename TestFixture::template Atom<std::shared_ptr<int>> atom(std::make_shared<int>(1));
    const std::weak_ptr<int> first = *atom.deref();
    auto held = atom.deref();

    atom.reset(std::make_shared<int>(2));
    TestFixture::Makes::settle();
    const bool alive_while_held = !first.expired();
    held = {};
    TestFixture::Makes::settle();

    EXPECT_TRUE(alive_while_held);
    EXPECT_TRUE(first.expired());
}

TYPED_TEST(ValueLaws, a_persistent_map_grows_among_threads_and_each_snapshot_is_one_of_its_states) {
    using Map = PersistentMap<int, int>;
    constexpr int each = 300;
    typename TestFixture::template Atom<Map> atom(Map{});
    std::atomic<int> wrong{0};

    together(3, [&](int thread) {
        for (int i = 0; i < each; ++i) {
            const int key = i * 3 + thread;
            const auto now =
                atom.swap([](const Map& map, int k) { return map.with(k, k * k); }, key);
            if (now->size() + 1 != now.version() || *now->find(key) != key * key) ++wrong;
        }
    });

    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(atom.deref()->size(), 3U * each);
}

TYPED_TEST(ValueLaws, every_value_that_was_made_is_destroyed) {
    std::atomic<int> living{0};
    {
        typename TestFixture::template Atom<Counted> atom(Counted(living, 0));
        std::mutex mutex;
        typename TestFixture::template Snapshot<Counted> kept;
        atom.add_watch("keeps one", [&](const std::string&, auto&, const auto& old, const auto&) {
            const std::lock_guard lock(mutex);
            if (old->number % 7 == 0) kept = old;
        });

        together(3, [&](int) {
            for (int i = 0; i < 300; ++i) {
                const auto before = atom.deref();
                atom.swap([](Counted c) {
                    ++c.number;
                    return c;
                });
                if (i % 50 == 0) atom.compare_and_set(before, *before);
            }
        });

        EXPECT_GE(living, 2);
    }
    TestFixture::Makes::settle();
    EXPECT_EQ(living, 0);
}

/// Values that every scope stores: they are what their bytes are.
template <class Scope>
class PlainValueLaws : public laws::Law<Scope> {};
TYPED_TEST_SUITE(PlainValueLaws, laws::InEvery, laws::ScopeNames);

template <class Snapshot>
bool is_aligned(const Snapshot& snapshot) {
    return reinterpret_cast<std::uintptr_t>(&*snapshot) % alignof(OverAligned) == 0;
}

TYPED_TEST(PlainValueLaws, an_over_aligned_value_is_aligned_in_every_version) {
    auto atom = TestFixture::Makes::atom(OverAligned{0});
    std::array<typename TestFixture::template Snapshot<OverAligned>, 20> held;

    for (auto& snapshot : held) {
        snapshot = atom.swap([](OverAligned o) {
            ++o.number;
            return o;
        });
    }

    for (const auto& snapshot : held) EXPECT_TRUE(is_aligned(snapshot));
    EXPECT_EQ(held[19]->number, 20);
}

struct Padded {
    char letter = 'a';
    double number = 0;
    bool flag = false;
    friend bool operator==(const Padded&, const Padded&) = default;
};

TYPED_TEST(PlainValueLaws, padding_is_no_part_of_a_value) {
    alignas(Padded) unsigned char rooms[2][sizeof(Padded)];
    for (unsigned char* room : rooms)
        std::memset(room, room == rooms[0] ? 0x00 : 0xFF, sizeof(Padded));
    const auto* one = new (rooms[0]) Padded{'p', 1.5, true};
    const auto* same = new (rooms[1]) Padded{'p', 1.5, true};
    auto atom = TestFixture::Makes::atom(*one);

    EXPECT_TRUE(atom.compare_and_set(*same, Padded{'q', 2.5, false}));
    EXPECT_FALSE(atom.compare_and_set(*same, *one));

    EXPECT_EQ(*atom.deref(), (Padded{'q', 2.5, false}));
}

TYPED_TEST(PlainValueLaws, a_value_of_a_megabyte_is_never_seen_half_written) {
    auto reference = TestFixture::Makes::reference(Megabyte(0));
    std::atomic<bool> writing{true};
    std::atomic<int> torn{0};

    together(2, [&](int thread) {
        if (thread == 0) {
            for (unsigned char fill = 1; fill < 40; ++fill) {
                reference.update_and_get([fill](const Megabyte&) { return Megabyte(fill); });
            }
            writing = false;
            return;
        }
        while (writing) {
            const auto now = reference.get();
            if (!now->all_are(now->bytes[0])) ++torn;
        }
    });

    EXPECT_EQ(torn, 0);
    EXPECT_TRUE(reference.get()->all_are(39));
}

TYPED_TEST(PlainValueLaws, a_long_string_is_read_whole_beside_writers) {
    auto atom = TestFixture::Makes::atom(std::string(100, 'a'));
    std::atomic<bool> writing{true};
    std::atomic<int> torn{0};

    together(3, [&](int thread) {
        if (thread == 0) {
            for (int i = 0; i < 2000; ++i) {
                atom.reset(std::string(100, static_cast<char>('a' + i % 26)));
            }
            writing = false;
            return;
        }
        while (writing) {
            atom.read([&](const std::string& s) {
                if (s != std::string(100, s[0])) ++torn;
            });
        }
    });

    EXPECT_EQ(torn, 0);
}

}  // namespace
