#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "model/fibers.hpp"
#include "model/scheduler.hpp"

namespace model {

namespace {

void add(const char* text, va_list args, const char* place) {
    char line[160];
    std::vsnprintf(line, sizeof line, text, args);
    const int thread = fibers().suspend();  // the trace's memory is not the program's
    char whole[320];
    std::snprintf(whole, sizeof whole, "%*sT%d %-44s %s\n", 2 * thread, "", thread, line, place);
    add_to_trace(whole);
    fibers().resume(thread);
}

}  // namespace

const char* name(Failure failure) {
    constexpr const char* names[] = {"none", "race",  "freed", "twice",
                                     "leak", "waits", "wrong", "stuck"};
    return names[static_cast<std::size_t>(failure)];
}

void note(const Where& where, const char* text, ...) {
    const char* const slash = std::strrchr(where.file_name(), '/');
    char place[80];
    std::snprintf(place, sizeof place, "%s:%u", slash != nullptr ? slash + 1 : where.file_name(),
                  where.line());
    va_list args;
    va_start(args, text);
    add(text, args, place);
    va_end(args);
}

void note_plain(const void* code, const char* text, ...) {
    char place[80];
    std::snprintf(place, sizeof place, "%p", code);
    va_list args;
    va_start(args, text);
    add(text, args, place);
    va_end(args);
}

}  // namespace model
