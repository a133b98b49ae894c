/// \file
/// Values that can be told whole from torn.
#pragma once

#include <atomos/process/codec.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace regions {

struct Point {
    int x = 0;
    int y = 0;
    friend bool operator==(const Point&, const Point&) = default;
};

/// N words, all the same.
template <std::size_t N>
struct Words {
    std::uint64_t words[N];

    static Words of(std::uint64_t number) {
        Words made;
        for (auto& word : made.words) word = number;
        return made;
    }
    bool whole() const {
        for (const auto word : words) {
            if (word != words[0]) return false;
        }
        return true;
    }
    std::uint64_t number() const { return words[0]; }
};
using Small = Words<8>;          // a line
using Large = Words<640>;        // 5 KiB: more than stands in a snapshot
using VeryLarge = Words<12800>;  // 100 KiB

/// A type of a user, with a codec of his.
struct Account {
    std::string owner;
    std::int64_t balance = 0;
    friend bool operator==(const Account&, const Account&) = default;
};

/// Plain types of one name, as when a program was changed and another one was not.
struct First {
    int a;
};
struct Longer {
    int a;
    int b;
};
struct alignas(16) Wider {
    int a;
};

/// A codec that fails when it is told to.
struct Moody {
    int mood = 0;  ///< 1: cannot be encoded, 2: cannot be decoded
};

}  // namespace regions

template <>
struct atomos::process::Codec<regions::Account> {
    static constexpr std::string_view name = "account/1";
    static std::vector<std::byte> encode(const regions::Account& account) {
        std::vector<std::byte> bytes(sizeof account.balance + account.owner.size());
        std::memcpy(bytes.data(), &account.balance, sizeof account.balance);
        std::memcpy(bytes.data() + sizeof account.balance, account.owner.data(),
                    account.owner.size());
        return bytes;
    }
    static regions::Account decode(std::span<const std::byte> bytes) {
        regions::Account account;
        if (bytes.size() < sizeof account.balance) throw std::length_error("an account's bytes");
        std::memcpy(&account.balance, bytes.data(), sizeof account.balance);
        const auto rest = bytes.subspan(sizeof account.balance);
        account.owner.assign(reinterpret_cast<const char*>(rest.data()), rest.size());
        return account;
    }
};

template <>
struct atomos::process::Codec<regions::First> {
    static constexpr std::string_view name = "record";
};
template <>
struct atomos::process::Codec<regions::Longer> {
    static constexpr std::string_view name = "record";
};
template <>
struct atomos::process::Codec<regions::Wider> {
    static constexpr std::string_view name = "record";
};

template <>
struct atomos::process::Codec<regions::Moody> {
    static constexpr std::string_view name = "moody";
    static std::vector<std::byte> encode(const regions::Moody& moody) {
        if (moody.mood == 1) throw std::domain_error("not now");
        return {static_cast<std::byte>(moody.mood)};
    }
    static regions::Moody decode(std::span<const std::byte> bytes) {
        if (bytes[0] == std::byte{2}) throw std::domain_error("what is this");
        return {static_cast<int>(bytes[0])};
    }
};
