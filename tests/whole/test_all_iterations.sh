#!/bin/sh
# test_all_iterations.sh: what is proved of random loops for every number of repetitions is what is folded for each, and the verifier takes
# the certificates, and no damaged ones; prints TAP.
#
# With LONG_TESTS 1,000 programs, up to 40 repetitions.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
verifier=${RACECHECK_VERIFY:-${top_builddir:-$top}/racecheck-verify}
export LC_ALL=C
programs=25 most=8
if [ -n "${LONG_TESTS-}" ]; then
    programs=1000 most=40
fi
exec "${PYTHON:-python3}" "$top/tests/oracles/all_iterations.py" "$RACECHECK" 1 $programs $most "$verifier"
