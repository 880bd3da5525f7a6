#!/bin/sh
# test_tso.sh: random programs on TSO memory, racecheck against a naive enumerator with store buffers of its own; prints TAP.
#
# With LONG_TESTS, 5,000 programs.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
export LC_ALL=C
exec "${PYTHON:-python3}" "$top/tests/tso/oracle.py" check "$RACECHECK" 0 "$([ -n "${LONG_TESTS-}" ] && echo 5000 || echo 200)"
