#!/bin/sh
# test_native.sh: C programs that the processor executes along a witness end as it says; prints TAP. With LONG_TESTS along many.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 99
work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-native.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
top=$(cd "$top" && pwd) && cd "$work" || exit 99
. "$top/tests/support/tap.sh"
: >problems
PYTHON=${PYTHON:-python3}
witnesses=1
[ -z "${LONG_TESTS-}" ] || witnesses=1000

if ! gcc --version >/dev/null 2>&1 || [ "$(uname -m)" != x86_64 ]; then
    echo '1..0 # SKIP there is no gcc, or no x86-64'
    exit 0
fi
cp "$top"/examples/c/*.c .
cxx_program=
if g++ --version >/dev/null 2>&1; then
    cp "$top/examples/c/counter.cpp" .
    cxx_program=counter.cpp
fi
"$RACECHECK" -q --value 'output="2\n"' --witness two.json counter.c >problems 2>&1
"$RACECHECK" replay --real two.json >said 2>&1
status=$?
if grep -q 'ptrace is not allowed' said; then
    [ $status -eq 2 ] && [ "$(wc -l <said)" -eq 1 ]
    result $? 'where ptrace is not allowed it is said'
    finish
    exit
fi
cat said >>problems
[ $status -eq 0 ] && tr -s '\n ' '  ' <said | grep -q 'printed "2\\n", as predicted AS PREDICTED: executed along this schedule, the real program comes to its end'
result $? 'two threads of ten increments come to 2'

# led_by_gdb OUTPUT PROGRAM COMPILER: gdb leads a program to an output by the commands that are written for it.
led_by_gdb() {
    "$RACECHECK" -q --value "output=\"$1\n\"" --witness led.json "$2" >problems 2>&1 &&
        "$RACECHECK" replay --real --gdb led.gdb -q led.json >>problems 2>&1 &&
        $3 -g -pthread -o led "$2" >>problems 2>&1 &&
        timeout 60 gdb -nx -q -batch -x led.gdb ./led </dev/null >said 2>>problems &&
        grep -qx "$1" said && grep -q 'exited normally' said
}
if gdb --version >/dev/null 2>&1; then
    led_by_gdb 2 counter.c 'gcc -O0' && led_by_gdb 13 counter.c 'gcc -O0'
    result $? 'gdb is told to lead the program there, too'
    led_by_gdb 2 peterson.c 'gcc -O0'
    result $? 'and through a lock'
    [ -z "$cxx_program" ] || led_by_gdb 3 counter.cpp 'g++ -O0'
    result $? 'and a program in C++'
fi
"$RACECHECK" -q --value 'output="6\n"' --witness sleeps.json buffer.c >problems 2>&1
"$RACECHECK" replay --real --gdb led.gdb -q sleeps.json >said 2>&1
[ $? -eq 2 ] && grep -q '^buffer.c:[0-9]*: --gdb: before step [0-9]* the thread sleeps within a call' said && [ "$(wc -l <said)" -eq 1 ]
result $? 'but not through a sleep, which is said'
cp "$top/tests/cases/c/library/once.c" called.c && "$RACECHECK" -q --witness called.json called.c >problems 2>&1
"$RACECHECK" replay --real --gdb led.gdb -q called.json >said 2>&1
[ $? -eq 2 ] && grep -q '^called.c: --gdb: line [0-9]* of its assembly calls what calls the program back' said && [ "$(wc -l <said)" -eq 1 ]
result $? 'nor to what a function of the library calls'

"$PYTHON" "$top/tests/c/native.py" "$RACECHECK" $witnesses ./*.c $cxx_program "$top"/tests/cases/c/library/argument.c \
    >problems 2>&1
result $? "witnesses of the examples end as they say"

"$RACECHECK" -q --witnesses deadlock --witness deadlock.json philosophers.c >problems 2>&1
"$RACECHECK" replay --real deadlock.json >said 2>&1 && grep -q 'the real program is in a deadlock' said
result $? 'a deadlock is one for real'

# Loops of which some rounds touch what is shared; a thread that ends the program; values that are observed.
cat >own.c <<'END'
#include <pthread.h>
#include <stdlib.h>
int shared[2], seen;
short level = -3;
static int add(int *place, int count)
{
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += ++place[i];
    return sum;
}
static void *worker(void *argument)
{
    int own[3] = {0, 0, 0}, sum = add(own, 3) + add(shared, 2);
    seen = sum + add(own, 2);
    level -= 2;
    if (seen == 9)
        exit(0);
    return NULL;
}
int main(void)
{
    pthread_t threads[2];
    add(shared, 2);
    for (int t = 0; t < 2; t++)
        pthread_create(&threads[t], NULL, worker, NULL);
    for (int t = 0; t < 2; t++)
        pthread_join(threads[t], NULL);
    return 0;
}
END
"$PYTHON" "$top/tests/c/native.py" "$RACECHECK" $((2 * witnesses)) own.c --observe seen,level >problems 2>&1 &&
    "$RACECHECK" -q --observe seen,level --value seen=13,level=-7 --witness own.json own.c >problems 2>&1 &&
    "$RACECHECK" replay --real own.json >problems 2>&1 && grep -q '^level  *-7, as predicted' problems
result $? 'each instruction is the one that the model means'

# Where a variable really is nobody knows.
cat >address.c <<'END'
#include <pthread.h>
#include <stdio.h>
static int x;
static void *worker(void *argument) { x++; return NULL; }
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, worker, NULL);
    pthread_join(thread, NULL);
    printf("%p\n", (void *)&x);
    return 0;
}
END
"$RACECHECK" -q --witness address.json address.c >problems 2>&1
"$RACECHECK" replay --real address.json --json answer.json -o report >said 2>&1
[ $? -eq 1 ] && grep -q 'does not end as predicted' said && grep -q 'NOT AS PREDICTED' report && grep -q '"agrees": false' answer.json
result $? 'another end than predicted has status 1'
if "$PYTHON" -c 'import jsonschema' 2>/dev/null; then
    "$PYTHON" - "$top/docs" answer.json >problems 2>&1 <<'END'
import json, pathlib, sys
import jsonschema
docs = pathlib.Path(sys.argv[1])
schema = json.loads((docs / "replay.schema.json").read_text())
store = {(docs / path.name).as_uri(): json.loads(path.read_text()) for path in docs.glob("*.schema.json")}
resolver = jsonschema.RefResolver((docs / "replay.schema.json").as_uri(), schema, store=store)
jsonschema.Draft7Validator(schema, resolver=resolver).validate(json.load(open(sys.argv[2])))
END
    result $? 'the document keeps to its schema'
fi

# refused STATUS PATTERN ARGUMENT...: one line says why.
refused() {
    expected=$1 pattern=$2
    shift 2
    "$RACECHECK" replay --real -q "$@" >problems 2>&1
    [ $? -eq "$expected" ] && grep -q "$pattern" problems && [ "$(wc -l <problems)" -eq 1 ]
}

"$RACECHECK" replay --gdb led.gdb two.json >problems 2>&1
[ $? -eq 2 ] && grep -q '^racecheck: --gdb: commands are found out by a real run (expected --real, too)$' problems
result $? 'commands for gdb need a real run'

refused 2 "^counter.c: 'gcc -O2' makes another program of it than the one that was checked" --cc 'gcc -O2' two.json
result $? 'what another compiler makes is not executed'
echo '/* another line */' >>counter.c
refused 2 "^counter.c: 'gcc -O0' makes another program" two.json
result $? 'nor is a file that has changed'
rm counter.c
refused 2 '^counter.c: cannot open' two.json
result $? 'nor one that is not there'
"$RACECHECK" -q --memory tso --witness tso.json peterson.c >problems 2>&1
refused 2 '^racecheck: --real: memory is tso' tso.json
result $? 'nobody holds back a store from outside'
"$RACECHECK" -q --cc 'gcc -O2' --value 'output="10\n"' --witness one.json "$top/examples/c/counter.c" >problems 2>&1
refused 2 'in the middle of what the processor does as one' --cc 'gcc -O2' one.json
result $? 'nor divides an instruction'
finish
