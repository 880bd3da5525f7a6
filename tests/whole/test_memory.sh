#!/bin/sh
# test_memory.sh: every allocation of a few small runs fails in turn; prints TAP.
#
# Whichever it is, the program ends with status 4 and one line that says why, or it does without and its results are the
# same as ever. It never crashes, and it leaves no file that is not whole. Needs failing_malloc.so from the build tree.
set -u
: "${RACECHECK:?must name the program}"
library=${top_builddir:?}/tests/whole/failing_malloc.so
every=600   # allocations that are tried one by one; beyond, about as many again are picked with a fixed stride

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
mkdir "$work/reference" "$work/try"
cd "$work/try" || exit 99

# One thread makes the order of the allocations the same each time.
LC_ALL=C OMP_NUM_THREADS=1
export LC_ALL OMP_NUM_THREADS

# Runs the program in an empty folder; its results are in "$work/out", "$work/err" and $status.
run() {
    rm -f ./* ./.[!.]*
    [ -z "$input" ] || cp "$input" input
    timeout 60 env LD_PRELOAD="$library" "$RACECHECK" "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
}

# Says what is wrong with the last run, in which an allocation failed.
judge() {
    case $status in
    0)
        cmp -s "$work/out" "$work/reference.out" || echo "status 0, but standard output differs"
        ;;
    4)
        if [ "$(wc -l <"$work/err")" -ne 1 ] || ! grep -q '^racecheck: .*memory' "$work/err"; then
            echo "status 4, but standard error is not the one line: $(head -n 3 "$work/err" | tr '\n' '|')"
        fi
        ;;
    *)
        echo "status $status: $(head -n 3 "$work/err" | tr '\n' '|')"
        ;;
    esac
    for file in ./* ./.[!.]*; do
        if [ -e "$file" ] && ! cmp -s "$file" "$work/reference/$file"; then
            echo "it left $file behind, which is not what a whole run writes"
        fi
    done
    if [ "$status" -eq 0 ] && [ "$(ls -A)" != "$(ls -A "$work/reference")" ]; then
        echo "status 0, but files are missing"
    fi
}

number=0
failures=0

# fail_in_turn NAME ARGUMENT...: one test.
fail_in_turn() {
    name=$1
    shift
    number=$((number + 1))
    unset FAILING_MALLOC
    FAILING_MALLOC_COUNT=$work/count
    export FAILING_MALLOC_COUNT
    run "$@"
    unset FAILING_MALLOC_COUNT
    if [ "$status" -ne 0 ] || [ ! -s "$work/count" ]; then
        failures=$((failures + 1))
        echo "not ok $number - $name: it does not even run when all allocations succeed (status $status)"
        sed 's/^/# /' "$work/err"
        return
    fi
    cp "$work/out" "$work/reference.out"
    rm -rf "$work/reference"
    cp -R . "$work/reference"
    total=$(cat "$work/count")
    stride=$(((total - every) / every + 1))
    tried=0
    died=0
    wrong=0
    FAILING_MALLOC=1
    export FAILING_MALLOC
    while [ "$FAILING_MALLOC" -le "$total" ]; do
        run "$@"
        tried=$((tried + 1))
        [ "$status" -ne 4 ] || died=$((died + 1))
        problems=$(judge)
        if [ -n "$problems" ]; then
            wrong=$((wrong + 1))
            [ $wrong -gt 10 ] || printf '%s\n' "$problems" | sed "s/^/# allocation $FAILING_MALLOC: /"
        fi
        step=1
        [ "$FAILING_MALLOC" -lt $every ] || step=$stride
        FAILING_MALLOC=$((FAILING_MALLOC + step))
    done
    unset FAILING_MALLOC
    # A library that makes nothing fail would let everything pass.
    if [ $wrong -eq 0 ] && [ $died -gt 0 ]; then
        echo "ok $number - $name: $tried of $total allocations tried, $died ended the run"
    else
        failures=$((failures + 1))
        echo "not ok $number - $name: $wrong of $tried tried went wrong, $died ended the run"
    fi
}

echo 1..4
input=
fail_in_turn 'the main job' --threads 2 --iters 1
fail_in_turn 'JSON and a drawing' --threads 2 --iters 1 --witnesses all --json result.json --dot witness.dot --witness witness.json
fail_in_turn 'the state graph' --threads 2 --iters 1 --graph graph.dot
"$RACECHECK" --threads 2 --iters 1 --quiet --witness "$work/witness" </dev/null
input=$work/witness
fail_in_turn 'replay' replay input
[ $failures -eq 0 ]
