# shellcheck shell=bash
# Configuring and building a preset, with ccache where it is installed.

# What one checkout has compiled serves another: paths below it are relative to the compiler.
use_ccache() {
    command -v ccache >/dev/null || return 0
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
}

# configure NAME PRESET
configure() {
    use_ccache
    watched "$1-configure" cmake --preset "$2"
}

# build NAME PRESET [ARG...]: configures too; the arguments go to cmake --build.
build() {
    local name=$1 preset=$2
    shift 2
    configure "$name" "$preset" &&
        watched "$name-build" cmake --build --preset "$preset" "$@"
}

# Every C++ file of ours, zero-terminated.
cpp_sources() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files -z --cached --others --exclude-standard -- '*.hpp' '*.cpp' |
            while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done
    else
        find . -path ./build -prune -o \( -name '*.hpp' -o -name '*.cpp' \) -print0
    fi
}
