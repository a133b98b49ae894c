# shellcheck shell=bash
# ./dev bench: the C++ library beside its alternatives, or the Python package beside its peers.

bench_python() {
    local given
    need_packages build python
    given=$(free_threaded_python) || return 1
    ATOMOS_PYTHONS=${ATOMOS_PYTHONS-}${given:+:$given} python3 bench/python/measure.py "$@"
}

run_bench() {
    if [ "${1-}" = python ]; then
        shift
        bench_python "$@"
        return
    fi
    need_packages build bench
    build bench release --target atomos-bench
    python3 bench/run.py --build build/release "$@"
}
