/// \file
/// Arrays of the process scope: numbers and truth values in one run of words, references by name.
#pragma once

#include <atomos/detail/elements.hpp>
#include <atomos/detail/number_forms.hpp>
#include <atomos/process/codec.hpp>
#include <atomos/process/memory.hpp>
#include <atomos/process/number.hpp>
#include <atomos/process/processes.hpp>
#include <atomos/process/region.hpp>
#include <atomos/reference.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace atomos::process {

template <class T>
using ElementForms =
    std::conditional_t<std::is_same_v<T, bool>, atomos::detail::TruthForms<NumberAt<T>>,
                       atomos::detail::NumberForms<NumberAt<T>, T>>;

/// One element of an array of numbers or truth values, with all that these can do. A handle: copies stand
/// for the same element, and the array has to be there.
template <class T>
class ArrayElement : public ElementForms<T> {
  public:
    explicit ArrayElement(const NumberAt<T>& at) noexcept : ElementForms<T>(std::in_place, at) {}
};

/// Words in a region, side by side. They are one value as the region sees it: built before it is named, and
/// standing for good.
template <class T>
class ArrayWords {
  public:
    using variable = ArrayElement<T>;
    using reference = ArrayElement<T>;
    using const_reference = const ArrayElement<T>;

    /// Opens the array, or makes it. Errors: as find_or_make(); Mismatch names both lengths.
    ArrayWords(const Region& region, std::string_view name, std::size_t length, T initial)
        : memory_(region.memory()), length_(length) {
        constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
        const std::size_t bytes = length > most / sizeof(T) ? most : length * sizeof(T);
        const std::string type = std::string(type_name<T>()) + '[' + std::to_string(length) + ']';
        const auto make = [&] {
            static_cast<void>(memory_->size_class(bytes));
            std::vector<std::byte> all(bytes);
            for (std::size_t i = 0; i < length; ++i) {
                std::memcpy(all.data() + i * sizeof(T), &initial, sizeof(T));
            }
            return all;
        };
        const Index at =
            find_or_make(*memory_, name, {Kind::array, type, bytes, alignof(T)}, {}, make);
        line_ = &memory_->at<Entry>(at)->cell;
        words_ = static_cast<std::byte*>(array_words(*memory_, at, bytes));
    }
    ArrayWords(const ArrayWords&) = delete;
    ArrayWords& operator=(const ArrayWords&) = delete;

    std::size_t size() const noexcept { return length_; }
    reference operator[](std::size_t i) { return element(i); }
    const_reference operator[](std::size_t i) const { return element(i); }

  private:
    static_assert(sizeof(NumberWord<T>) == sizeof(T));

    [[gnu::always_inline]] ArrayElement<T> element(std::size_t i) const {
        return ArrayElement<T>(NumberAt<T>(*memory_, *line_, words_ + i * sizeof(T)));
    }

    std::shared_ptr<Memory> memory_;
    std::size_t length_;
    CellLine* line_ = nullptr;
    std::byte* words_ = nullptr;
};

/// References in a region, each a variable of its own: "name[0]", "name[1]" and so on; "name" is the length.
/// Who is killed while he makes them leaves some; who opens the array then makes the rest.
template <class T>
class ArrayReferences {
    using Reference = AtomicReference<T, Processes>;
    using Elements = atomos::detail::Elements<Reference>;

  public:
    using variable = Reference;
    using reference = Reference&;
    using const_reference = const Reference&;

    /// Errors   As find_or_make(), of the first element that cannot be had.
    ArrayReferences(const Region& region, std::string_view name, std::size_t length,
                    const T& initial)
        : elements_(checked(region, name, length), [&](std::size_t i) {
              const std::string element = std::string(name) + '[' + std::to_string(i) + ']';
              return Reference(region, element, initial);
          }) {}

    std::size_t size() const noexcept { return elements_.size(); }
    reference operator[](std::size_t i) { return elements_[i]; }
    const_reference operator[](std::size_t i) const { return elements_[i]; }

  private:
    static std::size_t checked(const Region& region, std::string_view name, std::size_t length) {
        const std::string type =
            "references to " + std::string(type_name<T>()) + '[' + std::to_string(length) + ']';
        find_or_make(*region.memory(), name, {Kind::array, type, 0, 1}, {},
                     [] { return std::vector<std::byte>(); });
        return length;
    }

    Elements elements_;
};

}  // namespace atomos::process
