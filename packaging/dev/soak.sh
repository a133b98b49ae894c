# shellcheck shell=bash
# Stress tests and kills, over and over, each round with a new seed, until the time is up.

run_soak() {
    local minutes=${1-10} round=0 end preset seed
    if [[ ! $minutes =~ ^[0-9]+$ ]]; then
        echo "./dev soak: whole minutes, not $minutes" >&2
        return 2
    fi
    need_packages build
    build soak release --target all
    build soak tsan --target all

    end=$((SECONDS + minutes * 60))
    while [ "$SECONDS" -lt "$end" ]; do
        round=$((round + 1))
        for preset in release tsan; do
            seed=$((RANDOM << 15 | RANDOM))
            echo "== round $round, $preset, seed $seed, $((end - SECONDS)) s to go"
            if ! ATOMOS_SEED=$seed ATOMOS_STRESS_SECONDS=${ATOMOS_STRESS_SECONDS-10} \
                ATOMOS_CRASH_KILLS=${ATOMOS_CRASH_KILLS-10000} ATOMOS_CRASH_EVERY=1 \
                watched "soak-$preset" ctest --preset "$preset" -L stress --timeout 3600; then
                echo "again: ATOMOS_SEED=$seed ctest --preset $preset -L stress"
                return 1
            fi
        done
    done
    echo "$round rounds, no failure"
}
