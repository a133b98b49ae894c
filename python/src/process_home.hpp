/// \file
/// Where the variable of a Python object is: in a region that was named, or in the family's.
///
/// Objects without a name live in the *family region* (python/atomos/multiprocessing/_family.py). When
/// such an object ends, which no other process can know (it was never pickled, and never lived through a
/// fork), its variable is put aside, and the next object of that form takes it over. So a process that
/// makes and drops objects does not grow. All other variables stay as long as their region.
///
/// A fork begins a new epoch, in both processes. The child forgets what was put aside: it is the parent's.
#pragma once

#include <atomic>
#include <atomos/process.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "process_form.hpp"

namespace atomos::python {

/// A variable that an object stands for.
struct Home {
    Home(std::shared_ptr<process::Memory> in, process::Index at, unsigned form,
         std::uint64_t versions_before, std::uint64_t made)
        : memory(std::move(in)), cell(at), pool(form), base(versions_before), epoch(made) {}

    std::shared_ptr<process::Memory> memory;
    process::Index cell;
    unsigned pool;        ///< of which form it is: a Form, `references` or `others`
    std::uint64_t base;   ///< its version before this object's first value
    std::uint64_t epoch;  ///< when it was made without a name; 0: it has one, or was not made here
    std::atomic<bool> pickled{false};

    process::Entry& entry() const noexcept { return *memory->at<process::Entry>(cell); }
};
inline constexpr unsigned references = forms;
inline constexpr unsigned others = forms + 1;  ///< of the form that the type's name says

/// What a variable is to be made as.
struct Needed {
    process::Type type;
    unsigned pool;
    std::uint64_t word = 0;                           ///< a number's first value
    std::function<std::vector<std::byte>()> bytes{};  ///< anything else's
    std::string longest_part{};  ///< what may follow the name in those of further variables
};

/// Finds or makes the variable of an object: in `region` (a name or a Region) under `name`, or without
/// either in the family region. `again` is set if it had been put aside, so that its value is an old one.
///
/// Errors   TypeError: only one of region and name is given. As process::find_or_make. Then nullptr.
std::unique_ptr<Home> settle(PyObject* region, PyObject* name, const Needed& needed, bool& again);

/// An object's variable as a tuple (folder, region, variable, cell, base, read_only), for pickle. From then on
/// it is never put aside.
Ref address_of(Home& home);
/// The variable of such a tuple.
///
/// Errors   NotFound: its region or the variable is gone. Mismatch: it is none of that type.
std::unique_ptr<Home> find_home(PyObject* address, const process::Type& type, unsigned pool);

/// Whether nobody else can know the variable.
bool is_private(const Home& home) noexcept;
/// To be called when an object ends.
void leave(std::unique_ptr<Home> home) noexcept;

/// Makes a region the one of objects without a name. `folder` is what ATOMOS_REGIONS says.
void set_family(std::shared_ptr<process::Memory> memory, std::string folder);

/// Lets forks be heard of, from the first call on.
void watch_forks();

}  // namespace atomos::python
