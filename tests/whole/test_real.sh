#!/bin/sh
# test_real.sh: what racecheck says of Python programs is what the interpreter that is installed does; prints TAP. Witnesses are executed by it,
# and what it prints by itself is among what racecheck lists. With LONG_TESTS of many programs, in many runs.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 99
work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-real.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cp "$top"/examples/python/*.py "$top"/models/*.py "$work" && cd "$work" || exit 99

python=${PYTHON:-python3}

# Free runs and witnesses of each example, and generated programs.
runs=2
witnesses=2
programs=2
test -n "${LONG_TESTS:-}" && runs=300 witnesses=12 programs=200

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

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null; then
    echo '1..0 # SKIP there is no Python 3.7 or later'
    exit 0
fi

cat >condition.py <<'END'
import threading
full = threading.Condition()
items = []
got = 0
def consume():
    global got
    with full:
        while not items:
            full.wait()
        got += len(items)
t = threading.Thread(target=consume)
t.start()
with full:
    items.append(1)
    full.notify()
t.join()
print("got", got)
END
cat >cut.py <<'END'
import threading
class Counter(threading.Thread):
    def __init__(self, cell):
        super().__init__(daemon=True)
        self.cell = cell
    def run(self):
        for i in range(3):
            self.cell.value += int(1)
class Cell: pass
cell = Cell()
cell.value = 0
t = Counter(cell)
t.start()
Counter(cell).start()
t.join()
print(cell.value)
END

"$python" "$top/tests/python/real.py" examples "$RACECHECK" "$python" "$witnesses" "$runs" ./*.py >said 2>&1
tell "witnesses of the examples end as they say, and what free runs print is listed"

# The schedule says who is woken, whose time is over, and what is drawn.
mkdir waiting
cat >waiting/two.py <<'END'
import threading
cond = threading.Condition()
ready = False
done = 0
def wait():
    global done, ready
    with cond:
        if not ready:
            cond.wait()
        ready = False
        done += 1
def make():
    global ready
    with cond:
        ready = True
        cond.notify()
ts = [threading.Thread(target=f, daemon=f is wait) for f in (wait, wait, make, make)]
for t in ts: t.start()
for t in ts[2:]: t.join()
print(done)
END
cat >waiting/late.py <<'END'
import threading
cond = threading.Condition()
n = asked = 0
late = hasty = None
def is_full():
    global asked
    asked += 1
    return n == 2
def wait():
    global late
    with cond:
        late = not cond.wait_for(is_full, timeout=0.01)
def make():
    global n
    with cond:
        n += 1
        cond.notify()
ts = [threading.Thread(target=f) for f in (wait, make, make)]
for t in ts: t.start()
for t in ts: t.join()
print(late, asked)
END
cat >waiting/limits.py <<'END'
import queue, random, threading
q = queue.Queue()
lock = threading.Lock()
seen = threading.Event()
def get():
    try:
        with lock:
            found = q.get(timeout=0.01)
    except queue.Empty:
        found = random.randint(5, 6)
    print(found, seen.wait(0.01))
t = threading.Thread(target=get)
t.start()
q.put(1)
if lock.acquire(timeout=0.01):
    lock.release()
    seen.set()
t.join(0.01)
print(t.is_alive())
END
"$python" "$top/tests/python/real.py" examples "$RACECHECK" "$python" 6 1 waiting/*.py >said 2>&1
tell "who waits, and for how long: witnesses end as they say"

"$python" "$top/tests/python/real.py" programs "$RACECHECK" "$python" "$witnesses" 1 "$programs" >said 2>&1
tell "witnesses of $programs generated programs end as they say"

# Not among those that run by themselves: it could really hang.
cat >deadlock.py <<'END'
import threading
a = threading.Lock()
b = threading.Lock()
x = 0
def take(first, second):
    global x
    with first:
        x = int(1)
        with second:
            x = 2
t = threading.Thread(target=take, args=(a, b))
u = threading.Thread(target=take, args=(b, a))
t.start(); u.start()
t.join(); u.join()
END
"$RACECHECK" -q --witnesses deadlock --witness deadlock.json deadlock.py >said 2>&1
"$RACECHECK" replay --real deadlock.json >said 2>&1 && grep -q 'the real program is in a deadlock' said
tell "a deadlock is one for real"

"$RACECHECK" -q --observe value --witness raw.json raw.py >said 2>&1 && "$RACECHECK" replay --real raw.json >said 2>&1 &&
    grep -q '^value  *1[0-9]*, as predicted' said
tell "the value of a variable that is observed is read and compared"

# What is wrong is told. An interpreter that says what it is told to say stands for one that does something else.
said() {
    printf '%s\n' "$1" >words
    printf '#!/bin/sh\ncat >/dev/null\ncat words\n' >liar
    chmod +x liar
    rm -f report answer.json
    "$RACECHECK" replay --real --json answer.json -o report --python ./liar raw.json >said 2>&1
    status=$?
    cat report >>said 2>/dev/null
    return $status
}

said '{"end": "finished", "output": "9\n", "python": "3.11.2", "values": {"value": 9}}'
test $? -eq 1 && grep -q 'does not end as predicted' said && grep -q 'NOT AS PREDICTED' said && grep -q '9, but predicted was' said &&
    grep -q '"agrees": false' answer.json
tell "another end than predicted has status 1"

said '{"end": "left", "output": "", "python": "3.11.2", "values": {}, "event": 3, "thread": 1, "what": "prints x", "at": [10, 8], "expected": [9, 0]}'
test $? -eq 1 && tr '\n' ' ' <report | grep -q 'leaves the schedule before step [0-9]*: Dummy-1 prints x at line 10, column 9; the schedule has it at line 9'
tell "a run that leaves the schedule says where"
cp answer.json left.json

said '{"end": "other bytecode", "output": "", "python": "3.11.2", "values": {}}'
test $? -eq 2 && grep -q 'compiles the program in another way' said && test "$(wc -l <said)" -eq 1 && test ! -e report
tell "another interpreter than that of the witness is refused"

echo '# another line' >>raw.py
"$RACECHECK" replay --real raw.json >said 2>&1
test $? -eq 2 && grep -q '^raw.py: is not the program that was checked' said && test "$(wc -l <said)" -eq 1
tell "a file that has changed is not executed"

rm raw.py
"$RACECHECK" replay --real raw.json >said 2>&1
test $? -eq 2 && grep -q '^raw.py: cannot open' said && test "$(wc -l <said)" -eq 1
tell "nor is a file that is not there"

"$RACECHECK" -q --witness model.json >said 2>&1
"$RACECHECK" replay --real model.json >said 2>&1
test $? -eq 2 && grep -q 'is no program in Python or C' said && test "$(wc -l <said)" -eq 1
tell "other programs cannot be executed for real"

if "$python" -c 'import jsonschema' 2>/dev/null; then
    "$python" - left.json "$top/docs" >said 2>&1 <<'END'
import json, pathlib, sys
import jsonschema
docs = pathlib.Path(sys.argv[2])
schema = json.loads((docs / "replay.schema.json").read_text())
store = {(docs / path.name).as_uri(): json.loads(path.read_text()) for path in docs.glob("*.schema.json")}
resolver = jsonschema.RefResolver((docs / "replay.schema.json").as_uri(), schema, store=store)
jsonschema.Draft7Validator(schema, resolver=resolver).validate(json.loads(open(sys.argv[1]).read()))
END
    tell "the document keeps to its schema"
fi

echo "1..$number"
test "$failures" -eq 0
