# shellcheck shell=bash
# Long work: its output goes to a log; the screen shows how far it is, and the log if it fails.

log_folder=build/log
ticker_pid=

stop_ticker() {
    [ -z "$ticker_pid" ] && return 0
    kill "$ticker_pid" 2>/dev/null || true
    wait "$ticker_pid" 2>/dev/null || true
    ticker_pid=
    [ ! -t 1 ] || printf '\r\033[K'
}
trap stop_ticker EXIT

# The log's last line: rewritten in place on a terminal, otherwise every half minute.
tick() {
    local name=$1 log=$2 seconds=0 line
    while sleep 1 >/dev/null 2>&1; do
        seconds=$((seconds + 1))
        line="   $name ${seconds}s: $(tail -n 1 "$log" | tr -d '\r')"
        if [ -t 1 ]; then
            printf '\r\033[K%s' "${line:0:$(($(tput cols 2>/dev/null || echo 80) - 1))}"
        elif [ $((seconds % 30)) -eq 0 ]; then
            echo "$line"
        fi
    done
}

# The lines of a log that are not about what went well.
without_successes() {
    grep -vE '^\[[0-9]+/[0-9]+\] |^ *Start +[0-9]+:|^ *[0-9]+/[0-9]+ Test .* (Passed|\*\*\*Skipped) ' "$1" |
        tail -n 400
}

# watched NAME COMMAND...
watched() {
    local name=$1 log="$log_folder/$1.log" status=0
    shift
    mkdir -p "$log_folder"
    : >"$log"
    tick "$name" "$log" &
    ticker_pid=$!
    "$@" >"$log" 2>&1 </dev/null || status=$?
    stop_ticker
    if [ "$status" -ne 0 ]; then
        without_successes "$log"
        echo "   failed ($status): $* (all of its output: $log)"
    fi
    return "$status"
}
