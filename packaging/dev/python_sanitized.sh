# shellcheck shell=bash
# The extension under sanitizers, in an interpreter that is not: the sanitizer's runtime is preloaded.

# sanitized_python STAGE NAME SANITIZERS RUNTIME ARG...: the arguments go to pytest.
sanitized_python() {
    local stage=$1 name=$2 sanitizers=$3 runtime=$4 place=$2-$1 status=0
    shift 4
    # Without libstdc++ at the start, the runtime does not see what exceptions do.
    local -x ATOMOS_SEED=${ATOMOS_SEED-$((RANDOM << 15 | RANDOM))}
    local preload
    preload="$(clang++-19 -print-file-name="$runtime") $(g++ -print-file-name=libstdc++.so.6)"
    echo "   $name, ATOMOS_SEED=$ATOMOS_SEED"
    watched "$stage-environment" make_environment "$place" "$name" &&
        watched "$stage-build" install_package "$place" \
            --config-settings=cmake.build-type=Debug \
            --config-settings=install.strip=false \
            --config-settings=cmake.define.CMAKE_CXX_COMPILER=clang++-19 \
            --config-settings=cmake.define.CMAKE_CXX_FLAGS_DEBUG="-O1 -g1" \
            --config-settings=cmake.define.ATOMOS_SANITIZE="$sanitizers" &&
        watched "$stage-tests" env --default-signal=INT LD_PRELOAD="$preload" \
            "$python_folder/$place/venv/bin/python" -m pytest \
            --hypothesis-seed="$ATOMOS_SEED" --junitxml="$PWD/$log_folder/$stage.xml" "$@"
}

# The interpreter's own memory is handed out by malloc, so that its objects are guarded, too. Its leaks
# at exit are many; tests/python/interpreter counts ours. How much memory a process takes is left to the
# stage python: a sanitizer keeps what was freed.
stage_python-asan() {
    need_packages python && find_pythons >/dev/null || return
    local -x PYTHONMALLOC=malloc UBSAN_OPTIONS=print_stacktrace=1
    local -x ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1:allocator_may_return_null=1
    sanitized_python python-asan "$(python_main)" address,undefined libclang_rt.asan-x86_64.so \
        --ignore=tests/python/interpreter/test_memory.py \
        tests/python/threads tests/python/interpreter tests/python/processes
}
