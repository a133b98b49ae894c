# shellcheck shell=bash
# The Debian packages that the commands need, and how they get there.

# llvm-19 has the symbolizer: without it clang's sanitizers report bare addresses.
build_packages="g++ clang-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev llvm-19 cmake ninja-build
    pkg-config libgtest-dev libcli11-dev libfmt-dev libc++-19-dev libc++abi-19-dev ccache gdb binutils python3 git"
python_packages="python3-dev python3-venv"
bench_packages="libboost-dev liburcu-dev libcds-dev libxenium-dev liblmdb-dev"

# need_packages GROUP...: installs what is missing; at once if nothing is.
need_packages() {
    local group wanted=() missing=() package list
    for group in "$@"; do
        list=${group}_packages
        read -r -d '' -a wanted <<<"${wanted[*]-} ${!list}" || true
    done

    if ! command -v dpkg-query >/dev/null; then
        echo "Not a Debian system: these packages are taken as present: ${wanted[*]}"
        return 0
    fi
    local present
    present=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null) || true
    for package in "${wanted[@]}"; do
        grep -qx "$package installed" <<<"$present" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0

    local as_root=(env DEBIAN_FRONTEND=noninteractive)
    [ "$(id -u)" -eq 0 ] || as_root=(sudo "${as_root[@]}")
    echo "installing ${missing[*]}"
    watched apt-update "${as_root[@]}" apt-get update &&
        watched apt-install "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"
}
