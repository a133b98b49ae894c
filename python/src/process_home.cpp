/// \file
/// Where the variables of Python objects are.

#include "process_home.hpp"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "process_errors.hpp"
#include "process_region.hpp"

namespace atomos::python {
namespace {

using process::Entry;
using process::Index;
using process::Memory;

/// What this process knows. Its lock is held for a few steps, which neither run Python code nor begin or
/// end a region, and by nobody in a fork's child.
struct Known {
    std::mutex mutex;
    std::uint64_t epoch = 1;
    std::shared_ptr<Memory> family;
    std::string folder;
    std::array<std::vector<Index>, references + 1> aside;
    std::map<std::string, std::vector<Index>> others_aside;  ///< by their types
    std::uint64_t prefix = 0;                                ///< of names; 0: none is drawn yet
    std::uint64_t made = 0;
    std::map<std::string, std::weak_ptr<Memory>> regions;

    std::vector<Index>& aside_of(unsigned pool, process::Kind kind, std::string_view type) {
        if (pool != others) return aside[pool];
        return others_aside[std::to_string(static_cast<unsigned>(kind)).append(type)];
    }
    void forget_aside() {
        for (auto& one : aside) one.clear();
        for (auto& [type, one] : others_aside) one.clear();
    }
};

Known& known() {
    static Known* const all = new Known;
    return *all;
}

std::string folder_now() {
    const char* const named = ::secure_getenv("ATOMOS_REGIONS");
    return named == nullptr ? "" : named;
}

bool has_name(const Memory& memory) {
    struct stat found{};
    return ::fstat(memory.descriptor(), &found) == 0 && found.st_nlink != 0;
}

std::string name_of(const Entry& entry) {
    return {entry.name.data(), std::min<std::size_t>(entry.name_length, Entry::longest_name)};
}

std::string_view type_in(const Entry& entry) {
    return {entry.type.data(), std::min<std::size_t>(entry.type_length, Entry::longest_type)};
}

/// Errors   std::invalid_argument: the names of further variables would be too long.
void check_name(const Memory& memory, std::string_view name, const Needed& needed) {
    const std::size_t longest = Entry::longest_name - needed.longest_part.size();
    if (name.size() <= longest) return;
    throw std::invalid_argument("region \"" + memory.name() + "\": variable \"" +
                                std::string(name) + "\" has a name of " +
                                std::to_string(name.size()) + " bytes; 1 to " +
                                std::to_string(longest) + " are allowed; nothing was changed");
}

/// A call of the Python half: atomos.multiprocessing._family.FUNCTION(argument). The region that it
/// returns.
std::shared_ptr<Memory> ask_family(const char* function, PyObject* argument) {
    const Ref module = Ref::taken(PyImport_ImportModule("atomos.multiprocessing._family"));
    if (!module) return nullptr;
    const Ref called = Ref::taken(PyObject_GetAttrString(module.get(), function));
    if (!called) return nullptr;
    const Ref region = Ref::taken(PyObject_CallOneArg(called.get(), argument));
    return region ? memory_of(region.get()) : nullptr;
}

/// Where the file of a region is, or was.
std::string folder_of(const Memory& memory) {
    const std::string link = "/proc/self/fd/" + std::to_string(memory.descriptor());
    std::array<char, PATH_MAX> path{};
    const ssize_t length = ::readlink(link.c_str(), path.data(), path.size());
    const std::string_view found(path.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
    return std::string(found.substr(0, found.rfind('/')));
}

/// A region that this process has open, under what remember() was told. None: it has not, or another one
/// may have got its name meanwhile.
std::shared_ptr<Memory> recall(const std::string& key) {
    std::shared_ptr<Memory> found;
    {
        const std::lock_guard held(known().mutex);
        const auto at = known().regions.find(key);
        if (at != known().regions.end()) found = at->second.lock();
    }
    return found && has_name(*found) ? found : nullptr;
}
std::shared_ptr<Memory> remember(std::string key, std::shared_ptr<Memory> memory) {
    return translated(std::shared_ptr<Memory>(), [&] {
        const std::lock_guard held(known().mutex);
        known().regions[std::move(key)] = memory;
        return memory;
    });
}

/// Opens or makes a region by its name; one that is open already is not mapped once more.
std::shared_ptr<Memory> open_or_make(PyObject* name) {
    Py_ssize_t length = 0;
    const char* const text = PyUnicode_AsUTF8AndSize(name, &length);
    if (text == nullptr) return nullptr;
    const std::string_view called(text, static_cast<std::size_t>(length));
    std::string key = folder_now() + '/' + std::string(called);
    if (auto found = recall(key)) return found;
    auto made = translated(std::shared_ptr<Memory>(),
                           [&] { return process::Region::open_or_create(called).memory(); });
    return made ? remember(std::move(key), std::move(made)) : nullptr;
}

/// Opens the region of a pickled address: (folder, region, read_only).
std::shared_ptr<Memory> open_at(PyObject* folder, PyObject* region, bool read_only) {
    const char* const where = PyUnicode_AsUTF8(folder);
    const char* const called = where == nullptr ? nullptr : PyUnicode_AsUTF8(region);
    if (called == nullptr) return nullptr;
    std::string key = std::string(read_only ? "r " : "w ") + where + '/' + called;
    if (auto found = recall(key)) return found;
    const Ref address = Ref::taken(PyTuple_Pack(3, folder, region, read_only ? Py_True : Py_False));
    auto opened = address ? ask_family("open_at", address.get()) : nullptr;
    return opened ? remember(std::move(key), std::move(opened)) : nullptr;
}

std::unique_ptr<Home> make_home(std::shared_ptr<Memory> memory, std::string_view name,
                                const Needed& needed, std::uint64_t epoch) {
    return translated(std::unique_ptr<Home>(), [&] {
        check_name(*memory, name, needed);
        const auto bytes = [&] {
            static_cast<void>(memory->size_class(needed.type.size));
            return needed.bytes ? needed.bytes() : std::vector<std::byte>();
        };
        const auto known_to_be = epoch == 0 ? process::Name::any : process::Name::unused;
        const Index cell = process::find_or_make(
            *memory, name, needed.type, [&] { return needed.word; }, bytes, known_to_be);
        return std::make_unique<Home>(std::move(memory), cell, needed.pool, 0, epoch);
    });
}

std::unique_ptr<Home> settle_in(PyObject* region, PyObject* name, const Needed& needed) {
    Py_ssize_t length = 0;
    if (!PyUnicode_Check(name)) {
        PyErr_Format(PyExc_TypeError, "name has to be a str, not %.200s", Py_TYPE(name)->tp_name);
        return nullptr;
    }
    const char* const text = PyUnicode_AsUTF8AndSize(name, &length);
    if (text == nullptr) return nullptr;
    std::shared_ptr<Memory> memory =
        PyUnicode_Check(region) ? open_or_make(region) : memory_of(region);
    if (!memory) return nullptr;
    return make_home(std::move(memory), {text, static_cast<std::size_t>(length)}, needed, 0);
}

/// What an object without a name needs: taken under the lock.
struct Place {
    std::shared_ptr<Memory> family;
    Index aside = 0;  ///< one that was put aside; 0: none
    std::uint64_t epoch = 0;
    std::string name;
};

Place take_place(const Needed& needed) {
    const std::string folder = folder_now();
    Known& all = known();
    const std::lock_guard held(all.mutex);
    if (!all.family || all.folder != folder) return {};
    Place place{all.family, 0, all.epoch, {}};
    auto& aside = all.aside_of(needed.pool, needed.type.kind, needed.type.name);
    if (!aside.empty()) {
        place.aside = aside.back();
        aside.pop_back();
        return place;
    }
    while (all.prefix == 0) {
        std::random_device random;
        all.prefix = std::uint64_t{random()} << 32U | random();
    }
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%016llx-%llx",
                  static_cast<unsigned long long>(all.prefix),
                  static_cast<unsigned long long>(++all.made));
    place.name = text.data();
    return place;
}

std::unique_ptr<Home> settle_anywhere(const Needed& needed, bool& again) {
    for (;;) {
        Place place = translated(Place(), [&] { return take_place(needed); });
        if (PyErr_Occurred() != nullptr) return nullptr;
        if (!place.family) {
            const Ref folder = Ref::taken(PyUnicode_DecodeFSDefault(folder_now().c_str()));
            if (!folder || !ask_family("enter", folder.get())) return nullptr;
            continue;
        }
        if (place.aside == 0) {
            return make_home(std::move(place.family), place.name, needed, place.epoch);
        }
        again = true;
        return translated(std::unique_ptr<Home>(), [&] {
            return std::make_unique<Home>(std::move(place.family), place.aside, needed.pool, 0,
                                          place.epoch);
        });
    }
}

void before_fork() {
    known().mutex.lock();
    ++known().epoch;
}
void after_fork() { known().mutex.unlock(); }
void forked() {
    Known& all = known();
    all.forget_aside();
    all.prefix = 0;
    all.mutex.unlock();
}

}  // namespace

std::unique_ptr<Home> settle(PyObject* region, PyObject* name, const Needed& needed, bool& again) {
    const bool has_region = region != nullptr && region != Py_None;
    const bool is_named = name != nullptr && name != Py_None;
    if (has_region != is_named) {
        PyErr_SetString(PyExc_TypeError,
                        "region and name go together: both are needed, or neither");
        return nullptr;
    }
    return has_region ? settle_in(region, name, needed) : settle_anywhere(needed, again);
}

Ref address_of(Home& home) {
    home.pickled.store(true, std::memory_order_seq_cst);
    const std::string name = name_of(home.entry());
    return Ref::taken(Py_BuildValue(
        "NNs#IKO", PyUnicode_DecodeFSDefault(folder_of(*home.memory).c_str()),
        PyUnicode_FromString(home.memory->name().c_str()), name.data(),
        static_cast<Py_ssize_t>(name.size()), static_cast<unsigned>(home.cell),
        static_cast<unsigned long long>(home.base), home.memory->read_only() ? Py_True : Py_False));
}

std::unique_ptr<Home> find_home(PyObject* address, const process::Type& type, unsigned pool) {
    PyObject *folder = nullptr, *region = nullptr, *name = nullptr;
    unsigned cell = 0;
    unsigned long long base = 0;
    int read_only = 0;
    if (!PyTuple_Check(address) || PyArg_ParseTuple(address, "UUUIKp", &folder, &region, &name,
                                                    &cell, &base, &read_only) == 0) {
        if (PyErr_Occurred() == nullptr) {
            PyErr_SetString(PyExc_TypeError, "the address of a shared variable is a tuple");
        }
        return nullptr;
    }
    std::shared_ptr<Memory> memory = open_at(folder, region, read_only != 0);
    Py_ssize_t length = 0;
    const char* const text = PyUnicode_AsUTF8AndSize(name, &length);
    if (!memory || text == nullptr) return nullptr;
    const std::string_view called(text, static_cast<std::size_t>(length));
    return translated(std::unique_ptr<Home>(), [&] {
        const auto is_there = [&] {
            return cell >= memory->spans() && memory->within(cell, sizeof(Entry)) &&
                   name_of(*memory->at<Entry>(cell)) == called;
        };
        if (!is_there()) {
            throw NotFound("region \"" + memory->name() + "\": variable \"" + std::string(called) +
                           "\" is not there any more; nothing was changed");
        }
        const Entry& entry = *memory->at<Entry>(cell);
        const std::string_view met = type_in(entry);
        if (entry.kind != type.kind || met != type.name) {
            throw Mismatch("region \"" + memory->name() + "\": variable \"" + std::string(called) +
                           "\" is of type " + std::string(met) + "; " + std::string(type.name) +
                           " was asked for");
        }
        return std::make_unique<Home>(std::move(memory), cell, pool, base, 0);
    });
}

bool is_private(const Home& home) noexcept {
    if (home.epoch == 0 || home.pickled.load(std::memory_order_seq_cst)) return false;
    Known& all = known();
    const std::lock_guard held(all.mutex);
    return home.epoch == all.epoch && home.memory == all.family;
}

void leave(std::unique_ptr<Home> home) noexcept {
    if (!is_private(*home)) return;
    Known& all = known();
    const std::lock_guard held(all.mutex);
    if (home->epoch != all.epoch || home->memory != all.family) return;
    try {
        const Entry& entry = home->entry();
        all.aside_of(home->pool, entry.kind, type_in(entry)).push_back(home->cell);
    } catch (const std::bad_alloc&) {
        return;  // then it stays until the family ends
    }
}

void set_family(std::shared_ptr<Memory> memory, std::string folder) {
    Known& all = known();
    std::shared_ptr<Memory> before;
    const std::lock_guard held(all.mutex);
    before = std::exchange(all.family, std::move(memory));
    all.folder = std::move(folder);
    all.forget_aside();
}

void watch_forks() {
    static const int watching = pthread_atfork(&before_fork, &after_fork, &forked);
    static_cast<void>(watching);
}

}  // namespace atomos::python
