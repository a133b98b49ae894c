# shellcheck shell=bash
# The stages of ./dev test, in the order in which CI runs them: the quickest to fail come first.

stages=(format dev python package tidy asan release tsan)
# Stages that run only when they are named: they find little that those do not.
more_stages=(clang gcc-asan python-asan python-tsan)

describe_stage() {
    case $1 in
        format) echo "clang-format finds no difference" ;;
        dev) echo "g++, debug: all tests" ;;
        python) echo "the Python package on every CPython that is found; types and stubs on one" ;;
        package) echo "users arrive by find_package, FetchContent, pkg-config" ;;
        clang) echo "clang, debug: all tests (only when it is named)" ;;
        tidy) echo "clang-tidy on the library" ;;
        asan) echo "clang, address and undefined behaviour sanitizers" ;;
        gcc-asan) echo "g++, address and undefined behaviour sanitizers (only when it is named)" ;;
        tsan) echo "clang, thread sanitizer" ;;
        python-asan) echo "the extension, address and undefined behaviour sanitizers (only when it is named)" ;;
        python-tsan) echo "the extension, thread sanitizer, in a CPython that has it (only when it is named)" ;;
        release) echo "g++, -O2: hazards, stress, machine code, tour, bench" ;;
    esac
}

list_stages() {
    local stage
    for stage in "${stages[@]}" "${more_stages[@]}"; do
        printf '      %-11s %s\n' "$stage" "$(describe_stage "$stage")"
    done
}

# ctest_stage STAGE PRESET [ARG...]: builds the preset and runs its tests.
ctest_stage() {
    local stage=$1 preset=$2
    shift 2
    build "$stage" "$preset" &&
        watched "$stage-ctest" ctest --preset "$preset" -j "$(nproc)" \
            --output-junit "$PWD/$log_folder/$stage.xml" \
            --test-output-size-passed 20000 --test-output-size-failed 200000 "$@"
}

check_format() { cpp_sources | xargs -0 clang-format-19 --dry-run -Werror; }

stage_format() { watched format check_format; }

stage_dev() { ctest_stage dev dev -LE package; }
stage_package() { ctest_stage package dev -L package; }
stage_clang() { ctest_stage clang clang-dev -LE package; }
stage_asan() { ctest_stage asan asan -LE package; }
stage_gcc-asan() { ctest_stage gcc-asan gcc-asan; }
stage_tsan() { ctest_stage tsan tsan; }
stage_release() { ctest_stage release release; }

# Through all front types, instantiated: a template's body is only half checked before.
stage_tidy() {
    configure tidy asan &&
        watched tidy clang-tidy-19 --quiet -p build/asan tests/headers/used.cpp \
            src/process/*.cpp src/platform/linux.cpp
}

run_test() {
    local stage wanted=("$@") begun status=0 ran=()
    local -A latest_begin=()
    need_packages build
    if [ ${#wanted[@]} -eq 0 ]; then
        wanted=("${stages[@]}")
        # The last two are left out where it is late when they would begin: CI ends what takes 90 minutes.
        latest_begin=([release]=4500 [tsan]=3600)
    fi
    for stage in "${wanted[@]}"; do
        if [[ " ${stages[*]} ${more_stages[*]} " != *" $stage "* ]]; then
            echo "./dev test: there is no stage $stage; there are: ${stages[*]} ${more_stages[*]}" >&2
            return 2
        fi
    done

    rm -f "$log_folder"/*.xml
    for stage in "${wanted[@]}"; do
        begun=$SECONDS
        if [ "$begun" -gt "${latest_begin[$stage]-$begun}" ]; then
            echo "== $stage is left out after $begun s on this slow machine; by itself: ./dev test $stage"
            continue
        fi
        ran+=("$stage")
        echo "== $stage: $(describe_stage "$stage")"
        if ! "stage_$stage"; then
            echo "== $stage failed after $((SECONDS - begun)) s; this stage alone: ./dev test $stage"
            status=1
            break
        fi
        echo "   ok, $((SECONDS - begun)) s"
    done
    echo "== $SECONDS s in all"
    python3 packaging/dev/total.py "$status" "$log_folder" "${ran[@]}"
    return "$status"
}
