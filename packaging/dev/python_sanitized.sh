# shellcheck shell=bash
# The extension under sanitizers: for addresses in an interpreter that has none, with the sanitizer's runtime
# preloaded; for threads in one that was built with it, for it is their meeting that is looked at.

# sanitized_python STAGE NAME SANITIZERS: builds it for the interpreter, in a place of its own.
sanitized_python() {
    local stage=$1 name=$2 sanitizers=$3 place=$2-$1
    echo "   $name, ATOMOS_SEED=$ATOMOS_SEED"
    watched "$stage-environment" make_environment "$place" "$name" &&
        watched "$stage-build" install_package "$place" \
            --config-settings=cmake.build-type=Debug \
            --config-settings=install.strip=false \
            --config-settings=cmake.define.CMAKE_CXX_COMPILER=clang++-19 \
            --config-settings=cmake.define.CMAKE_CXX_FLAGS_DEBUG="-O1 -g1" \
            --config-settings=cmake.define.ATOMOS_SANITIZE="$sanitizers"
}

# sanitized_pytest STAGE NAME RUNTIME RUN ARG...: RUN names the log and what total.py reads. No RUNTIME: the
# interpreter has it.
sanitized_pytest() {
    local stage=$1 place=$2-$1 runtime=$3 run=$4 preload
    shift 4
    # Without libstdc++ at the start, the runtime does not see what exceptions do.
    preload="${runtime:+$(clang++-19 -print-file-name="$runtime") }$(g++ -print-file-name=libstdc++.so.6)"
    watched "$stage-$run" env --default-signal=INT LD_PRELOAD="$preload" \
        "$python_folder/$place/venv/bin/python" -m pytest \
        --hypothesis-seed="$ATOMOS_SEED" --junitxml="$PWD/$log_folder/$stage/$run.xml" "$@"
}

# The interpreter's own memory is handed out by malloc, so that its objects are guarded, too. Its leaks
# at exit are many; tests/python/interpreter counts ours. How much memory a process takes is measured
# where the sanitizer does not keep what was freed.
stage_python-asan() {
    need_packages python && find_pythons >/dev/null || return
    local name runtime=libclang_rt.asan-x86_64.so memory=tests/python/interpreter/test_memory.py
    name=$(python_main)
    local -x ATOMOS_SEED=${ATOMOS_SEED-$((RANDOM << 15 | RANDOM))}
    local -x PYTHONMALLOC=malloc UBSAN_OPTIONS=print_stacktrace=1
    local -x ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1:allocator_may_return_null=1
    rm -rf "${log_folder:?}/python-asan"
    sanitized_python python-asan "$name" address,undefined &&
        sanitized_pytest python-asan "$name" "$runtime" tests --ignore="$memory" \
            tests/python/threads tests/python/interpreter tests/python/processes &&
        ASAN_OPTIONS+=:quarantine_size_mb=0:thread_local_quarantine_size_kb=0 \
            sanitized_pytest python-asan "$name" "$runtime" memory "$memory"
}

# Where threads of Python meet in the extension. Hypothesis' tests have one thread, and take hours here; views
# need memory of array and bytearray, which in 3.13 have races of their own.
thread_tests=(
    tests/python/interpreter/test_{hammered_adders,hammered_atoms,hammered_references,held,linearizability}.py
    tests/python/interpreter/test_{transactions,watch_options}.py
    tests/python/threads/test_{contention,held_variables,latest_watches,one_lock_each,ordered_watches}.py
    tests/python/threads/test_{swap_options,transact,transact_ordered,watch_removal}.py
)

# The first interpreter without the GIL and with the thread sanitizer, by its name.
thread_sanitized_python() {
    local name
    for name in "${python_names[@]}"; do
        if "$(python_executable "$name")" -I -c 'import sys, sysconfig
made = sysconfig.get_config_var
threads = "--with-thread-sanitizer" in (made("CONFIG_ARGS") or "")
sys.exit(not (threads and made("Py_GIL_DISABLED")))'; then
            echo "$name"
            return
        fi
    done
    echo "   no free-threaded CPython with the thread sanitizer was found: CONTRIBUTING.md says how to make one" >&2
    return 1
}

# A race fails the run at once; its report is in the log, for pytest does not keep it. That locks are taken in
# one order is not looked at: a fork takes all of the interpreter's, which are more than the sanitizer can count.
# What a fork's child does with threads of its own is beyond it, too.
stage_python-tsan() {
    need_packages python && find_pythons >/dev/null || return
    local name
    name=$(thread_sanitized_python) || return
    local -x ATOMOS_SEED=${ATOMOS_SEED-$((RANDOM << 15 | RANDOM))} TSAN_OPTIONS=halt_on_error=1:exitcode=66
    TSAN_OPTIONS+=:detect_deadlocks=0:suppressions=$PWD/tests/python/thread_sanitizer.txt
    rm -rf "${log_folder:?}/python-tsan"
    sanitized_python python-tsan "$name" thread &&
        sanitized_pytest python-tsan "$name" "" tests --capture=sys -k "not child and not in_both_processes" \
            "${thread_tests[@]}"
}
