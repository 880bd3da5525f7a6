# tap.sh: how a script of tests/whole/ tells its results as TAP (https://testanything.org): . "$top/tests/support/tap.sh"
#
# A test writes what went wrong into the file problems of the folder that it stands in, and calls result; `finish` is the script's last
# command.

number=0
failures=0

# result STATUS NAME: one test, passed where STATUS is 0; where it is not, the file problems tells more. It is empty afterwards.
result() {
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        failures=$((failures + 1))
        echo "not ok $number - $2"
        head -n 40 problems | sed 's/^/# /'
    fi
    : >problems
}

# skip NAME REASON: one test that cannot be done here.
skip() {
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

# long COMMAND...: what LONG_TESTS alone has time for.
long() {
    [ -z "${LONG_TESTS-}" ] || "$@"
}

# finish: the plan; the status of the script.
finish() {
    echo "1..$number"
    [ "$failures" -eq 0 ]
}
