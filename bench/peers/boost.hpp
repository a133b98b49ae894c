#pragma once

#include <boost/make_shared.hpp>
#include <boost/smart_ptr/atomic_shared_ptr.hpp>
#include <utility>

#include "../subject.hpp"

namespace bench {

template <class T>
class BoostAtomicSharedPtr {
  public:
    static constexpr std::string_view name = "boost::atomic_shared_ptr";

    explicit BoostAtomicSharedPtr(T first)
        : current_{boost::make_shared<const T>(std::move(first))} {}

    template <class F>
    [[gnu::always_inline]] auto peek(F look) const {
        return look(*current_.load());
    }

    [[gnu::always_inline]] boost::shared_ptr<const T> keep() const { return current_.load(); }

    template <class F>
    [[gnu::always_inline]] void swap(F change) {
        boost::shared_ptr<const T> seen = current_.load();
        auto next = boost::make_shared<T>(change(*seen));
        while (!current_.compare_exchange_weak(seen, next)) *next = change(*seen);
    }

  private:
    boost::atomic_shared_ptr<const T> current_;
};

inline const bool boost_added = add_subject<BoostAtomicSharedPtr>();

}  // namespace bench
