#!/bin/sh
# test_tso.sh: random programs and litmus tests on TSO memory, racecheck against naive enumerators with store buffers of their own; prints
# TAP. C programs whose accesses have several widths, likewise.
#
# With LONG_TESTS, 5,000 programs, and 1,000 of the others.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
verifier=${RACECHECK_VERIFY:-${top_builddir:-$top}/racecheck-verify}
export LC_ALL=C
programs=60 tests=30 widths=12
if [ -n "${LONG_TESTS-}" ]; then
    programs=5000 tests=1000 widths=1000
fi

number=0
failures=0

# result STATUS NAME
result() {
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        failures=$((failures + 1))
        echo "not ok $number - $2"
    fi
    sed 's/^/# /' "$work/said"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-tso.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

"${PYTHON:-python3}" "$top/tests/tso/oracle.py" check "$RACECHECK" 0 $programs "$verifier" >"$work/said" 2>&1
result $? "$programs random programs on TSO memory agree with the enumerator, and so do their certificates"
"${PYTHON:-python3}" "$top/tests/tso/litmus.py" check "$RACECHECK" $tests >"$work/said" 2>&1
result $? "the classical families of litmus tests, and $tests that are drawn, agree with the explorer"
if command -v gcc >/dev/null; then
    "${PYTHON:-python3}" "$top/tests/tso/widths.py" "$RACECHECK" 0 $widths >"$work/said" 2>&1
    result $? "$widths random C programs that access a union in several widths agree with the enumerator of bytes"
fi
echo "1..$number"
[ $failures -eq 0 ]
