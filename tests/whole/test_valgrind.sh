#!/bin/sh
# test_valgrind.sh: small runs under valgrind, which must find no error and no leak; prints TAP.
set -u
: "${RACECHECK:?must name the program}"
tests=$(cd "$(dirname "$0")/.." && pwd) || exit 99
valgrind=${VALGRIND-valgrind}

if [ -n "${SANITIZERS-}" ]; then
    echo '1..0 # SKIP valgrind cannot run what has sanitizers'
    exit 0
fi
if [ -z "$valgrind" ] || ! "$valgrind" --version >/dev/null 2>&1; then
    echo '1..0 # SKIP there is no valgrind'
    exit 0
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-valgrind.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work" || exit 99
export LC_ALL=C

number=0
failures=0

# checked STATUS NAME ARGUMENT...: the program with the arguments ends with STATUS, and valgrind finds nothing.
checked() {
    expected=$1
    name=$2
    shift 2
    number=$((number + 1))
    timeout 120 "$valgrind" --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible --suppressions="$tests/support/valgrind.supp" --log-file=valgrind.log \
        "$RACECHECK" "$@" >out 2>err </dev/null
    status=$?
    if [ $status -eq "$expected" ]; then
        echo "ok $number - $name"
        return
    fi
    failures=$((failures + 1))
    echo "not ok $number - $name: status $status, expected $expected"
    tail -n 5 err | sed 's/^/# stderr: /'
    head -n 80 valgrind.log | sed 's/^/# /'
}

printf '.var x\n.main\n    mov $1, %%ax\n    jmpp nowhere\n' >wrong.s

"$RACECHECK" --threads 2 --iters 2 --quiet --witness witness.json </dev/null

echo 1..6
checked 0 'text, JSON and a drawing' --threads 2 --iters 2 --witnesses all --json result.json --dot witness.dot
checked 0 'the state graph' --threads 2 --iters 1 --graph graph.dot
checked 0 'locks' --model lock --threads 3 --iters 2
checked 3 'a limit that is reached first' --threads 3 --iters 5 --slice off --max-states 10
checked 0 'replay' replay witness.json
checked 2 'a program with an error' wrong.s
[ $failures -eq 0 ]
