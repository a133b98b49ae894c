/// \file
/// IndexedForms: the operations of an array's elements, with the index in front.
#pragma once

#include <cstddef>
#include <utility>

namespace atomos::detail {

/// `array.add_and_get(i, x)` is `array.at(i).add_and_get(x)`, and so on for whatever elements can do.
template <class Array>
class IndexedForms {
  public:
#define ATOMOS_LOOK(name)                                                                    \
    template <class... Args>                                                                 \
        requires requires(const Array& array, Args&&... args) {                              \
            array.at(0).name(std::forward<Args>(args)...);                                   \
        }                                                                                    \
    decltype(auto) name(std::size_t index, Args&&... args) const {                           \
        return static_cast<const Array&>(*this).at(index).name(std::forward<Args>(args)...); \
    }
#define ATOMOS_CHANGE(name)                                                            \
    template <class... Args>                                                           \
        requires requires(Array& array, Args&&... args) {                              \
            array.at(0).name(std::forward<Args>(args)...);                             \
        }                                                                              \
    decltype(auto) name(std::size_t index, Args&&... args) {                           \
        return static_cast<Array&>(*this).at(index).name(std::forward<Args>(args)...); \
    }

    ATOMOS_LOOK(get)
    ATOMOS_LOOK(read)
    ATOMOS_LOOK(version)
    ATOMOS_LOOK(wait)
    ATOMOS_LOOK(wait_for)
    ATOMOS_LOOK(wait_until)
    ATOMOS_LOOK(notify_one)
    ATOMOS_LOOK(notify_all)

    ATOMOS_CHANGE(set)
    ATOMOS_CHANGE(get_and_set)
    ATOMOS_CHANGE(compare_and_set)
    ATOMOS_CHANGE(compare_and_exchange)
    ATOMOS_CHANGE(update_and_get)
    ATOMOS_CHANGE(get_and_update)
    ATOMOS_CHANGE(accumulate_and_get)
    ATOMOS_CHANGE(get_and_accumulate)
    ATOMOS_CHANGE(try_update)
    ATOMOS_CHANGE(set_if_less)
    ATOMOS_CHANGE(set_if_greater)

    ATOMOS_CHANGE(get_and_toggle)

    ATOMOS_CHANGE(add_and_get)
    ATOMOS_CHANGE(get_and_add)
    ATOMOS_CHANGE(subtract_and_get)
    ATOMOS_CHANGE(get_and_subtract)
    ATOMOS_CHANGE(increment_and_get)
    ATOMOS_CHANGE(get_and_increment)
    ATOMOS_CHANGE(decrement_and_get)
    ATOMOS_CHANGE(get_and_decrement)
    ATOMOS_CHANGE(checked_add_and_get)
    ATOMOS_CHANGE(try_add)
    ATOMOS_CHANGE(add_clamped)
    ATOMOS_CHANGE(max_and_get)
    ATOMOS_CHANGE(get_and_max)
    ATOMOS_CHANGE(min_and_get)
    ATOMOS_CHANGE(get_and_min)
    ATOMOS_CHANGE(bitwise_or_and_get)
    ATOMOS_CHANGE(get_and_bitwise_or)
    ATOMOS_CHANGE(bitwise_and_and_get)
    ATOMOS_CHANGE(get_and_bitwise_and)
    ATOMOS_CHANGE(bitwise_xor_and_get)
    ATOMOS_CHANGE(get_and_bitwise_xor)

#undef ATOMOS_LOOK
#undef ATOMOS_CHANGE
};

}  // namespace atomos::detail
