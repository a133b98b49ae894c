#pragma once

#include "../value.hpp"
#include "../wake.hpp"

namespace bench {

/// The limit: one atomic word.
class RawWord {
  public:
    static constexpr std::string_view name = "raw memory";

    std::int64_t add(unsigned) { return word_->fetch_add(1) + 1; }
    std::int64_t total() const { return *word_; }

  private:
    Shared<std::atomic<std::int64_t>> word_{0};
};

/// The limit: memcpy, which nothing keeps whole.
template <class T>
class RawMemory {
  public:
    static constexpr std::string_view name = "raw memory";
    static constexpr bool tears = true;

    template <class F>
    [[gnu::always_inline]] void read(F use) {
        T copy;
        std::memcpy(&copy, place(), sizeof copy);
        use(copy);
    }

    [[gnu::always_inline]] void set(const T& value) {
        T* to = place();
        std::memcpy(to, &value, sizeof value);
        asm volatile("" : "+m"(*to));
    }

    template <class F>
    [[gnu::always_inline]] void update(F change) {
        T* to = place();
        change(*to);
        asm volatile("" : "+m"(*to));
    }

  private:
    /// Where the value is. The compiler is not to know that it is the same place every time.
    [[gnu::always_inline]] T* place() {
        T* memory = &*memory_;
        asm volatile("" : "+r"(memory));
        return memory;
    }

    Shared<T> memory_;
};

/// The C library's memcpy, which does better than the compiler's from some size on.
template <class T>
class CalledMemcpy {
  public:
    static constexpr std::string_view name = "raw memory, memcpy called";
    static constexpr bool tears = true;

    template <class F>
    [[gnu::always_inline]] void read(F use) {
        T copy;
        copy_(&copy, &*memory_, sizeof copy);
        use(copy);
    }

    [[gnu::always_inline]] void set(const T& value) { copy_(&*memory_, &value, sizeof value); }

  private:
    void* (*volatile copy_)(void*, const void*, std::size_t) = &std::memcpy;
    Shared<T> memory_;
};

/// The limit of waking: a loop that looks at the word and costs a processor.
class Spinner {
  public:
    static constexpr std::string_view name = "raw memory";
    static constexpr bool spins = true;

    void tell(std::int64_t number) { *word_ = number; }
    void await(std::int64_t number) {
        while (*word_ < number) continue;
    }
    std::int64_t now() const { return *word_; }

  private:
    Shared<std::atomic<std::int64_t>> word_{0};
};

inline const bool raw_added = add_shared_counter<RawWord>() && add_shared_value<RawMemory>() &&
                              add_shared_value<CalledMemcpy>() && add_waker<Spinner>();

}  // namespace bench
