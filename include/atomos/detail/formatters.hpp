/// \file
/// Formatters of what is shown, on top of a library's formatter of the value: std's or {fmt}'s.
#pragma once

#include <array>
#include <atomos/cell.hpp>
#include <atomos/detail/shown.hpp>
#include <charconv>
#include <string_view>

namespace atomos::detail {

/// Writes text that stands around values.
template <class Context>
void write(Context& context, std::string_view text) {
    auto out = context.out();
    for (const char c : text) *out++ = c;
    context.advance_to(out);
}

template <class Context, class Integer>
void write_number(Context& context, Integer number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    write(context, {digits.data(), end.ptr});
}

template <class A, class Value, class Context>
void write_value(const A& a, const Value& formatter, Context& context) {
    with_value(
        a,
        [&](const shown_value<A>& value) { context.advance_to(formatter.format(value, context)); },
        [&] { write(context, empty_shown); });
}

/// Each formatter below has the value's own parse().
template <class A, class Value>
struct OneFormatter : Value {
    template <class Context>
    auto format(const A& a, Context& context) const {
        write_value(a, static_cast<const Value&>(*this), context);
        return context.out();
    }
};

template <class A, class Value>
struct ManyFormatter : Value {
    template <class Context>
    auto format(const A& a, Context& context) const {
        std::string_view before = "[";
        for (const auto& element : a) {
            write(context, before);
            write_value(element, static_cast<const Value&>(*this), context);
            before = ", ";
        }
        write(context, a.length() == 0 ? "[]" : "]");
        return context.out();
    }
};

template <class A, class Value>
struct StampFormatter : Value {
    template <class Context>
    auto format(const A& a, Context& context) const {
        const auto [reference, stamp] = a.get();
        write(context, "(");
        write_value(reference, static_cast<const Value&>(*this), context);
        write(context, ", ");
        if constexpr (ShowsMark<A>) {
            write(context, stamp ? "true" : "false");
        } else {
            write_number(context, stamp);
        }
        write(context, ")");
        return context.out();
    }
};

template <class T, class Value>
struct AttemptFormatter : Value {
    template <class Context>
    auto format(const Attempt<T>& attempt, Context& context) const {
        write(context, attempt.won ? "won " : "lost ");
        return Value::format(attempt.now, context);
    }
};

template <class T, class Value>
struct ChangeFormatter : Value {
    template <class Context>
    auto format(const Change<T>& change, Context& context) const {
        context.advance_to(Value::format(change.old, context));
        write(context, " -> ");
        return Value::format(change.now, context);
    }
};

}  // namespace atomos::detail
