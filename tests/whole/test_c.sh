#!/bin/sh
# test_c.sh: C programs. Random ones end as the native program does; damaged assembly is read, or refused in one line; prints TAP.
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

programs=20 mutants=20
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
finish
