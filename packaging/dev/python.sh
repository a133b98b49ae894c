# shellcheck shell=bash
# The Python package on every interpreter of this machine: an environment for each under build/python,
# with the package built and installed into it.

python_folder=build/python
# In step: names as interpreters.py gives them, and their executables.
python_names=()
python_executables=()

# The newest interpreter with a GIL: what needs to be done once is done there.
python_main() {
    local name main=
    for name in "${python_names[@]}"; do
        [[ $name == *[td]* ]] || main=$name
    done
    echo "${main:-${python_names[-1]}}"
}

# Unpacks the free-threaded interpreter that may lie beside the checkout; prints its executable.
free_threaded_python() {
    local archive=../shared/python3.13t.tar.xz folder=$python_folder/python3.13t
    [ -e "$archive" ] && [ ! -e /opt/python3.13t ] || return 0
    if [ ! -e "$folder/unpacked" ] || [ "$archive" -nt "$folder/unpacked" ]; then
        rm -rf "$folder"
        mkdir -p "$python_folder" && tar -C "$python_folder" -xf "$archive" && touch "$folder/unpacked" ||
            return 1
    fi
    echo "$PWD/$folder/bin/python3.13t"
}

# Fills the two lists, and says what is in them and what was left out. Fails if they stay empty.
find_pythons() {
    local given kind name detail
    given=$(free_threaded_python) || return 1
    python_names=() python_executables=()
    while IFS=$'\t' read -r kind name detail; do
        if [ "$kind" = use ]; then
            echo "   $name  $detail"
            python_names+=("$name")
            python_executables+=("$detail")
        else
            echo "   left out: $name: $detail"
        fi
    done < <(python3 packaging/dev/interpreters.py ${given:+"$given"})
    if [ ${#python_names[@]} -eq 0 ]; then
        echo "   no CPython of 3.10 or later was found; ATOMOS_PYTHONS=/path/to/python3:... names more"
        return 1
    fi
}

python_executable() {
    local at
    for at in "${!python_names[@]}"; do
        [ "${python_names[$at]}" != "$1" ] || echo "${python_executables[$at]}"
    done
}

# make_environment PLACE NAME: with the dependency groups of pyproject.toml; at once if it is there.
make_environment() {
    local executable groups=(test) venv=$python_folder/$1/venv stamp
    executable=$(python_executable "$2")
    [ "$1" != "$(python_main)" ] || groups+=(once)
    stamp="$executable ${groups[*]} $(sed -n '/^\[dependency-groups\]/,/^\[tool/p' pyproject.toml | cksum)"
    [ "$(cat "$venv/stamp" 2>/dev/null)" != "$stamp" ] || return 0
    rm -rf "$venv"
    "$executable" -m venv --upgrade-deps "$venv" &&
        "$venv/bin/python" -m pip install --quiet --only-binary=:all: "${groups[@]/#/--group=}" &&
        echo "$stamp" >"$venv/stamp"
}

# install_package PLACE [ARG...]: builds as far as something changed; the arguments go to pip.
install_package() {
    local place=$1
    shift
    use_ccache
    "$python_folder/$place/venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation \
        --config-settings="build-dir=$python_folder/$place/build" "$@" .
}

prepare_python() {
    make_environment "$1" "$1" &&
        install_package "$1" --config-settings=cmake.define.CMAKE_COMPILE_WARNING_AS_ERROR=ON
}

# test_python NAME: the installed package. What is said of it is one line, or its log if it fails.
test_python() {
    run_pytest "$1" "$1" --ignore=tests/python/package/source_test.py
}

# run_pytest NAME RUN [ARG...]: RUN names the log and what total.py reads.
run_pytest() {
    local name=$1 run=$2 log="$PWD/$log_folder/python/$2.log" status=0
    shift 2
    # Built by the stage dev, before this one; without it the tests that need it are skipped.
    local -x ATOMOS_COMMAND_LINE=$PWD/build/dev/tools/atomos/atomos
    [ -x "$ATOMOS_COMMAND_LINE" ] || unset ATOMOS_COMMAND_LINE
    # The shell has its background jobs ignore interrupts; the tests send them.
    env --default-signal=INT "$python_folder/$name/venv/bin/python" -m pytest \
        --hypothesis-seed="$ATOMOS_SEED" --junitxml="${log%.log}.xml" "$@" >"$log" 2>&1 || status=$?
    [ "$status" -eq 0 ] || tail -n 300 "$log"
    printf '%s: %s\n' "$run" "$(tail -n 1 "$log" | sed 's/^=* *//; s/ *=*$//')"
    return "$status"
}

# The hints, by two checkers, and the stubs against the module; and the sources' style.
check_types() {
    local bin=$PWD/$python_folder/$1/venv/bin status=0
    "$bin/ruff" check --quiet --output-format=concise python tests/python || status=1
    "$bin/mypy" python/atomos tests/python/typing || status=1
    "$bin/pyright" --pythonpath "$bin/python" || status=1
    "$bin/stubtest" --concise --allowlist packaging/dev/stubtest.allow atomos || status=1
    return "$status"
}

# An interpreter's name, or what is done once.
test_or_check() {
    case $1 in
        types) check_types "$(python_main)" ;;
        source) run_pytest "$(python_main)" source tests/python/package/source_test.py ;;
        *) test_python "$1" ;;
    esac
}

# each_of WORK NAME...: as many at a time as there are processors. Fails if one failed; the others end.
each_of() {
    local work=$1 running=0 status=0 name
    shift
    for name in "$@"; do
        if [ "$running" -ge "$(nproc)" ]; then
            wait -n || status=1
            running=$((running - 1))
        fi
        "$work" "$name" &
        running=$((running + 1))
    done
    while [ "$running" -gt 0 ]; do
        wait -n || status=1
        running=$((running - 1))
    done
    return "$status"
}

stage_python() {
    need_packages python && find_pythons || return
    rm -rf "$log_folder/python"
    mkdir -p "$log_folder/python"
    local -x ATOMOS_SEED=${ATOMOS_SEED-$((RANDOM << 15 | RANDOM))}
    echo "   ATOMOS_SEED=$ATOMOS_SEED"
    watched python-build each_of prepare_python "${python_names[@]}" &&
        watched python-tests each_of test_or_check types source "${python_names[@]}" &&
        sed -nE 's/^([0-9][^ ]*|source): /   &/p' "$log_folder/python-tests.log"
}

# wheel_of NAME: from the source distribution, as an installer would; then in an empty environment.
wheel_of() {
    local folder=$python_folder/$1/wheel python wheel
    python=$PWD/$folder/venv/bin/python
    rm -rf "$folder"
    "$(python_executable "$1")" -m venv --upgrade-deps "$folder/venv" &&
        "$python" -m pip wheel --quiet --no-deps --no-cache-dir --wheel-dir "$folder" build/wheels/*.tar.gz &&
        wheel=$(echo "$folder"/*.whl) &&
        "$python" -m pip install --quiet --no-index "$wheel" &&
        (cd / && "$python" -I -c 'import atomos; atomos.AtomicLong(1).increment_and_get()') &&
        cp "$wheel" build/wheels/ &&
        echo "build/wheels/${wheel##*/}"
}

run_wheels() {
    need_packages build python && find_pythons || return
    local main
    main=$(python_main)
    rm -rf build/wheels
    watched wheels-environment make_environment "$main" "$main" &&
        watched sdist "$python_folder/$main/venv/bin/python" -m build --sdist --outdir build/wheels &&
        watched wheels each_of wheel_of "${python_names[@]}" &&
        ls build/wheels/*
}
