/// \file
/// Many threads at the same variables, together and singly, for as long as ATOMOS_STRESS_SECONDS says (2).
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <atomos/transact.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <tuple>

#include "stress/canary.hpp"
#include "support/seed.hpp"
#include "support/together.hpp"

namespace {

using atomos::Atom;
using atomos::AtomicReference;
using atomos::snapshot_all;
using atomos::SwapOptions;
using atomos::transact;
using atomos::testing::below;
using atomos::testing::random_stream;
using atomos::testing::together;

class Clock {
  public:
    bool over() const { return std::chrono::steady_clock::now() >= end_; }

  private:
    static std::chrono::duration<double> span() {
        const char* const given = std::getenv("ATOMOS_STRESS_SECONDS");
        return std::chrono::duration<double>(given != nullptr ? std::strtod(given, nullptr) : 2.0);
    }
    std::chrono::steady_clock::time_point end_ =
        std::chrono::steady_clock::now() +
        std::chrono::duration_cast<std::chrono::nanoseconds>(span());
};

TEST(HeldSwap, runs_its_function_at_most_once_more_than_it_may_lose_among_16_writers) {
    constexpr int writers = 16;
    Atom<std::int64_t> atom{0};
    const Clock clock;
    std::atomic<std::int64_t> changes{0};
    std::atomic<int> too_often{0};
    std::atomic<bool> done{false};

    together(writers + 1, [&](int thread) {
        if (thread == writers) {
            std::int64_t last = 0;
            while (!done) {
                const std::int64_t now = atom.read([](std::int64_t n) { return n; });
                EXPECT_GE(now, last);
                last = now;
            }
            return;
        }
        const int tries = thread % 4;
        std::int64_t mine = 0;
        for (; !clock.over(); ++mine) {
            int runs = 0;
            atom.swap(SwapOptions{.tries = tries}, [&](std::int64_t n) {
                if (++runs == 2) std::this_thread::yield();
                return n + 1;
            });
            if (runs > tries + 1) ++too_often;
        }
        changes += mine;
        if (thread == 0) done = true;
    });

    EXPECT_EQ(too_often, 0);
    EXPECT_EQ(*atom.deref(), changes.load());
    EXPECT_EQ(atom.version(), static_cast<std::uint64_t>(changes.load()) + 1);
}

using Account = stress::Canary<4>;

std::int64_t balance(const Account& account) { return static_cast<std::int64_t>(account.number()); }
Account with(std::int64_t money) { return Account(static_cast<std::uint64_t>(money)); }

/// Accounts of both kinds, with transactions, plain changes that leave the total alone, and all looks.
class Bank {
  public:
    static constexpr int accounts = 100;
    static constexpr std::int64_t total = 100 * 1000;

    Bank() {
        for (int i = 0; i < accounts; ++i) accounts_.emplace_back(with(1000));
    }

    void move(std::mt19937_64& random) {
        const auto i = below(random, accounts);
        const auto j = (i + 1 + below(random, accounts - 1)) % accounts;
        const auto money = static_cast<std::int64_t>(below(random, 100));
        const SwapOptions options{static_cast<int>(below(random, 4))};
        const bool refuse = below(random, 16) == 0;
        transact(
            options,
            [&](const Account& from, const Account& to) {
                using Both = std::tuple<Account, Account>;
                if (refuse || balance(from) < money) return std::optional<Both>();
                return std::optional<Both>(std::in_place, with(balance(from) - money),
                                           with(balance(to) + money));
            },
            accounts_[i], accounts_[j]);
    }

    void touch(std::mt19937_64& random) {
        const auto same = [](const Account& account) { return account; };
        const auto i = below(random, accounts);
        if (below(random, 8) == 0) {
            accounts_[i].swap(SwapOptions{0}, same);
        } else {
            accounts_[i].swap(same);
        }
    }

    bool add_up() const {
        std::int64_t sum = 0;
        for (const auto& account : snapshot_all(accounts_)) {
            if (!account->stays_whole(1)) return false;
            sum += balance(*account);
        }
        return sum == total;
    }

    bool look(std::mt19937_64& random) const {
        const Atom<Account>& account = accounts_[below(random, accounts)];
        return account.read([](const Account& a) { return a.stays_whole(3); }) &&
               account.deref()->stays_whole(3);
    }

  private:
    std::deque<Atom<Account>> accounts_;
};

TEST(Transact, moves_money_between_100_accounts_and_no_snapshot_of_all_misses_any) {
    std::atomic<std::int64_t> moves{0};
    std::atomic<std::int64_t> sums{0};
    {
        Bank bank;
        const Clock clock;

        together(8, [&](int thread) {
            auto random = random_stream(static_cast<std::uint64_t>(thread));
            while (!clock.over()) {
                if (thread < 4) {
                    bank.move(random);
                    ++moves;
                } else if (thread == 4) {
                    bank.touch(random);
                } else if (thread == 5) {
                    ASSERT_TRUE(bank.look(random));
                } else {
                    ASSERT_TRUE(bank.add_up());
                    ++sums;
                }
            }
        });

        EXPECT_TRUE(bank.add_up());
    }
    atomos::collect();
    EXPECT_EQ(Account::alive(), 0);
    RecordProperty("moves", std::to_string(moves));
    RecordProperty("sums", std::to_string(sums));
}

}  // namespace
