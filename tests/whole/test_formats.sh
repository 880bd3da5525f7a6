#!/bin/sh
# test_formats.sh: what racecheck writes for other programs, read by other programs; prints TAP.
#
# JSON is held against the schemas of docs/ by a validator, each witness is replayed, each drawing goes through dot, and
# everything is written several times, by one thread and by two, and must be the same byte for byte.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:?}
python=${PYTHON-python3}
dot=${DOT-dot}

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-formats.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work" || exit 99
export LC_ALL=C

. "$top/tests/support/tap.sh"

# valid [SCHEMA FILE...]...: whether the validator takes the files; each belongs to the schema that was named last.
valid() {
    "$python" - "$top/docs" "$@" <<'END'
import json, pathlib, sys
import jsonschema

docs, errors = pathlib.Path(sys.argv[1]), []
schemas = {path.name: json.loads(path.read_text()) for path in docs.glob("*.schema.json")}
# A schema may refer to its neighbours by their file names or by their $id.
store = {(docs / key).as_uri(): value for key, value in schemas.items()}
store.update({value["$id"]: value for value in schemas.values() if "$id" in value})

def validator_for(name):
    schema = schemas[name]
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, resolver=jsonschema.RefResolver(schema.get("$id", (docs / name).as_uri()), schema, store=store))

for name in sys.argv[2:]:
    if name in schemas:
        validator = validator_for(name)
    else:
        errors += [(name, error) for error in validator.iter_errors(json.load(open(name)))]
for instance, error in errors[:10]:
    print(instance + ": " + "/".join(map(str, error.absolute_path)) + ": " + error.message[:300])
sys.exit(1 if errors else 0)
END
}

# Writes each witness of result.json as a file of its own, witness.NUMBER.json; says how many.
split_witnesses() {
    rm -f witness.*.json
    "$python" - <<'END'
import json
witnesses = json.load(open("result.json"))["witnesses"]
for number, witness in enumerate(witnesses):
    json.dump(witness, open(f"witness.{number}.json", "w"))
print(len(witnesses))
END
}

replay_all() {
    for witness in witness.*.json; do
        "$RACECHECK" replay "$witness" >out 2>&1 || { echo "replay of $witness: status $?"; cat out; return 1; }
    done
}

# tamper CHANGE: witness.0.json with a change, as tampered.json.
tamper() {
    "$python" - "$1" <<'END'
import json, sys
witness = json.load(open("witness.0.json"))
steps = witness["steps"]
if sys.argv[1] == "thread":
    # The first step of another thread now belongs to the first one, which has finished before its last step then.
    other = next(i for i, thread in enumerate(steps) if thread != steps[0])
    steps[other] = steps[0]
elif sys.argv[1] == "value":
    witness["value"] += 1
    witness["values"] = [witness["value"]]
json.dump(witness, open("tampered.json", "w"))
END
}

# refused CHANGE PATTERN: replay does not take a witness with the change, and says what matches the pattern.
refused() {
    tamper "$1" || return
    "$RACECHECK" replay tampered.json >out 2>&1
    status=$?
    cat out
    [ $status -eq 1 ] && grep -q "$2" out
}

# looped FILE: whether each lasso of a result is a schedule whose loop can follow three times; says how many there were.
looped() {
    "$python" - "$1" <<'END' || return
import json, sys
result = json.load(open(sys.argv[1]))
result["program"]["text"] = open("program.s").read()
threads = [thread for thread in result["properties"]["starvation"]["threads"] if thread["starves"]]
for number, thread in enumerate(threads):
    steps = thread["stem"] + 3 * thread["loop"]
    json.dump({"format": "racecheck-witness", "version": 1, "program": result["program"], "scheduler": thread["scheduler"],
               "end": "deadlock", "value": None, "preemptions": None, "steps": steps}, open(f"lasso.{number}.json", "w"))
    print("lasso of", thread["thread"])
END
    for lasso in lasso.*.json; do
        # It can be executed, and does not end.
        "$RACECHECK" replay "$lasso" 2>&1 | tr '\n' ' ' >out
        grep -q 'REFUTED: the schedule is possible, but it stops before the program ends' out || { cat out; return 1; }
    done
}

same() {
    rm -rf run1 run2 run3
    for run in 1 2 3; do
        mkdir run$run
        (cd run$run && "$RACECHECK" --jobs $((run % 2 + 1)) "$@" \
            --witness witness.json --json result.json --dot witness.dot >text 2>messages) || { cat run$run/messages; return 1; }
    done
    [ -s run1/text ] && [ -s run1/result.json ] && [ -s run1/witness.dot ] && [ -s run1/witness.json ] &&
        diff -r run1 run2 && diff -r run1 run3
}

# drawn NAME ARGUMENT...: dot takes the drawing that the arguments write as picture.dot, without a word.
drawn() {
    name=$1
    shift
    if [ -z "$dot" ]; then
        skip "$name" 'there is no dot'
        return
    fi
    rm -f picture.dot
    "$RACECHECK" "$@" >out 2>problems && "$dot" -Tsvg -o picture.svg picture.dot >>problems 2>&1 &&
        grep -q '</svg>' picture.svg && ! [ -s problems ]
    result $? "$name"
}

# formats NAME ARGUMENT...: the tests for one run.
formats() {
    name=$1
    shift
    if [ -z "$python" ]; then
        skip "$name: JSON keeps to its schema, and so do witnesses" 'there is no Python with jsonschema'
        skip "$name: every witness can be replayed" 'there is no Python with jsonschema'
    else
        "$RACECHECK" "$@" --witnesses all --json - >result.json 2>problems && count=$(split_witnesses 2>problems) && [ "$count" -gt 0 ] &&
            valid result.schema.json result.json witness.schema.json witness.*.json >problems 2>&1
        result $? "$name: JSON keeps to its schema, and so do witnesses"
        replay_all >problems 2>&1
        result $? "$name: every witness can be replayed"
    fi
    same "$@" >problems 2>&1
    result $? "$name: equal runs write equal bytes"
    drawn "$name: dot takes the witness" "$@" --dot picture.dot
}

cat >overlap.s <<'END'
# overlap.s: a flag is no lock
.var count
.var flag
.main
.again
    mov flag, %bx
    test $1, %bx
    je .again
    mov $1, flag
    .critical
    add $1, count
    .endcritical
    mov $0, flag
END

cat >loop.s <<'END'
# loop.s: a counter in a loop
.main
.top
    mov 2000, %ax
    add $1, %ax
    mov %ax, 2000
    sub $1, %bx
    test $0, %bx
    jgt .top
END

cat >stuck.s <<'END'
# stuck.s: who comes last waits for ever
.var counter
.main
    mov counter, %bx
.wait
    mov counter, %ax
    test $1, %ax
    je .wait
    add $1, %bx
    mov %bx, counter
END

long formats '2x1' --threads 2 --iters 1
formats '2x10' --threads 2 --iters 10
long formats '3x2' --threads 3 --iters 2
formats 'lock' --model lock --threads 2 --iters 3
long formats 'atomic' --model atomic --threads 3 --iters 2
formats 'tick' --scheduler tick --quantum 4 --phase any --iters 3
formats 'parallel' --scheduler parallel --lag 4 --offset 0,1 --iters 3
long formats 'preemptions' --scheduler preemptions --bound 3 --iters 3
formats 'signal' --scheduler signal --quantum 9 --phase any --pick round-robin --iters 3
formats 'a deadlock' --model deadlock --iters 2 --fairness strong
long formats 'a starving thread' --model io-starvation --iters 2
long formats 'an overlap' "$work/overlap.s" --fairness weak
long formats 'registers' "$work/loop.s" --register bx=1,bx=2 --observe 2000
long formats 'two files' "$work/overlap.s" "$work/loop.s" -a bx=2
cases=$top/tests/cases
formats 'several variables' "$cases/observe/pair/pair.s" --observe a,b
long formats 'registers at the end' "$cases/observe/registers/registers.s" --observe T0.%ax,x
long formats 'nothing observed' "$cases/observe/nothing/locks.s"
formats 'choices' "$cases/observe/choices/choose.s"
formats 'conditions, barriers and so on' "$cases/observe/synchronisation/all.s"
formats 'output' "$cases/output/printed/two.s"
long formats 'output beside a variable' "$cases/output/printed/two.s" --observe x,output
formats 'many outputs' "$cases/output/many-outputs/three.s"
long formats 'infinitely many outputs' "$cases/output/many-outputs/lengths.s"

drawn 'dot takes what is printed' "$cases/output/printed/two.s" --behaviour picture.dot
drawn 'dot takes what is printed for ever' "$cases/output/many-outputs/endless.s" --behaviour picture.dot
drawn 'dot takes the state graph of 2x1' --threads 2 --iters 1 --graph picture.dot
drawn 'dot takes the state graph under a scheduler' --threads 2 --iters 1 --scheduler tick --quantum 2 --phase any --graph picture.dot
drawn 'dot takes the state graph with locks' --model lock --threads 2 --iters 1 --graph picture.dot

if [ -z "$python" ]; then
    skip 'incomplete results keep to the schema' 'there is no Python with jsonschema'
    skip 'a witness is a file of its own' 'there is no Python with jsonschema'
    skip 'a step that was tampered with is named' 'there is no Python with jsonschema'
    skip 'a value that was tampered with is noticed' 'there is no Python with jsonschema'
    skip 'a sweep keeps to its schema' 'there is no Python with jsonschema'
    skip 'a sweep with points that failed keeps to its schema' 'there is no Python with jsonschema'
    skip 'a schedule that was given keeps to the schema' 'there is no Python with jsonschema'
    skip 'probabilities that do not add up to 1 keep to the schema' 'there is no Python with jsonschema'
    skip 'approximate probabilities keep to the schema' 'there is no Python with jsonschema'
    skip 'the lasso of a model can be gone round' 'there is no Python with jsonschema'
    skip 'the lassos of a file can be gone round' 'there is no Python with jsonschema'
    skip 'the schema of starvation refuses what means nothing' 'there is no Python with jsonschema'
    skip 'samples keep to their schema' 'there is no Python with jsonschema'
    skip 'detection and events by outcome keep to the schema' 'there is no Python with jsonschema'
else
    "$RACECHECK" --threads 3 --iters 5 --slice off --max-states 10 --json - >result.json 2>problems
    [ $? -eq 3 ] && grep -q '"complete": *false' result.json && valid result.schema.json result.json >problems 2>&1
    result $? 'incomplete results keep to the schema'

    "$RACECHECK" --threads 2 --iters 10 --quiet --witness witness.0.json >problems 2>&1 &&
        valid witness.schema.json witness.0.json >problems 2>&1 && "$RACECHECK" replay witness.0.json >problems 2>&1
    result $? 'a witness is a file of its own'

    refused thread 'step [0-9]' >problems 2>&1
    result $? 'a step that was tampered with is named'
    refused value 'claimed was counter = 3' >problems 2>&1
    result $? 'a value that was tampered with is noticed'

    "$RACECHECK" sweep quantum=1..6 threads=2,3 --scheduler tick --iters 2 --quiet --json sweep.json >problems 2>&1 &&
        valid sweep.schema.json sweep.json >problems 2>&1
    result $? 'a sweep keeps to its schema'
    "$RACECHECK" sweep iters=1,2,1000000000000000001 --slice off --max-states 50 --quiet --json sweep.json >problems 2>&1
    [ $? -eq 2 ] && grep -q '"status": 3' sweep.json && grep -q '"result": null' sweep.json &&
        valid sweep.schema.json sweep.json >problems 2>&1
    result $? 'a sweep with points that failed keeps to its schema'

    "$RACECHECK" --iters 2 --schedule 0011 --schedule-then round-robin --quiet --json result.json >problems 2>&1 &&
        valid result.schema.json result.json >problems 2>&1 && "$RACECHECK" replay result.json >problems 2>&1
    result $? 'a schedule that was given keeps to the schema'
    "$RACECHECK" stuck.s --quiet --json result.json >problems 2>&1 && grep -q '"random_endless": "1/8"' result.json &&
        valid result.schema.json result.json >problems 2>&1
    result $? 'probabilities that do not add up to 1 keep to the schema'
    sed 's/    add $1, count/    mov count, %ax\n    add $1, %ax\n    mov %ax, count/' overlap.s >approximate.s
    "$RACECHECK" approximate.s --threads 4 --symmetry off --compute random --quiet --json result.json >problems 2>&1 &&
        grep -q '"random_error": [0-9.]*e-' result.json && valid result.schema.json result.json >problems 2>&1
    result $? 'approximate probabilities keep to the schema'

    rm -f lasso.*.json
    "$RACECHECK" models io-starvation >program.s
    "$RACECHECK" --model io-starvation --iters 3 --quiet --json result.json >problems 2>&1 && looped result.json >problems 2>&1 &&
        grep -q 'lasso of io' problems
    result $? 'the lasso of a model can be gone round'
    rm -f lasso.*.json
    cp overlap.s program.s
    "$RACECHECK" overlap.s --fairness none --quiet --json result.json >problems 2>&1 && looped result.json >problems 2>&1 &&
        grep -q 'lasso of T1' problems
    result $? 'the lassos of a file can be gone round'
    # A thread that starves has no bound.
    sed 's/"steps": null/"steps": 5/' result.json >bounded.json
    if cmp -s result.json bounded.json || valid result.schema.json bounded.json >problems 2>&1; then false; else true; fi
    result $? 'the schema of starvation refuses what means nothing'

    for sample in '--iters 2 --runs 20' '--iters 2 --runs 3 --tester pct --depth 2' '--model deadlock --runs 9 --tester random-walk' \
        'overlap.s --runs 3 --tester random-walk --observe count,flag' 'stuck.s --runs 5 --tester random-walk'; do
        # shellcheck disable=SC2086 # several words
        "$RACECHECK" sample $sample --quiet --json sample.json >problems 2>&1 && valid sample.schema.json sample.json >problems 2>&1 ||
            break
    done
    result $? 'samples keep to their schema'
    "$RACECHECK" --model deadlock --iters 2 --compute detection,events --count waits --by-outcome --quiet --json result.json >problems 2>&1 &&
        valid result.schema.json result.json >problems 2>&1 &&
        "$RACECHECK" stuck.s --compute detection,events --count steps --by-outcome --quiet --json result.json >problems 2>&1 &&
        valid result.schema.json result.json >problems 2>&1
    result $? 'detection and events by outcome keep to the schema'
fi
finish
