#!/bin/sh
# test_assign.sh: racecheck assign, from the command line to the folder; prints TAP.
set -u
: "${RACECHECK:?must name the program}"
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 99

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-assign.XXXXXX") || exit 99
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work" || exit 99

tests=0
failures=0

# check NAME COMMAND...: one test, which passes where the command succeeds.
check() {
    name=$1
    shift
    tests=$((tests + 1))
    if "$@" >check.out 2>&1; then
        echo "ok $tests - $name"
    else
        failures=$((failures + 1))
        echo "not ok $tests - $name"
        head -n 20 check.out | sed 's/^/# /'
    fi
}

skip() {
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP $2"
}

kinds='values witness minimum count repair quantum outcomes outputs'
levels='easy medium hard'

# ---- Sets ---------------------------------------------------------------------------------------------------------

# class LEVEL: so many take part: a few, fewer with sanitizers, or with LONG_TESTS thirty.
few=6
[ -z "${SANITIZERS-}" ] || few=4
[ -z "${LONG_TESTS-}" ] || few=30
class() {
    if [ "$1" = medium ] && [ -z "${LONG_TESTS-}" ]; then echo $((2 * few)); else echo $few; fi
}

# Each of a class gets four files, all different answers, and nothing is left beside the folder.
whole_set() {
    count=$(class "$2")
    "$RACECHECK" assign --kind "$1" --difficulty "$2" --count "$count" --seed 2026 -o "$1-$2" >out || return 1
    grep -q "$count versions of kind $1, $2, seed 2026" out || return 1
    case $1 in repair | quantum) ;; *) grep -q " $count different answers" out || return 1 ;; esac
    [ "$(find "$1-$2" -type f | wc -l)" -eq $((4 * count + 3)) ] && [ "$(ls -A | grep -c '^\.racecheck')" -eq 0 ]
}

for kind in $kinds; do
    for level in $levels; do
        check "$(class "$level") versions of kind $kind, $level" whole_set "$kind" "$level"
    done
done

same_bytes() {
    "$RACECHECK" assign --kind "$1" --difficulty easy --count "$(class easy)" --seed 2026 -q -o again/"$1-easy" &&
        diff -r "$1-easy" again/"$1-easy"
}
mkdir again
for kind in $kinds; do
    check "the same seed makes the same bytes: $kind" same_bytes "$kind"
done

another_seed() {
    "$RACECHECK" assign --kind witness --count 1 --seed 2027 -q -o other || return 1
    ! cmp -s other/keys/s01.json witness-medium/keys/s01.json
}
check 'another seed makes other versions' another_seed

no_seed() {
    "$RACECHECK" assign --kind count --count 1 -o drawn1 && "$RACECHECK" assign --kind count --count 1 -o drawn2 || return 1
    seed=$(sed -n 's/.*"seed": "*\([0-9]*\)"*,.*/\1/p' drawn1/assignment.json)
    [ "$seed" != "$(sed -n 's/.*"seed": "*\([0-9]*\)"*,.*/\1/p' drawn2/assignment.json)" ] || return 1
    "$RACECHECK" assign --kind count --count 1 --seed "$seed" -q -o again/drawn1 && diff -r drawn1 again/drawn1
}
check 'without a seed one is drawn, with which the set can be made again' no_seed

# Who is appended to a roster changes nothing for those above.
appended() {
    { printf 'student\n'; for s in ann bea cid dan eve; do echo $s; done; } >five.csv
    head -n 4 five.csv >three.csv
    "$RACECHECK" assign --kind witness --difficulty easy --roster five.csv --seed 3 -q -o roster/hw && mv roster/hw roster/five &&
        "$RACECHECK" assign --kind witness --difficulty easy --roster three.csv --seed 3 -q -o roster/hw || return 1
    for s in ann bea cid; do
        cmp roster/hw/keys/$s.json roster/five/keys/$s.json && cmp roster/hw/handouts/$s.html roster/five/handouts/$s.html ||
            return 1
    done
}
mkdir roster
check 'appending students changes nothing for the others' appended

# ---- Rosters ------------------------------------------------------------------------------------------------------

# The same class, as different spreadsheets write it.
spreadsheets() {
    printf 'student,name\nann,"Lee, A"\nbob,B\n' >commas.csv
    printf 'sep=;\r\nName;Login\r\nLee, A;ann\r\nB;bob\r\n' >semicolons.csv
    printf '\357\273\277login\tname\nann\tLee, A\nbob\tB\n' >tabs.csv
    mkdir spreadsheets
    for roster in commas semicolons tabs; do
        "$RACECHECK" assign --kind values --roster $roster.csv --seed 1 -q -o spreadsheets/hw &&
            mv spreadsheets/hw spreadsheets/$roster || return 1
    done
    "$RACECHECK" assign --kind values --roster - --seed 1 -q -o spreadsheets/hw <commas.csv &&
        diff -r spreadsheets/commas spreadsheets/semicolons && diff -r spreadsheets/commas spreadsheets/tabs &&
        diff -r spreadsheets/commas spreadsheets/hw
}
check 'rosters of spreadsheets, and from standard input' spreadsheets

formulas() {
    printf 'student,name\nann,=1+1\nbob,"@SUM(1,2)"\ncid,-Cid\n' >formulas.csv
    "$RACECHECK" assign --kind values --roster formulas.csv --seed 1 -q -o formulas || return 1
    grep -q "^ann,'=1+1," formulas/index.csv && grep -q "^bob,\"'@SUM(1,2)\"," formulas/index.csv &&
        grep -q "^cid,'-Cid," formulas/index.csv && grep -qF '=1+1' formulas/handouts/ann.html
}
check 'names are no formulas in the index' formulas

# ---- What is handed out -------------------------------------------------------------------------------------------

# Markup in names is only text; an index of CSV keeps its commas.
names() {
    printf 'student,name\neve,"<script>alert(1)</script> & ""co"", *x*"\n' >names.csv
    "$RACECHECK" assign --kind values --roster names.csv --seed 1 --title '<b>1 & 2</b>' -q -o names || return 1
    ! grep -qi '<script\|<b>' names/index.html names/handouts/eve.html || return 1
    grep -q '&lt;script&gt;' names/handouts/eve.html && grep -q 'eve,"<script>alert(1)</script> & ""co"", \*x\*",' names/index.csv
}
check 'names and titles are only text' names

# A class without names has no column for them; nothing is linked twice.
columns() {
    ! grep -q '<th scope="col">Name' witness-medium/index.html && grep -q '<th scope="col">Name' names/index.html &&
        [ "$(grep -o 'keys/s01.json' repair-hard/index.html | wc -l)" -eq 1 ]
}
check 'an index has no empty column and no link twice' columns

# What a handout says of a semaphore is said of its own.
semaphores() {
    cat ./*-*/handouts/*.md | awk '
        /^# / { declared = "\n" }
        /^\.semaphore / { declared = declared $0 "\n"; count++ }
        / is a semaphore / { said++; split($0, part, "`"); if (index(declared, "\n" part[2] "\n") == 0) wrong++ }
        END { exit count == 0 || wrong > 0 || said != count }'
}
check 'handouts explain the semaphore that is there' semaphores

# Every rule that is checked is stated, and those of the program that it is about.
rules() {
    for words in 'All schedules are tried' 'other first values of' 'Each thread still does its own work' \
        'one critical section for' 'there are at most 3 instructions' 'All instructions may be used' 'no deadlock'; do
        grep -L "$words" repair-*/handouts/*.md | cmp - /dev/null || return 1
    done
    grep -l '^\.main' repair-*/handouts/*.md >with_main
    grep -L '^\.main' repair-*/handouts/*.md >with_names
    [ -s with_main ] && [ -s with_names ] && grep -l 'another number of threads' repair-*/handouts/*.md | cmp - with_main &&
        grep -l 'keep their names' repair-*/handouts/*.md | cmp - with_names
}
check 'handouts of repairs state the rules' rules

# Nothing from elsewhere is loaded by a page, and none has a script.
self_contained() {
    ! grep -El '<script|<link|src=|https?://|@import|url\(' */handouts/*.html */index.html
}
check 'pages are self-contained' self_contained

# What gives answers away is for its owner, whatever the umask; what is for students has what the umask leaves.
closed() {
    for mask in 000 022 077; do
        rm -rf closed
        (umask $mask && "$RACECHECK" assign --kind values --count 1 --seed 1 -q -o closed) || return 1
        (cd closed && stat -c '%a %n' keys keys/s01.json index.csv index.html assignment.json) >modes
        stat -c '%a' closed/handouts/s01.html closed/templates/s01.txt | sort -u >>modes
        handout=$(printf '%o' $((0666 & ~0$mask)))
        printf '%s\n' '700 keys' '600 keys/s01.json' '600 index.csv' '600 index.html' '600 assignment.json' "$handout" |
            diff modes - || return 1
    done
}
check 'keys, index and assignment are for their owner' closed

# Nobody could be told, but the set is there.
untold() {
    "$RACECHECK" assign --kind values --count 2 --seed 1 -o untold >/dev/full 2>err
    [ $? -eq 2 ] && grep -q 'standard output: cannot write everything: .*; the set is complete: untold$' err && [ -f untold/keys/s02.json ]
}
if [ -c /dev/full ]; then
    check 'a set of which nobody could be told stays' untold
else
    skip 'a set of which nobody could be told stays' 'there is no /dev/full'
fi

# No line of a model answer stands in a handout or a template. (Of repairs: the repaired program as a whole.)
nothing_given_away() {
    for kind in values witness minimum count quantum outcomes outputs; do
        for level in $levels; do
            for student in s01 ${LONG_TESTS:+s02 s03}; do
                sed -n 's/^ *"answer": "\(.*\)",*$/\1/p' "$kind-$level/keys/$student.json" | sed 's/\\n/\
/g' | sed -n '3,$p' | grep . >lines
                [ -s lines ] || return 1
                ! grep -qFf lines "$kind-$level/handouts/$student.md" "$kind-$level/handouts/$student.html" \
                    "$kind-$level/templates/$student.txt" || return 1
            done
        done
    done
    ! grep -l '2026\|preemptions=\|"result"' ./*/handouts/* ./*/templates/*
}
check 'handouts give no answer and no seed away' nothing_given_away

schemas() {
    "$PYTHON" - "$top" <<'END'
import glob, json, pathlib, sys
import jsonschema

schemas = {path.as_uri(): json.loads(path.read_text()) for path in pathlib.Path(sys.argv[1], "docs").glob("*.schema.json")}
store = {**schemas, **{schema["$id"]: schema for schema in schemas.values() if "$id" in schema}}

def validator(name):
    uri = pathlib.Path(sys.argv[1], "docs", name + ".schema.json").as_uri()
    return jsonschema.Draft7Validator(schemas[uri], resolver=jsonschema.RefResolver(uri, schemas[uri], store=store))

# What a key holds beside its own words: what racecheck itself would write.
validators = {name: validator(name) for name in ("key", "assignment", "result", "sweep", "witness")}
keys, witnesses = glob.glob("*-*/keys/s0*.json"), 0
assert len(keys) >= 100
for path in keys:
    key = json.load(open(path))
    validators["key"].validate(key)
    if key["result"] is not None:
        validators[key["result"]["format"].removeprefix("racecheck-")].validate(key["result"])
        for witness in key["result"].get("witnesses", []):
            validators["witness"].validate(witness)
            witnesses += 1
            with open(f"key-witness.{witnesses}.json", "w") as out:
                json.dump(witness, out)
assert witnesses > 0
for path in glob.glob("*-*/assignment.json"):
    validators["assignment"].validate(json.load(open(path)))
END
}

replayed() {
    number=0
    for witness in key-witness.*.json; do
        number=$((number + 1))
        [ -n "${LONG_TESTS-}" ] || [ $((number % 25)) -eq 0 ] || continue
        "$RACECHECK" replay "$witness" >out 2>&1 || { echo "replay of $witness: status $?"; cat out; return 1; }
    done
}
if [ -n "${PYTHON:-}" ] && [ -f "$top/docs/key.schema.json" ]; then
    check 'keys and assignments, and the results in keys, fit their schemas' schemas
    check 'the witnesses in keys can be replayed' replayed
else
    skip 'keys and assignments, and the results in keys, fit their schemas' 'there is no Python with jsonschema'
    skip 'the witnesses in keys can be replayed' 'there is no Python with jsonschema'
fi

# ---- The grader ----------------------------------------------------------------------------------------------------

# Hands in the model answers of a set.
hand_in() {
    mkdir "$2" || return 1
    sed -n 's/^ *"answer": "\(.*\)",*$/\1/p' "$1"/keys/*.json | sed 's/\\"/"/g' >all_answers
    for key in "$1"/keys/*.json; do
        student=${key##*/}
        IFS= read -r answer && printf '%b' "$answer" >"$2/${student%.json}.txt"
    done <all_answers
}

full_points() {
    count=$(class "${1#*-}")
    hand_in "$1" "$1-answers" && "$RACECHECK" grade "$1" "$1-answers" >grades &&
        grep -q "^$count submissions, $count with all points" grades
}
for kind in $kinds; do
    for level in $levels; do
        check "model answers get all points: $kind, $level" full_points "$kind-$level"
    done
done

# The templates as they were handed out are no answers.
templates() {
    for kind in $kinds; do
        "$RACECHECK" grade --fail-below 10 "$kind-medium" "$kind-medium/templates" >grades && return 1
        grep -q ', 0 with all points' grades || return 1
    done
}
check 'an empty template gets no full points' templates

# examples/course is what these commands make, and its grades are those of today.
example() {
    cp -R "$top/examples/course" example && chmod -R u+w example && cd example || return 1
    good=true
    while read -r folder kind level title; do
        mv "$folder" old-"$folder"
        "$RACECHECK" assign --kind "$kind" --difficulty "$level" --roster seminar.csv --seed 1 --title "$title" -q \
            -o "$folder" && diff -r "$folder" old-"$folder" &&
            "$RACECHECK" grade "$folder" "submissions/$folder" | diff - "grades/$folder.txt" || good=false
    done <<'END'
hw1 witness easy Homework 1: a lost update
hw2 minimum medium Homework 2: how low can it get?
hw3 repair medium Homework 3: repair the program
END
    cd .. && $good
}
check 'the example course is what it says' example

# ---- What is wrong -------------------------------------------------------------------------------------------------

# refuses NAME STATUS WORDS ARGUMENT...: the command fails with one line that has these words, and writes nothing.
refuses() {
    name=$1 status=$2 words=$3
    shift 3
    check "$name" refuses_so "$status" "$words" "$@"
}
refuses_so() {
    expected=$1 words=$2
    shift 2
    ls -AR . >before
    "$RACECHECK" assign "$@" >out 2>err
    got=$?
    rm -f out
    cat err
    [ $got -eq "$expected" ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$words" err || return 1
    ls -AR . >after
    sed -i '/^before$/d;/^after$/d;/^err$/d;/^out$/d' before after
    cmp before after
}
: >err
refuses 'no kind' 2 'assign needs --kind' --count 3 --seed 1 -o x
refuses 'an unknown kind' 2 "'essay' is unknown" --kind essay --count 3 -o x
refuses 'an unknown level' 2 "'brutal' is unknown" --kind values --difficulty brutal --count 3 -o x
refuses 'nobody takes part' 2 '--roster FILE or --count N' --kind values --seed 1 -o x
refuses 'both roster and count' 2 'expected one of them' --kind values --count 3 --roster five.csv -o x
refuses 'no students' 2 'out of range' --kind values --count 0 -o x
refuses 'no folder' 2 'assign needs -o FOLDER' --kind values --count 3 --seed 1
refuses 'standard output' 2 'assign needs -o FOLDER' --kind values --count 3 --seed 1 -o -
refuses 'a negative seed' 2 'out of range' --kind values --count 3 --seed -1 -o x
refuses 'an operand' 2 'assign takes no operand' --kind values --count 3 --seed 1 -o x y
refuses 'a folder that is there' 2 'is there already (expected a folder that is not there yet, or is empty)' --kind values --count 3 --seed 1 -o witness-medium
refuses 'a file that is there' 2 'is there already' --kind values --count 3 --seed 1 -o five.csv
refuses 'a folder in a folder that is not there' 2 'No such file' --kind values --count 3 --seed 1 -o nowhere/x
refuses 'a roster that is not there' 2 'cannot be read' --kind values --roster none.csv --seed 1 -o x
refuses 'a measure that the kind has not' 2 "'quanta' is not measured of kind values" --kind values --measure quanta=3 --count 3 -o x
refuses 'a measure that is no range' 2 'is no bound' --kind values --measure steps=9..5 --count 3 -o x
refuses 'bounds that cannot be met' 2 'loosen it, as with --measure values=' --kind values --measure values=60..70 --count 3 --seed 1 -o x
refuses 'answers that must repeat' 2 'has an answer that somebody else has' --kind count --difficulty easy --measure schedules=20 --count 30 --seed 1 -o x
printf 'student\nbob\nbob\n' >twice.csv
refuses 'a student who stands twice' 2 'stands in line' --kind values --roster twice.csv --seed 1 -o x
printf 'student,name\nzoe,Zo\353\n' >latin.csv
refuses 'a roster in Latin-1' 2 'latin.csv:2:7: the byte 0xEB is no text in UTF-8' --kind values --roster latin.csv --seed 1 -o x
printf 'name;section\nA;1\n' >nobody.csv
refuses 'a roster without identifiers' 2 "'login'" --kind values --roster nobody.csv --seed 1 -o x
printf 'student\n../../bob\n' >path.csv
refuses 'an identifier that is a path' 2 'cannot be an identifier' --kind values --roster path.csv --seed 1 -o x

repeats() {
    "$RACECHECK" assign --kind count --difficulty easy --measure schedules=20 --allow-repeats --count 30 --seed 1 -o repeats &&
        cut -d , -f 10 repeats/index.csv | grep -q '^s[0-9]'
}
check 'answers may repeat where that is allowed' repeats

empty_folder() {
    mkdir empty && "$RACECHECK" assign --kind values --count 2 --seed 1 -q -o empty/ && [ -f empty/keys/s02.json ]
}
check 'an empty folder is filled' empty_folder

# A full disk: nothing is left behind.
full_disk() {
    mkdir full
    (
        ulimit -f 8
        "$RACECHECK" assign --kind values --count 30 --seed 1 -q -o full/x
    ) 2>err
    [ $? -eq 2 ] && grep -q 'cannot be written' err && [ -z "$(ls -A full)" ]
}
check 'files that cannot grow leave nothing behind' full_disk

# Whether a process has a handler of SIGTERM, or a thread that waits for it.
looks_after_signals() {
    for mask in $(sed -n 's/^Sig[BC][lg][kt]:.//p' "/proc/$1/status"); do
        [ $((0x$mask >> 14 & 1)) -eq 0 ] || return 0
    done
    return 1
}

# An interrupt, too.
interrupt() {
    mkdir stopped
    "$RACECHECK" assign --kind minimum --difficulty hard --count 5000 --seed 1 -q -o stopped/x 2>err &
    child=$!
    until looks_after_signals $child || ! kill -0 $child; do
        sleep 0.05
    done
    sleep 0.2
    kill -TERM $child
    wait $child
    [ $? -eq 130 ] && grep -q 'interrupted, nothing was written' err && [ -z "$(ls -A stopped)" ]
}
check 'an interrupt leaves nothing behind' interrupt

echo "1..$tests"
[ "$failures" -eq 0 ]
