// Several accounts in one atom: a transfer changes two of them at once, a validator keeps every
// balance from falling below zero, and a watch writes the journal.

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <atomos/atomos.hpp>

#include "expect.hpp"

namespace {

using Accounts = std::map<std::string, std::int64_t>;

std::int64_t total(const Accounts& accounts) {
    return std::accumulate(
        accounts.begin(), accounts.end(), std::int64_t{0},
        [](std::int64_t sum, const auto& account) { return sum + account.second; });
}

bool solvent(const Accounts& accounts) {
    return std::all_of(accounts.begin(), accounts.end(),
                       [](const auto& account) { return account.second >= 0; });
}

/// Pure: from the accounts before to the accounts after. It may run again after a lost race.
Accounts transfer(Accounts accounts, const std::string& from, const std::string& to,
                  std::int64_t amount) {
    accounts.at(from) -= amount;
    accounts.at(to) += amount;
    return accounts;
}

}  // namespace

int main() {
    atomos::Atom<Accounts> bank{Accounts{{"ada", 100}, {"grace", 100}, {"ken", 100}}};
    bank.set_validator(solvent);

    atomos::AtomicLong journal{0};
    atomos::AtomicLong wrong_totals{0};
    bank.add_watch("journal",
                   [&](const std::string&, auto&, const Accounts& old, const Accounts& now) {
                       journal.increment_and_get();
                       wrong_totals.add_and_get(total(old) == total(now) ? 0 : 1);
                   });

    atomos::AtomicLong made{0};
    atomos::AtomicLong refused{0};
    const std::vector<std::string> owners{"ada", "grace", "ken"};
    const auto clerk = [&](std::size_t first) {
        for (std::size_t i = first; i < first + 3'000; ++i) {
            try {
                bank.swap(transfer, owners[i % 3], owners[(i * i + 1) % 3], 30);
                made.increment_and_get();
            } catch (const atomos::ValidationError&) {
                refused.increment_and_get();  // nothing has changed, and the journal has not heard
                                              // of it
            }
        }
    };
    std::jthread(clerk, 0).join();
    {
        const std::jthread one(clerk, 1), two(clerk, 2);
    }

    expect(total(*bank.deref()) == 300, "no money was made or lost");
    expect(solvent(*bank.deref()), "nobody owes anything");
    expect(made.get() + refused.get() == 9'000 && refused.get() > 0, "some transfers were refused");
    expect(journal.get() == made.get(),
           "the journal has every transfer that was made, and no other");
    expect(wrong_totals.get() == 0, "each entry of the journal adds up");
}
