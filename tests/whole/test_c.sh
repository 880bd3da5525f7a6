#!/bin/sh
# test_c.sh: C programs. Random ones end as the native program does; damaged assembly is read, or refused in one line; C++ programs have the
# outcomes that their first line says, whatever compiles them; prints TAP.
# With LONG_TESTS more of both.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 99
work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-c.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
top=$(cd "$top" && pwd) && cd "$work" || exit 99
. "$top/tests/support/tap.sh"
: >problems
PYTHON=${PYTHON:-python3}

programs=10 mutants=8
if [ -n "${LONG_TESTS-}" ]; then
    programs=1000 mutants=5000
fi
if ! gcc --version >/dev/null 2>&1; then
    skip "random C programs" "there is no gcc"
else
    "$PYTHON" "$top/tests/c/oracle.py" "$RACECHECK" 1 $programs >problems 2>&1
    result $? "random C programs end as the native ones"
    "$PYTHON" "$top/tests/c/mutants.py" "$RACECHECK" 1 $mutants "$top"/examples/c/*.c >problems 2>&1
    result $? "damaged assembly is read, or refused in one line"
fi
# A program's first line says what it can print.
by_compiler() {
    if ! ${1%% *} --version >/dev/null 2>&1; then
        skip "C++ programs by $1" "there is no ${1%% *}"
        return
    fi
    for program in "$top"/tests/c/cxx/*.cpp; do
        sed -n 's|^// ||p' "$program" | sed 's/" "/"\n"/g' >expected
        "$RACECHECK" --cxx "$1 -std=c++17" "$program" --compute values,extremes 2>&1 | sed -n 's/^\("[^"]*"\) .*/\1/p; s/^"[^"]*"$/&/p; /^error/p; /cpp:/p' >got
        diff expected got >>problems || echo "$program" >>problems
    done
    [ ! -s problems ]
    result $? "C++ programs print what they say, by $1"
}
by_compiler 'g++ -O0'
by_compiler 'clang++ -O2'
long by_compiler 'g++ -O2'
long by_compiler 'clang++ -O0'
finish
