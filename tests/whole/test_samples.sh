#!/bin/sh
# test_samples.sh: samples of a size at which a sampler that is a little wrong stands out; prints TAP.
#
# The chi-square of what was drawn, against the exact probabilities, is below the 99.9 % quantile, for three fixed seeds, with locks and
# without. With LONG_TESTS a million schedules are drawn each time.
set -u
: "${RACECHECK:?must name the program}" "${PYTHON:=python3}"
runs=30000
[ -z "${LONG_TESTS-}" ] || runs=1000000
number=0
failed=0

# check NAME OPTION...: three samples, each likely enough.
check() {
    name=$1
    shift
    number=$((number + 1))
    for seed in 1 2 3; do
        "$RACECHECK" sample --runs $runs --seed $seed --json - --quiet "$@"
    done | "$PYTHON" -c '
import json, sys
text, at, chances = sys.stdin.read(), 0, []
while at < len(text):
    sample, at = json.JSONDecoder().raw_decode(text, at)
    at += 1
    assert sum(row["runs"] for row in sample["outcomes"]) == sample["runs"] == int(sys.argv[1])
    chances.append(sample["chi_square"]["chance"])
print("# chances:", *chances)
sys.exit(len(chances) != 3 or min(chances) < 0.001)' "$runs"
    if [ $? -eq 0 ]; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        failed=1
    fi
}

check 'uniform: two threads, ten rounds'
check 'random walk: two threads, ten rounds' --tester random-walk
check 'PCT: two threads, ten rounds' --tester pct
check 'uniform: locks' --model deadlock --iters 3
check 'random walk: locks' --model deadlock --iters 3 --tester random-walk
check 'uniform: a condition variable' --model condition-variable
check 'uniform: a quantum of which an unknown part is used' --scheduler tick --quantum 8 --phase any
check 'random walk: the same' --scheduler tick --quantum 8 --phase any --tester random-walk
echo "1..$number"
exit $failed
