/// \file
/// WordRef: a small struct in somebody else's memory, replaced as the word that its bytes make.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace atomos::detail {

/// An unsigned integer of so many bytes.
template <std::size_t bytes>
using Unsigned = std::conditional_t<
    bytes == 1, std::uint8_t,
    std::conditional_t<bytes == 2, std::uint16_t,
                       std::conditional_t<bytes == 4, std::uint32_t, std::uint64_t>>>;

/// What std::atomic_ref is, for a T that is aligned to its size without its type saying so. There clang makes
/// std::atomic_ref call libatomic, which nobody has linked who includes a header.
template <class T>
class WordRef {
    using Bits = Unsigned<sizeof(T)>;
    using Word [[gnu::may_alias]] = Bits;
    static_assert(sizeof(Bits) == sizeof(T));

  public:
    static constexpr bool is_always_lock_free = true;
    static constexpr std::size_t required_alignment = sizeof(T);

    explicit WordRef(T& owned) noexcept : word_(reinterpret_cast<Word*>(std::addressof(owned))) {}

    T load(std::memory_order order) const noexcept {
        return std::bit_cast<T>(__atomic_load_n(word_, static_cast<int>(order)));
    }
    void store(T next, std::memory_order order) const noexcept {
        __atomic_store_n(word_, std::bit_cast<Bits>(next), static_cast<int>(order));
    }
    T exchange(T next, std::memory_order order) const noexcept {
        return std::bit_cast<T>(
            __atomic_exchange_n(word_, std::bit_cast<Bits>(next), static_cast<int>(order)));
    }
    bool compare_exchange_strong(T& seen, T next, std::memory_order order) const noexcept {
        auto stands = std::bit_cast<Bits>(seen);
        const bool won =
            __atomic_compare_exchange_n(word_, &stands, std::bit_cast<Bits>(next), false,
                                        static_cast<int>(order), after_loss(order));
        if (!won) seen = std::bit_cast<T>(stands);
        return won;
    }

  private:
    static constexpr int after_loss(std::memory_order order) noexcept {
        switch (order) {
            case std::memory_order_acq_rel:
                return __ATOMIC_ACQUIRE;
            case std::memory_order_release:
                return __ATOMIC_RELAXED;
            default:
                return static_cast<int>(order);
        }
    }

    Word* word_;
};

/// Whether a T is such a one.
template <class T>
inline constexpr bool is_word_by_size_alone =
    std::is_class_v<T> && std::has_single_bit(sizeof(T)) && sizeof(T) <= sizeof(std::uint64_t) &&
    alignof(T) < sizeof(T);

}  // namespace atomos::detail
