#!/bin/sh
# test_memory.sh: every allocation of a few small runs fails in turn; prints TAP. What is asked of each is in failing_runs.h. Needs
# failing_malloc.so from the build tree.
set -u
: "${RACECHECK:?must name the program}"
library=${top_builddir:?}/tests/whole/failing_malloc.so

if [ -n "${SANITIZERS-}" ]; then
    echo '1..0 # SKIP a sanitizer has its own allocator'
    exit 0
fi
if [ ! -f "$library" ] || [ "$(LD_PRELOAD=$library sh -c 'echo works' 2>&1)" != works ]; then
    echo '1..0 # SKIP failing_malloc.so cannot be preloaded here'
    exit 0
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-memory.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# One thread makes the order of the allocations the same each time.
LC_ALL=C OMP_NUM_THREADS=1
export LC_ALL OMP_NUM_THREADS

number=0
failures=0

# fail_in_turn NAME INPUT ARGUMENT...: one test; a file INPUT is ./input.
fail_in_turn() {
    name=$1 input=$2
    shift 2
    number=$((number + 1))
    folder=$work/$number
    mkdir "$folder" "$folder/reference" "$folder/reference.results" "$folder/try" "$folder/results"
    [ -z "$input" ] || cp "$input" "$folder/input"
    env LD_PRELOAD="$library" FAILING_MALLOC="$folder" "$RACECHECK" "$@" >"$work/told" 2>&1 </dev/null
    sed '$d' "$work/told"
    wrong='' tried='' died='' total=''
    read -r wrong tried died total <<END
$(tail -n 1 "$work/told")
END
    # A library that makes nothing fail would let everything pass.
    if [ "$wrong" = 0 ] && [ "${died:-0}" -gt 0 ]; then
        echo "ok $number - $name: $tried of $total allocations tried, $died ended the run"
    else
        failures=$((failures + 1))
        echo "not ok $number - $name: $wrong of $tried tried went wrong, $died ended the run"
    fi
}

echo 1..4
fail_in_turn 'the main job' '' --threads 2 --iters 1
fail_in_turn 'JSON and a drawing' '' --threads 2 --iters 1 --witnesses all --json result.json --dot witness.dot --witness witness.json
fail_in_turn 'the state graph' '' --threads 2 --iters 1 --graph graph.dot
"$RACECHECK" --threads 2 --iters 1 --quiet --witness "$work/witness" </dev/null
fail_in_turn 'replay' "$work/witness" replay input
[ $failures -eq 0 ]
