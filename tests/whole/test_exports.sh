#!/bin/sh
# test_exports.sh: what racecheck writes for SPIN, for the tools around TLA+ and for Chrome's trace viewer; prints TAP.
#
# SPIN has to find as many states as the classical search does, and the same ends, deadlocks, errors and overlaps: so the two checkers
# agree about every instruction and every scheduler. What models say of their claims is what SPIN finds. Traces are held against the schemas of
# docs/ and against the witness. tests/whole/exporter writes what is tested and counts the states.
#
# With arguments it is one of its own workers: test_exports.sh agrees|claims DIRECTORY ARGUMENT..., in the folder of the others.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:?}
exporter=${top_builddir:?}/tests/whole/exporter
python=${PYTHON-python3}
cc=$(command -v tcc || echo "${CC:-gcc}") # a hundred verifiers are compiled, and run for milliseconds

seconds=250 # a worker that takes longer hangs
seeds=${LONG_TESTS:+310}
seeds=${seeds:-16} # where the random programs end
export LC_ALL=C

. "$top/tests/support/tap.sh"

# ---- SPIN ------------------------------------------------------------------------------------------------------------

# verify DIRECTORY SPIN-OPTIONS CC-OPTIONS PAN-OPTIONS: what SPIN says of DIRECTORY/model.pml, in DIRECTORY/pan.out. -o2
# makes it keep in its states what is written and never read, as racecheck does.
verify() {
    # shellcheck disable=SC2086 # lists of words
    (cd "$1" && rm -f pan pan.c pan.out && spin -a -o2 $2 model.pml && "$cc" -w -DSAFETY $3 -o pan pan.c &&
        ./pan -w16 -m100000 $4 >pan.out && ! grep -q 'max search depth too small' pan.out)
}

errors() {
    sed -n 's/.*errors: \([0-9]*\)$/\1/p' "$1/pan.out"
}

states() {
    sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' "$1/pan.out"
}

# says DIRECTORY ERRORS [STATES]: whether the verifier found so many of both.
says() {
    [ "$(errors "$1")" = "$2" ] && [ "$(states "$1")" = "${3:-$(states "$1")}" ] && return
    echo "expected $2 errors ${3:+and $3 states}:"
    cat "$1/pan.out"
    return 1
}

# exported DIRECTORY ARGUMENT...: the model, and the facts that it is compared with.
exported() {
    directory=$1
    shift
    mkdir "$directory" && "$exporter" promela "$@" >"$directory/model.pml" 2>"$directory/facts" ||
        { cat "$directory/facts"; return 1; }
}

# complaints DIRECTORY: what the verifier, which went on at every error, found, each once: "outcome" for each end that is attained,
# "error", "overlap", "deadlock"; whatever else it found as it is.
complaints() {
    sed -n 's/^pan:[0-9]*: \(.*\) (at depth.*/\1/p' "$1/pan.out" | sort -u | sed \
        -e 's/^invalid end state$/deadlock/' -e 's/^assertion violated 0$/error/' \
        -e 's/^assertion violated ((inside_[0-9]*<=1)||.*/overlap/' \
        -e 's/^assertion violated ((finished<[0-9]*)||\( *!(.*\|([^&|]*!=[^&|]*)\))$/outcome/' | sort
}

# agrees DIRECTORY ARGUMENT...: SPIN finds as many states as there are, each outcome and no other, and a deadlock, an error of the
# program and an overlap where there are some. Where the first phase is open there is one state more, before it is chosen.
agrees() {
    directory=$1
    exported "$@" || return
    shift
    states=0 outcomes=0 deadlock=0 failure=0 marked=0 exclusive=0
    # shellcheck disable=SC1090 # words of our own
    . "./$directory/facts"
    case $* in
    *phase=any*) states=$((states + 1)) ;;
    esac
    {
        [ "$deadlock" -eq 0 ] || echo deadlock
        [ "$failure" -eq 0 ] || echo error
        while [ "$outcomes" -gt 0 ]; do
            echo outcome
            outcomes=$((outcomes - 1))
        done
        [ "$marked$exclusive" != 10 ] || echo overlap
    } >"$directory/expected"
    verify "$directory" '-DEACH -DNO_ERROR -DEXCLUSIVE' -DNOREDUCE '-c0 -q' || return
    complaints "$directory" >"$directory/found"
    diff "$directory/expected" "$directory/found" && says "$directory" "$(errors "$directory")" "$states" && return
    cat "$directory/pan.out"
    return 1
}

# commands FILE: the commands in the heading of a model, each behind the number of errors that it says will be found.
commands() {
    awk '/errors: [01]/ { match($0, /errors: [01]/); errors = substr($0, RSTART + 8, 1); bare = /without -E/ }
         /^ \*     spin/ { sub(/^ \* */, ""); if (bare) sub(/ -E/, ""); print errors, $0 } /\*\/$/ { exit }' "$1"
}

# claims DIRECTORY ARGUMENT...: what a model that is exported with these arguments says of its claims is what SPIN finds; there is none
# of which it says nothing.
claims() {
    directory=$1
    shift
    mkdir "$directory" && "$RACECHECK" export --promela "$@" -o "$directory/model.pml" || return
    cd "$directory" && commands model.pml >commands && ! grep 'not known' model.pml && [ -s commands ] || return
    while read -r expected command; do
        sh -c "$(echo "$command" | sed "s:gcc -O2:$cc -w:; s/-m1000000/-w16 -m100000/")" >pan.out 2>&1
        [ "$(errors .)" = "$expected" ] && continue
        echo "$expected errors expected: $command"
        cat pan.out
        return 1
    done <commands
}

if [ $# -gt 0 ]; then
    "$@"
    exit
fi

# The workers are stopped before their folder goes: each leads a process group, which timeout passes the signal on to.
workers=
clean_up() {
    # shellcheck disable=SC2086 # one word a worker
    [ -z "$workers" ] || kill $workers 2>/dev/null
    wait
    rm -rf "$work"
}
work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-exports.XXXXXX") || exit 99
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
cd "$work" || exit 99

# work FUNCTION ARGUMENT...: one of the two above, at once with another; tell() tells how it went.
waiting=0
work() {
    waiting=$((waiting + 1))
    echo "$*" >"name.$waiting"
    function=$1
    shift
    timeout "$seconds" "$top/tests/whole/test_exports.sh" "$function" "case.$waiting" "$@" >"problems.$waiting" 2>&1 &
    worker=$!
    if [ $((waiting % 2)) -ne 0 ]; then
        workers=$worker
    else
        workers="$workers $worker"
        collect
    fi
}

# Waits for the workers, of which the last one has the number $waiting.
collect() {
    first=$((waiting + 1))
    for worker in $workers; do
        first=$((first - 1))
    done
    for worker in $workers; do
        wait "$worker"
        echo $? >"status.$first"
        first=$((first + 1))
    done
    workers=
}

tell() {
    collect
    told=0
    while [ "$told" -lt "$waiting" ]; do
        told=$((told + 1))
        cp "problems.$told" problems
        result "$(cat "status.$told")" "SPIN $(cat "name.$told")"
    done
}

agreement() {
    work agrees "$@"
}

# One of the kinds of schedulers other than free choice, which take turns, so that each meets different models; with LONG_TESTS free
# choice, too.
agree_about() {
    model=$1
    shift
    long agreement "$model" 2 2 free
    agreement "$model" 2 2 "$@"
}

# Programs that use what the catalogue does not, and some that fail.
write_programs() {
    cat >arrays.s <<'END'
.var n
.mutex m, 2, recursive
.semaphore s, 1, 2
.queue q, 3, 2
.barrier b, 2, 2
.event e, 2
.rwlock r, 2
.main
    mov $1, %bx
    lock m(%bx)
    lock m[1]
    unlock m(%bx)
    unlock m(,%bx,1)
    trywait s(%bx), %ax
    put q(%bx), $7
    put q[0](%bx), $-8
    get q(%bx), n
    rdlock r(%bx)
    set e(%bx)
    await e(%bx)
    rwunlock r(%bx)
    arrive b(%bx)
    add %ax, n
END
    cat >stretches.s <<'END'
.var held
.var n
.observe output, n
.main
again:
    .atomic
    test $0, held
    jne again
    mov $1, held
    .endatomic
    .atomic
    choose 1, 2, %ax
    add %ax, n
    test $2, n
    jgt .out
    print n
    test $1, %ax
    je .inside
    print "-"
.inside
    mov $0, held
    .endatomic
    print "+"
.out
    mov $0, held
END
    cat >failing-stretches.s <<'END'
.var n
.var t 3
.mutex m, 2, recursive
.semaphore s, 0
.event e
.condition c
.observe output, n
.main
    mov n, %dx
    .atomic
    mov n, %bx
    add $1, n
    trylock m(%bx), %cx
    post s
    print n
    broadcast c
    mov n, %ax
    sub %dx, %ax
    sub $2, %ax
    set e
    div %ax, %cx # fails where somebody has come between
    .endatomic
    .atomic
    mov $1, t[1]
    unlock m(%bx)
    assert t[n - 1] == 0 || n == 2
    .endatomic
END
    cat >conditions.s <<'END'
.var n
.mutex m, 2
.condition c, 2
.main
    mov $1, %bx
    lock m(%bx)
    add $1, n
    test $THREADS, n
    je .last
    cwait c(%bx), m(%bx)
    j .out
.last
    broadcast c(%bx)
.out
    unlock m(%bx)
    signal c(%bx)
END
    cat >later.s <<'END'
.var n
.barrier b, 2
.observe output, n
.thread first
    spawn last
    arrive b
    add $1, n
.thread second
    arrive b
    join last
    print n
.thread last, later
    choose -11, -9, %ax
    print %ax
    print "50%\"\n"
    add %ax, n
END
    cat >recursive.s <<'END'
.var n
.mutex m, recursive
.mutex k
.rwlock r
.main
    lock m
    trylock m, %ax
    trylock k, %bx
    wrlock r
    add %ax, n
    add %bx, n
    rwunlock r
    test $0, %bx
    je .taken
    unlock k
.taken
    unlock m
    unlock m
    rdlock r
    rdlock r
    rwunlock r
END
    cat >errors.s <<'END'
.var n, 1
.var t 2, 1
.mutex m, 2
.observe n, T0.%ax
.main
    choose 0, 2, %bx
    lock m(%bx)
    mov n, %ax
    div %bx, %ax
    assert t[n - 1] == 1 && 6 / n <= 6 || n == 9
    add $1, n
    unlock m(%bx)
END
    cat >barrier-last.s <<'END'
.var n
.barrier b, 2
.main
    add $1, n
    arrive b
END
    cat >join.s <<'END'
.var n
.thread a
    add $1, n
    join b
    add $1, n
.thread b
    io
.thread c
    mov n, %ax
    add $1, %ax
    mov %ax, n
END
    cat >many.s <<'END'
.main
.rept ITERS
    print "a"
    print $SELF
.endr
END
    cat >endless.s <<'END'
.var n
.observe output
.thread up
again:
    print "+"
    fetchadd %ax, n
    mov $1, %ax
    cas %ax, n
    print n
    j again
.thread down
again:
    mov $0, n
    print "0."
    j again
END
    cat >letters.s <<'END'
.observe output
.thread a
again:
    print "ab"
    j again
.thread b
again:
    print "abba"
    print $-12
    j again
END
    cat >overlap.s <<'END'
.var n
.main
.critical
    mov n, %ax
.endcritical
.critical room, shared
    add $1, %ax
.endcritical
    mov %ax, n
END
    cat >queue-up.s <<'END'
.var done
.mutex m
.thread a
again:
    lock m
    test $0, done
    unlock m
    je again
.thread b
    lock m
.critical
    mov $1, done
.endcritical
    unlock m
END
    cat >hang.s <<'END'
.var n
.var go
.thread a
    mov $1, go
    mov $0, go
.thread b
.spin
    test $1, go
    jne .spin
    mov $1, n
END
}

# Those in Python are compiled first: a program of theirs is asked about below. Of priorities no model tells, and of
# cpu-bound there is nothing to tell but its states.
models() {
    "$RACECHECK" models | awk '$1 !~ /^(python|priority)-|^cpu-bound$/ { print $1 }'
}

# The models of the catalogue of which no states were compared.
missing() {
    for model in $(models); do
        cat name.* | grep -q "^agrees $model " || echo "$model"
    done
}

attained() {
    exported attained unlocked 2 2 free && verify attained '-DMINIMUM=3' -DNOREDUCE '' && says attained 1 &&
        grep -q 'shared_counter>=3' attained/pan.out
}

trail() {
    exported trail unlocked 2 2 free && verify trail -DNOT_MINIMUM -DNOREDUCE '' && says trail 1 &&
        (cd trail && spin -t -p -g -DNOT_MINIMUM model.pml >told 2>&1; cat told; grep 'shared_counter = ' told |
            tail -n 1 | grep -q 'shared_counter = 2')
}

greatest() {
    exported greatest unlocked 2 2 free && verify greatest -DNOT_MAXIMUM -DNOREDUCE '' && says greatest 1
}

reduced() {
    exported reduced unlocked 2 3 free && verify reduced '' '' '' && says reduced 0 &&
        [ "$(states reduced)" -lt "$(sed -n 's/^states=\([0-9]*\) .*/\1/p' reduced/facts)" ]
}

deadlocked() {
    exported deadlocked deadlock 2 1 free && verify deadlocked '' -DNOREDUCE '' && says deadlocked 1 &&
        grep -q 'invalid end state' deadlocked/pan.out
}

# An assertion of the arithmetic, none of the claim.
overflowing() {
    printf '.var x\n.main\n.rept 3\nadd $1000000000, x\n.endr\n' >large.s
    sed 's/1000000000/1000/' large.s >small.s
    exported overflowing small.s 1 1 free && verify overflowing '' '' '' && says overflowing 0 &&
        sed 's/add(shared_x, 1000)/add(shared_x, 1000000000)/' overflowing/model.pml >overflowing/changed &&
        mv overflowing/changed overflowing/model.pml && verify overflowing '' '' '' && says overflowing 1 &&
        grep -q 'assertion violated.*2147483647' overflowing/pan.out
}

refused() {
    "$exporter" promela large.s 1 1 free 2>problems
    status=$?
    [ $status -eq 2 ] && grep -q 'the minimum 3000000000 does not fit' problems
}

# ---- Traces ----------------------------------------------------------------------------------------------------------

# valid SCHEMA FILE...: whether the validator takes the files.
valid() {
    "$python" - "$top/docs/$1" "$@" <<'END'
import json, sys
import jsonschema

schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
errors = [(name, error) for name in sys.argv[3:] for error in validator.iter_errors(json.load(open(name)))]
for name, error in errors[:10]:
    print(name + ": " + "/".join(map(str, error.absolute_path)) + ": " + error.message[:300])
sys.exit(1 if errors else 0)
END
}

# told FORMAT: whether trace.json tells the schedule of witness.json, and each step does what its instruction says.
told() {
    "$python" - "$1" <<'END'
import json, re, sys

witness = json.load(open("witness.json"))
trace = json.load(open("trace.json"))

def plain(value):
    """A value of ITF as one of Python."""
    if isinstance(value, dict) and "#bigint" in value:
        return int(value["#bigint"])
    if isinstance(value, dict) and "#map" in value:
        return {plain(key): plain(image) for key, image in value["#map"]}
    return value

def check_effect(before, after, thread, operation):
    """The instructions of the increment race, executed once more."""
    registers, value = dict(before["registers"][thread]), before["counter"]
    if operation == "mov counter, %ax":
        registers["ax"] = value
    elif operation == "mov %ax, counter":
        value = registers["ax"]
    else:
        registers["ax"] += int(re.fullmatch(r"add \$(\d+), %ax", operation)[1])
    assert after["counter"] == value and after["registers"][thread] == registers, operation
    others = [name for name in before["registers"] if name != thread]
    assert all(before["registers"][name] == after["registers"][name] for name in others), operation

def check_itf():
    states = [{key: plain(value) for key, value in state.items()} for state in trace["states"]]
    assert [state["#meta"]["index"] for state in states] == list(range(len(witness["steps"]) + 1))
    assert all(set(state) == {"#meta"} | set(trace["vars"]) for state in states)
    assert set(trace["#meta"]["varTypes"]) == set(trace["vars"])
    assert [state["thread"] for state in states] == [""] + [f"T{thread}" for thread in witness["steps"]]
    assert all(registers == {"ax": 7} for registers in states[0]["registers"].values())
    for before, after in zip(states, states[1:]):
        check_effect(before, after, after["thread"], after["operation"])
    assert states[-1]["counter"] == witness["value"]

def check_timeline():
    events = trace["traceEvents"]
    steps = [event for event in events if event["ph"] == "X"]
    assert [event["tid"] - 1 for event in steps] == witness["steps"]
    assert [event["ts"] for event in steps] == list(range(len(steps)))
    assert sum(event["name"] == "preemption" for event in events) == witness["preemptions"]
    stores = {event["ts"] + 1: event["args"]["writes"]["counter"] for event in steps if event["args"]["writes"]}
    counter, shown = {event["ts"]: event["args"]["value"] for event in events if event["ph"] == "C"}, 0
    for time in range(len(steps) + 1):
        shown = counter.get(time, shown)
        assert time not in stores or stores[time] == shown
    assert shown == witness["value"]
    names = {event["tid"]: event["args"]["name"] for event in events if event["name"] == "thread_name"}
    assert names == {1: "T0", 2: "T1"}
    for event in (event for event in events if event["name"] == "preemption"):
        assert event["tid"] == steps[event["ts"] - 1]["tid"]
        assert event["args"]["to"] == names[steps[event["ts"]]["tid"]] != names[event["tid"]]

{"itf": check_itf, "timeline": check_timeline}[sys.argv[1]]()
END
}

# traced FORMAT: the minimum of 2x10, against racecheck's own witness for it. What is in the registers first plays no part.
traced() {
    "$RACECHECK" --threads 2 --iters 10 --quiet --witness witness.json &&
        "$exporter" "$1" unlocked 2 10 free %ax=7 >trace.json && valid "$1.schema.json" trace.json && told "$1"
}

# valid_traces FORMAT: the documents for some other witnesses keep to its schema.
valid_traces() {
    "$exporter" "$1" deadlock 2 2 free >mutexes.json && "$exporter" "$1" pipeline 2 2 free >queues.json &&
        "$exporter" "$1" io-starvation 2 2 tick quantum=3 >returns.json &&
        valid "$1.schema.json" mutexes.json queues.json returns.json
}

strange_names() {
    printf '.var thread 2\n.var registers\n.thread a\nadd $9223372036854775807, 2000\nadd $1, thread[1]\nfetchadd %%bx, registers\n' \
        >strange.s
    "$exporter" itf strange.s 1 1 free >trace.json && valid itf.schema.json trace.json &&
        "$python" -c '
import json
trace = json.load(open("trace.json"))
assert sorted(trace["vars"]) == ["operation", "registers", "registers_", "thread", "thread_", "word_2000"], trace["vars"]
last = trace["states"][-1]
assert last["word_2000"] == {"#bigint": "9223372036854775807"}
assert last["thread_"] == {"#map": [[{"#bigint": "0"}, {"#bigint": "0"}], [{"#bigint": "1"}, {"#bigint": "1"}]]}
'
}

# ---- The tests -------------------------------------------------------------------------------------------------------

why=
[ -x "$exporter" ] || why='tests/whole/exporter needs CUnit'
if [ -n "$why" ] || ! command -v spin >/dev/null || ! command -v "$cc" >/dev/null; then
    skip 'SPIN agrees' "${why:-there is no spin, or no compiler for what it writes}"
else
    agree_about unlocked tick quantum=2 pick=any phase=any
    agree_about lock parallel lag=3 offset=1,0
    agree_about atomic preemptions bound=0
    agree_about cas signal quantum=4 pick=round-robin arrival=any
    agree_about deadlock tick quantum=3 pick=any phase=0
    agree_about ordered-locks parallel lag=2 offset=2,0
    agree_about semaphore preemptions bound=1
    agree_about pipeline signal quantum=4 pick=round-robin arrival=1
    agree_about processes tick quantum=2 pick=any phase=0
    agree_about twin-cores signal quantum=4 pick=round-robin arrival=any
    agree_about late-start tick quantum=5 pick=any phase=3
    agree_about io-starvation parallel lag=2 offset=0,1
    long agreement unlocked 2 2 signal quantum=4 pick=any arrival=any
    agreement pipeline 2 2 parallel lag=3 offset=0,1,2
    long agreement io-starvation 2 2 tick quantum=2 pick=round-robin phase=any
    long agreement unlocked 3 1 signal quantum=3 pick=round-robin phase=any
    long agreement unlocked 3 1 parallel lag=2 offset=2,0,1
    write_programs
    for model in two-conditions condition-variable readers-writers barrier double-barrier peterson dekker bakery ticket test-and-set; do
        agreement $model 2 1 free
    done
    agreement dining 3 1 free POLITE=0
    long agreement dining 3 1 free POLITE=1
    agreement print-order 3 1 free B=1 C=1
    agreement gil-ticks 2 1 free CHECK=2 WAKE=1
    agreement gil-ticks 2 1 free CHECK=1 WAKE=0
    agreement gil-ticks-pair 2 1 free WORK=2
    agreement gil-ticks-io 2 1 free REQUESTS=1
    agreement gil-interval 2 1 free WORK=2 INTERVAL=1
    agreement gil-interval-io 2 1 free REQUESTS=1 INTERVAL=1
    agreement gil-interval-three 2 1 free WORK=1 INTERVAL=1
    agreement many.s 3 2 free
    agreement bank-transfer 2 1 free LOCKED=0
    long agreement bank-transfer 2 1 free LOCKED=1
    agreement condition-variable 2 1 free SPURIOUS=1
    long agreement condition-variable 2 1 tick quantum=3 pick=round-robin phase=0 SPURIOUS=1
    long agreement two-conditions 2 1 parallel lag=2 offset=0
    agreement double-barrier 2 1 signal quantum=4 pick=any arrival=any
    long agreement readers-writers 2 1 preemptions bound=1
    agreement join.s 3 1 preemptions bound=1
    long agreement barrier 3 1 tick quantum=2 pick=any phase=1
    agreement unlocked 2 1 free observe=T0.%ax,counter
    long agreement stretches.s 2 1 free
    agreement stretches.s 3 1 free
    long agreement stretches.s 2 1 tick quantum=4 pick=any phase=1
    agreement stretches.s 2 1 parallel lag=2 offset=1,0
    long agreement stretches.s 2 1 preemptions bound=1
    agreement failing-stretches.s 3 1 free
    long agreement failing-stretches.s 2 1 tick quantum=2 pick=any phase=0
    long agreement failing-stretches.s 2 1 signal quantum=3 pick=any arrival=any
    agreement failing-stretches.s 2 1 preemptions bound=1
    long agreement failing-stretches.s 2 1 parallel lag=2 offset=0
    for name in arrays conditions later recursive errors barrier-last overlap; do
        agreement $name.s 2 1 free
        long agreement $name.s 3 1 parallel lag=2 offset=0
        long agreement $name.s 3 1 free
    done
    for seed in 1 2; do
        agreement "random:$seed" 2 1 tick quantum=2 pick=round-robin
        agreement "random:$seed" 2 1 parallel lag=3 offset=1,0
        long agreement "random:$seed" 2 1 preemptions bound=1
    done
    agreement random:283 2 1 signal quantum=3 pick=any arrival=any # a condition with a difference, as an argument
    seed=10
    while [ $seed -lt "$seeds" ]; do
        agreement "random:$seed" 2 1 free
        long agreement "random:$seed" 2 1 signal quantum=3 pick=any arrival=any
        seed=$((seed + 1))
    done
    work claims hang.s --assert terminates --assert 'n == 1' --assert 'possible n == 2' --assert 'always go <= 1 && 1 / n > 5'
    work claims hang.s --fairness weak --assert terminates --assert 'go == 1 leads-to n == 1' --assert 'go == 0 leads-to go >= 0'
    work claims --model peterson --fairness weak --assert exclusive --assert terminates --assert 'wants[0] == 1 leads-to wants[0] == 0'
    work claims --model test-and-set --fairness weak --assert terminates --assert 'counter == 1 leads-to counter == 2'
    long work claims --model bakery --iters 2 --assert 'bypass T0 <= 0' --assert 'bypass T1 <= 1'
    long work claims queue-up.s --fairness weak --assert terminates --assert 'bypass b <= 0'
    long work claims queue-up.s --fairness strong --assert terminates --assert 'done == 0 leads-to done == 1'
    work claims queue-up.s --fairness strong --scheduler tick --quantum 3 --assert terminates --assert 'done == 0 leads-to done == 1'
    work claims stretches.s --threads 2 --fairness strong --assert terminates --assert 'always held == 0 || n <= 4' --assert 'held == 1 leads-to n > 3' --assert 'output != "2+"'
    work claims failing-stretches.s --threads 2 --scheduler parallel --lag 2 --assert no-error --assert 'always n < 3' --assert 'n == 1 leads-to t[1] == 1'
    long work claims --model print-order --define B=1 --assert 'output != "BACABC"' --assert 'possible output == "ABCABC"'
    work claims many.s --iters 2 --threads 3 --assert 'output != "aa"' --assert 'possible output == "a0a0a1a1a2a2"'
    work claims --bytecode "$(cd "$top" && pwd)/tests/cases/python/elsewhere/lost-3.9.json" --print line --assert no-deadlock
    work claims letters.s --assert no-error
    long work claims endless.s --fairness weak --assert 'always n <= 1 && n >= -1' --assert 'n == 1 leads-to n == 0'
    work claims overlap.s --threads 2 --assert exclusive --assert 'T0.%ax + T1.%ax == 2 || n == 2' \
        --assert 'always T0.%ax <= 1'
    for fairness in weak strong; do
        work claims errors.s --threads 2 --fairness $fairness --assert no-error --assert terminates --assert 'n == 1 leads-to n == 3' --assert 'value != 3'
    done
    work claims barrier-last.s --threads 3 --assert no-deadlock --assert 'possible n == 3'
    if [ -n "${LONG_TESTS-}" ]; then
        for model in $(models); do
            work claims --model "$model" --iters 1 --assert no-error --assert no-deadlock --assert terminates
        done
    fi
    tell
    missing >problems
    [ ! -s problems ]
    result $? 'no model of the catalogue is missing'
    attained >problems 2>&1
    result $? 'SPIN refutes a minimum that is one too high'
    greatest >problems 2>&1
    result $? 'SPIN refutes that the maximum is never attained'
    trail >problems 2>&1
    result $? "SPIN's trail ends with the minimum"
    reduced >problems 2>&1
    result $? 'partial-order reduction finds fewer states and the same answer'
    deadlocked >problems 2>&1
    result $? 'SPIN finds the deadlock where it is not told to overlook it'
    overflowing >problems 2>&1
    result $? 'a value beyond 32 bits violates an assertion'
    refused
    result $? 'a claim beyond 32 bits is refused'
fi

if [ -n "$why" ] || [ -z "$python" ]; then
    skip 'traces for other tools' "${why:-there is no Python with jsonschema}"
else
    for format in itf timeline; do
        traced $format >problems 2>&1
        result $? "$format: the witness of 2x10, step by step"
        valid_traces $format >problems 2>&1
        result $? "$format: with mutexes, queues, returns"
    done
    strange_names >problems 2>&1
    result $? 'itf: names that are taken, words without a name, arrays and large values'
fi
finish
