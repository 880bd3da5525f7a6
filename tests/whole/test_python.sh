#!/bin/sh
# test_python.sh: Python programs are read through the interpreter that is installed, whichever it is; prints TAP. What the rules of each
# version allow, cases python/ and constructs.py say, of dumps. With LONG_TESTS all that is kept is tried out in all versions.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 99
work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-python.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cp "$top"/examples/python/*.py "$work" && cd "$work" || exit 99
tests=$top/tests/python
python=${PYTHON:-python3}

generated=6
mutants=10
stride=8
which=some
test -n "${LONG_TESTS:-}" && generated=200 mutants=2000 stride=1 which=check

number=0
failures=0

# tell NAME: the result of the command before, as a test
tell() {
    status=$?
    number=$((number + 1))
    if test "$status" -eq 0; then
        echo "ok $number - $1"
    else
        failures=$((failures + 1))
        echo "not ok $number - $1"
        sed 's/^/# /' "$work/said" 2>/dev/null
    fi
}

version=$("$python" -c 'import sys; print(sys.version_info[1])')
least=20
test "$version" -lt 10 && least=2

"$RACECHECK" --python "$python" counter.py --assert 'possible output == "20\n"' --assert "output == \"20\\n\" || $version < 10" >said 2>&1
tell "counter.py, by the rules of Python 3.$version"

"$RACECHECK" --python "$python" locked.py --assert 'output == "6\n"' --assert no-deadlock >said 2>&1
tell "locked.py is right"

"$RACECHECK" --python "$python" pipeline.py --print line --assert 'output == "1\n3\n5\n"' --assert terminates >said 2>&1
tell "pipeline.py ends, and prints what it should"

"$RACECHECK" --python "$python" counter.py --witness witness.json >said 2>&1 && "$RACECHECK" replay witness.json >>said 2>&1
tell "a witness can be replayed"

"$RACECHECK" export --python-dump -o dump.py >said 2>&1 && cmp dump.py "$top/frontends/python_dump.py" >>said 2>&1 &&
    "$python" -E -s -S dump.py counter.py <counter.py >counter.json 2>>said &&
    "$RACECHECK" --bytecode counter.json >by-dump 2>>said && "$RACECHECK" --python "$python" counter.py >by-file 2>>said && cmp by-dump by-file >>said 2>&1
tell "a dump says the same as the file"

# Nothing of the folder is imported, and nothing is executed.
printf 'open("executed", "w")\n' >json.py
printf 'open("executed", "w")\n' >dis.py
printf 'open("executed", "w")\n%s' "$(cat counter.py)" >opens.py
"$RACECHECK" --python "$python" counter.py >said 2>&1 && { "$RACECHECK" --python "$python" opens.py >said 2>&1; test $? -eq 2; } && test ! -e executed
tell "the program is compiled, not executed"
rm json.py dis.py

printf 'if x\n' >wrong.py
"$RACECHECK" --python "$python" wrong.py >said 2>&1
test $? -eq 2 && grep -q '^wrong.py:1:[0-9]*: Python 3.[0-9]*: ' said && test "$(wc -l <said)" -eq 1
tell "a syntax error is one line, with its place"

printf '#!/bin/sh\nexec tr "\\0" 1 </dev/zero\n' >flood
chmod +x flood
"$RACECHECK" --python ./flood counter.py >said 2>&1
test $? -eq 2 && grep -q 'said more than' said
tell "an interpreter that does not stop talking is stopped"

"$python" "$tests/oracle.py" check "$RACECHECK" 0 "$generated" "$python" >said 2>&1
tell "generated programs, compiled here: outputs and numbers of schedules are those of a naive interpreter"

"$python" "$tests/oracle.py" kept "$RACECHECK" "$stride" "$tests"/oracle-*.json.gz >said 2>&1
tell "the same of programs that other versions have compiled"

"$python" "$tests/mutants.py" "$RACECHECK" 1 "$mutants" >said 2>&1
tell "damaged dumps are answered or refused in one line"

"$python" "$tests/language.py" run "$RACECHECK" "$python" >said 2>&1
tell "exceptions, generators, closures and so on, compiled here: what is printed is what the interpreter prints"

"$python" "$tests/language.py" $which "$RACECHECK" >said 2>&1
tell "the same of other versions"

for calls in $which cold; do
    "$python" "$tests/constructs.py" $calls "$RACECHECK" >said 2>&1
    tell "52 constructs in ten versions: constructs.py $calls"
done

echo "1..$number"
test "$failures" -eq 0
