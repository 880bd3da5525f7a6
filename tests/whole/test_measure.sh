#!/bin/sh
# test_measure.sh: real programs, run again and again, end as racecheck says; what does not is an alarm; prints TAP. With LONG_TESTS each
# example runs 10,000 times.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 99
work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-measure.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
top=$(cd "$top" && pwd) && cd "$work" || exit 99
. "$top/tests/support/tap.sh"
: >problems
python=${PYTHON:-python3}

runs=4 python_runs=3
if [ -n "${LONG_TESTS-}" ]; then
    runs=10000 python_runs=1000
fi

# measured STATUS PATTERN ARGUMENT...: the report has a line of the pattern, behind joined lines; the exit status is as said.
measured() {
    expected=$1 pattern=$2
    shift 2
    "$RACECHECK" measure "$@" >report 2>messages
    status=$?
    tr -s '\n ' '  ' <report | cat - messages >said
    { [ $status -eq "$expected" ] && grep -q "$pattern" said; } || { echo "status $status: $*"; cat report messages; } >problems
    [ ! -s problems ]
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null; then
    skip 'Python programs stay inside the set' 'there is no Python 3.7 or later'
else
    for program in "$top"/examples/python/counter.py "$top"/examples/python/locked.py "$top"/examples/python/tasks.py; do
        measured 0 '^checked .* measured .* runs* by ' --python "$python" --runs $python_runs "$program"
        result $? "$(basename "$program") stays inside the set"
    done
    printf 'import threading\ndef run():\n    print("b")\nt = threading.Thread(target=run)\nt.start()\nt.join()\n{}["a"]\n' >raises.py
    measured 0 'error 2 runs ended by an error (KeyError: .a.): that is possible' --python "$python" --runs 2 raises.py
    result $? 'an exception is an error, and possible'
    cat >gap.py <<'END'
import threading
x = None
def make():
    global x
    x = [1]
def look():
    if x is not None:
        print(x[0])
ts = [threading.Thread(target=f) for f in (make, look)]
for t in ts: t.start()
for t in ts: t.join()
print("end")
END
    measured 3 '^INCOMPLETE: some schedules come to .* not covered .* so it is no alarm that 3 runs ended as none of the set .*"1.nend.n" 3 100 % not known' \
        --python "$python" --runs 3 gap.py
    result $? 'where some schedules are not covered what else is printed is no alarm'
fi

if ! gcc --version >/dev/null 2>&1; then
    skip 'C programs stay inside the set' 'there is no gcc'
    finish
    exit
fi
stays_inside() {
    measured 0 '^checked .* measured .* has made' "--${4:-cc}" "$1" --runs $runs --run-limit "${3:-5}" "$2"
    result $? "$(basename "$2") stays inside the set, by $1"
}
for program in "$top"/examples/c/*.c; do
    stays_inside 'gcc -O0' "$program"
    long stays_inside 'gcc -O2' "$program"
done
stays_inside 'gcc -O2' "$top/examples/c/flag.c" 0.5
if g++ --version >/dev/null 2>&1; then
    stays_inside 'g++ -O0' "$top/examples/c/counter.cpp" 5 cxx
    long stays_inside 'g++ -O2' "$top/examples/c/counter.cpp" 5 cxx
else
    skip 'counter.cpp stays inside the set' 'there is no g++'
fi

# Nobody knows where a variable really is.
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
measured 1 '^ALARM: 3 of 3 runs ended as no schedule of the model does.*impossible.*racecheck: 3 of 3 runs ended as no schedule does' \
    --runs 3 address.c --json alarm.json
result $? 'what no schedule prints is an alarm'

# Nor does anybody know what lies behind an array.
cat >behind.c <<'END'
#include <pthread.h>
#include <stdio.h>
static int x, few[2], more[8];
static void *worker(void *argument) { x = 3; return NULL; }
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, worker, NULL);
    pthread_join(thread, NULL);
    printf("%d\n", few[x] + more[x]);
    return 0;
}
END
measured 3 '^INCOMPLETE: some schedules come to .* an address outside .* no alarm that 3 runs ended' --runs 3 behind.c --json behind.json
result $? 'nor is what is printed behind an access outside all variables'

# One processor that never lets a thread wait: then nothing is lost. This machine has several, and sooner or later both threads use them.
other_machine() {
    measured 1 '^ALARM: .*impossible' --scheduler tick --quantum 1000000 --runs 1000 "$top/examples/c/counter.c"
    result $? 'a model of another machine is found out'
}
# Nor do its stores reach memory at once.
other_memory() {
    measured 1 '^ALARM: .*"1.n".*impossible' --memory sc --runs 5000 "$top/examples/c/dekker.c"
    result $? 'a model of another memory is found out'
}
if [ "$(getconf _NPROCESSORS_ONLN)" -gt 1 ]; then
    long other_machine
    long other_memory
fi

cat >stuck.c <<'END'
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
static sem_t never;
static void *worker(void *argument) { sem_wait(&never); return NULL; }
int main(void)
{
    pthread_t thread;
    sem_init(&never, 0, 0);
    pthread_create(&thread, NULL, worker, NULL);
    pthread_join(thread, NULL);
    printf("end\n");
    return 0;
}
END
measured 0 'measured 10 runs of 1,000 .* no end 10 runs had not ended after 0.1 s (--run-limit): that is possible' \
    --run-limit 0.1 stuck.c --json stuck.json
result $? 'a deadlock is one, and after ten no more runs are begun'

cat >fails.c <<'END'
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
static int x;
static void *worker(void *argument) { x = 1; return NULL; }
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, worker, NULL);
    pthread_join(thread, NULL);
    assert(x == 0);
    printf("end\n");
    return 0;
}
END
measured 0 'error 2 runs ended by an error (Aborted): that is possible' --runs 2 fails.c
result $? 'a crash is an error of the program'

measured 3 'INCOMPLETE: the limit of 2 states' --runs 2 --max-states 2 "$top/examples/c/counter.c"
result $? 'what is not known to be impossible is no alarm'

cat >threads.cpp <<'END'
#include <cstdio>
#include <pthread.h>
static int x;
static void *worker(void *) { x++; return nullptr; }
int main()
{
    pthread_t threads[2];
    for (auto &thread : threads)
        pthread_create(&thread, nullptr, worker, nullptr);
    for (auto &thread : threads)
        pthread_join(thread, nullptr);
    std::printf("%d\n", x);
}
END
if g++ --version >/dev/null 2>&1; then
    measured 0 'seen [12] of 2 possible outputs' --cxx 'g++ -std=c++17 -O1' --runs 20 threads.cpp
    result $? 'C++ is measured, too'
else
    skip 'C++ is measured, too' 'there is no g++'
fi

printf '#include <pthread.h>\nint x;\nint main(void) { x = 1; return 0; }\n' >silent.c
measured 2 '^ *silent.c: prints nothing: of a real run only its output can be seen' silent.c
result $? 'a program that prints nothing is refused'
measured 2 '^ *racecheck: --observe counter: of a real run only its output' --observe counter "$top/examples/c/counter.c"
result $? 'so is a variable'
measured 2 'needs one program' "$top/examples/c/counter.c" "$top/examples/c/mutex.c" && measured 2 'needs one program' &&
    measured 2 'cannot be run (expected a program in C or Python)' "$top/examples/counter.s" &&
    measured 2 '0 is out of range' --runs 0 silent.c && measured 2 'is not a time' --run-limit no silent.c
result $? 'nor is there anything else to measure'

if "$python" -c 'import jsonschema' 2>/dev/null; then
    "$python" - "$top/docs/measure.schema.json" alarm.json stuck.json behind.json >problems 2>&1 <<'END'
import json, sys
import jsonschema
schema, *documents = [json.load(open(path)) for path in sys.argv[1:]]
for document in documents:
    jsonschema.Draft7Validator(schema).validate(document)
assert documents[0]["alarms"] == 3 and documents[0]["outputs"][0]["possible"] is False, documents[0]
assert documents[2]["complete"] is False and documents[2]["alarms"] == 0 and documents[2]["outputs"][0]["possible"] is None, documents[2]
assert documents[1]["no_end"] == {"seen": 10, "possible": True}, documents[1]
END
    result $? 'documents keep to their schema'
fi
finish
