#!/bin/sh
# test_grade.sh: racecheck grade as a whole: kinds of submissions, hostile ones among them, formats, and the archive for
# Gradescope; prints TAP.
set -u
: "${RACECHECK:?must name the program}"
top=$(cd "${top_srcdir:?}" && pwd)
python=${PYTHON-python3}

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-grade.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work" || exit 99
export LC_ALL=C

. "$top/tests/support/tap.sh"

# valid [SCHEMA FILE...]...: whether the validator takes all files; each belongs to the schema in docs/ that was named last.
valid() {
    "$python" - "$top/docs" "$@" >>problems 2>&1 <<'END'
import json, sys
import jsonschema

docs, errors, validator = sys.argv[1], [], None
for name in sys.argv[2:]:
    if name.endswith(".schema.json"):
        schema = json.load(open(f"{docs}/{name}"))
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        validator = kind(schema)
    else:
        errors += [(name, error) for error in validator.iter_errors(json.load(open(name)))]
for name, error in errors[:10]:
    print(name + ": " + "/".join(map(str, error.absolute_path)) + ": " + error.message[:300])
sys.exit(1 if errors else 0)
END
}

# ---- Assignments

race='.var counter\n.main\n.rept ITERS\n    mov counter, %ax\n    add $1, %ax\n    mov %ax, counter\n.endr\n'

exercise=$race
observed=counter

# key STUDENT KIND QUESTION ROW...: a key for the exercise with two threads and two iterations; two points a row.
key() {
    student=$1 key_kind=$2 key_question=$3
    shift 3
    scheduler='"kind": "free"'
    [ "$key_kind" != quantum ] || scheduler='"kind": "tick", "pick": "any", "phase": 0'
    json_rows=
    for row in "$@"; do
        json_rows="$json_rows${json_rows:+, }{\"row\": \"$row\", \"points\": 2}"
    done
    printf '%s\n' "{\"format\": \"racecheck-key\", \"version\": 1, \"student\": \"$student\", \"variant\": \"v1\", \"kind\": \"$key_kind\"," \
        "\"program\": {\"text\": \"$exercise\", \"threads\": 2, \"iters\": 2, \"observe\": \"$observed\", \"symbols\": {}}," \
        "\"scheduler\": {$scheduler}, \"question\": $key_question, \"rows\": [$json_rows]," \
        "\"difficulty\": {\"level\": \"easy\", \"measures\": []}, \"answer\": \"\", \"result\": null}"
}

# assignment FOLDER KIND POINTS QUESTION ROWS STUDENT...
assignment() {
    folder=$1 kind=$2 points=$3 question=$4 rows=$5
    shift 5
    mkdir -p "$folder/keys"
    list=
    for who in "$@"; do
        # shellcheck disable=SC2086 # one word a row
        key "$who" "$kind" "$question" $rows >"$folder/keys/$who.json"
        list="$list${list:+, }{\"student\": \"$who\", \"name\": \"Student $who\", \"variant\": \"v1\"}"
    done
    printf '%s\n' "{\"format\": \"racecheck-assignment\", \"version\": 1, \"name\": \"$folder\", \"title\": \"A lost update\"," \
        "\"kind\": \"$kind\", \"level\": \"easy\", \"seed\": 1, \"points\": $points, \"students\": [$list]}" >"$folder/assignment.json"
}

assignment witness witness 10 '{"value": 2}' 'form legal finished reaches fewest' alice bob carol dave erin frank alice.b
assignment repair repair 10 \
    '{"trials": [{"threads": 2, "iters": 2, "symbols": {}, "right": [4]}], "inside_most": 3, "instructions": null}' \
    'form works right live inside' a b c d e f g h i j k l m n o p

# grade ARGUMENT...: standard output in `out`, standard error in `problems`, exit status in $status.
grade() {
    "$RACECHECK" grade "$@" >out 2>problems
    status=$?
}

# states NAME STUDENT=STATE...: grades stand as they should in the JSON in `out`, as "graded 8"; of a student without a grade "none".
states() {
    name=$1
    shift
    "$python" - "$@" >problems 2>&1 <<'END'
import json, sys
grades, bad = json.load(open("out"))["grades"], False
for pair in sys.argv[1:]:
    student, _, wanted = pair.partition("=")
    got = " ".join(f'{g["state"]} {g["points"]}' for g in grades if g["student"] == student) or "none"
    if got != wanted:
        print(f"{student} is '{got}' and not '{wanted}'")
        bad = True
sys.exit(bad)
END
    result $? "$name"
}

# ---- Submissions

mkdir class
printf 'student: alice\nschedule: 0*5 1*6 0\n' >class/alice.txt
printf 'schedule: 0 1*5 0*5 1\n' >class/bob_12345_answer.txt
printf 'student: carol\nkind: witness\nschedule: A*6 B*6\n' >class/answer.txt
printf 'student: dave\nschedule: 0*999999999999\n' >class/dave.txt
"$RACECHECK" --threads 2 --iters 2 --value 2 --witness class/erin.json -q
printf 'student: alice\nschedule: 0*5 1*6 0\n' >class/frank.txt
printf 'schedule: 0*5 1*6 0\n' >class/unknown.txt
printf 'student: mallory\nschedule: 0*5 1*6 0\n' >class/mallory.txt
printf 'schedule: 0*5 1*6 0\n' >class/alice.b.txt
grade witness class --format json
[ $status -eq 0 ]
result $? 'grading a class is completed'
states 'each has the grade that is deserved' 'alice=graded 10' 'bob=graded 8' 'carol=graded 6' 'dave=unreadable 0' 'erin=graded 10' \
    'frank=conflict 0' 'alice.b=graded 10' 'mallory=none'
: >problems
"$python" - <<'END' >>problems 2>&1
import json
grades = json.load(open("out"))["grades"]
nobody = [g for g in grades if g["student"] is None]
assert [g["file"] for g in nobody] == ["mallory.txt", "unknown.txt"], nobody
assert all(g["state"] == "conflict" for g in nobody)
assert len(grades) == 9
END
result $? 'what is nobody'"'"'s is told at the end'
cp out first
grade witness class --format json --jobs 1
cmp out first >problems 2>&1
result $? 'the gradebook does not depend on the number of processes'

printf 'schedule: 0*5 1*6 0\n' >class/alice-2.txt
rm class/bob_12345_answer.txt
grade witness class --format json
states 'two files of one student are one conflict, and nothing is missing' 'alice=conflict 0' 'bob=missing 0'
rm class/alice-2.txt

grade witness class/alice.txt --fail-below 10
[ $status -eq 0 ] && grep -q '10 of 10' out
result $? 'one file, enough points'
grade witness class/carol.txt
[ $status -eq 2 ]
result $? 'a file that is not there is an error of usage'
grade witness class/answer.txt --fail-below 7
[ $status -eq 1 ]
result $? 'fewer points than --fail-below are status 1'
grade witness class --fail-below 11
[ $status -eq 1 ]
result $? '... also in a class'
grade nowhere class
[ $status -eq 2 ] && grep -q 'nowhere/assignment.json' problems
result $? 'an assignment that is not there is an error of usage'
cp -r witness broken
sed 's/"legal"/"sound"/' witness/keys/bob.json >broken/keys/bob.json
grade broken class
[ $status -eq 2 ] && grep -q 'broken/keys/bob.json: there is no row "sound"' problems
result $? 'a key that is broken is named'
# refuses_key WORDS SED NAME: a key that was changed is refused, with its name and these words.
refuses_key() {
    sed "$2" witness/keys/bob.json >broken/keys/bob.json
    grade broken class
    [ $status -eq 2 ] && [ ! -s out ] && grep -q "broken/keys/bob.json: $1" problems && [ "$(wc -l <problems)" -eq 1 ]
    result $? "... $3"
}
refuses_key "nothing can be graded with this key: unknown instruction 'nov'" 's/mov counter/nov counter/' \
    'one whose program is none'
refuses_key "nothing can be graded with this key: the exercise has no variable 'valve'" 's/"observe": "counter"/"observe": "valve"/' \
    'one that observes nothing'
refuses_key "nothing can be graded with this key: unknown scheduler 'fair'" 's/"kind": "free"/"kind": "fair"/' \
    'one without a scheduler'
refuses_key 'this is a key of kind count, and the assignment is of kind witness' \
    's/"kind": "witness"/"kind": "count"/; s/"rows": \[.*\]/"rows": [{"row": "form", "points": 2}, {"row": "count", "points": 8}]/' 'one of another kind'
refuses_key 'the rows of this key give 8 points, and the assignment says 10' 's/, {"row": "fewest", "points": 2}//' \
    'one of other points'
cp -r repair hopeless
sed 's/"right": \[4\]/"right": []/' repair/keys/a.json >hopeless/keys/a.json
grade hopeless class
[ $status -eq 2 ] && grep -q 'hopeless/keys/a.json: nothing can be graded with this key: no final value is right' problems
result $? '... one that nobody can answer'

# ---- Outcomes and outputs

# A key of which a number is not what is observed: outcomes of two variables, what is printed, and with a choice, which a schedule has to say.
exercise='.var a, 1\n.var b, 1\n.thread A\n    mov a, %ax\n    add b, %ax\n    mov %ax, a\n.thread B\n    mov b, %ax\n    add a, %ax\n    mov %ax, b\n'
observed=a,b
assignment pairs values 6 '{}' 'form possible complete' a b c d e
assignment pairs-count count 4 '{"value": "b=3,a=2"}' 'form count' a b
assignment pairs-least minimum 8 '{}' 'form value legal finished' a
exercise='.var x\n.main\n    fetchadd %ax, x\n    choose 1, 2, %bx\n    add %bx, x\n    print %bx\n'
observed=output
assignment prints values 6 '{}' 'form possible complete' a b c d
observed=output,x
assignment chosen witness 10 '{"value": "x=3,output=\"21\""}' 'form legal finished reaches fewest' a b c d
observed=output
exercise='.main\n.rept 7\n    print \"a\"\n    print \"b\"\n.endr\n'
assignment too-many values 6 '{}' 'form possible complete' a
exercise=$race
observed=counter

: >problems
valid key.schema.json pairs/keys/a.json pairs-count/keys/a.json prints/keys/a.json chosen/keys/a.json
result $? 'keys may ask for outcomes and outputs'

mkdir answers
printf 'values: a=2,b=2 a=2,b=3 a=3,b=2\n' >answers/a.txt
printf 'values: {a=2, b=2; b=3, a=2}\n' >answers/b.txt
printf 'values: a=2,b=2\n  a=3,b=3 a=2,b=3\n  a=3,b=2\n' >answers/c.txt
printf 'values: 2 3\n' >answers/d.txt
printf 'values: a=2\n' >answers/e.txt
grade pairs answers --format json
states 'outcomes are graded as a set, both ways' 'a=graded 6' 'b=graded 4' 'c=graded 4' 'd=unreadable 0' 'e=unreadable 0'
grade pairs answers --reveal
grep -q 'a = 3, b = 2 is possible and missing; a schedule that shows it: ' out && grep -q 'no schedule ends with a=3,b=3' out &&
    grep -q "line 1: '2' is no end (expected one like 'a=1,b=1')" out && grep -q 'line 1: what b is has to be said, too' out
result $? '... and it is said what is wrong, and what is missing'

printf 'count: 4\n' >answers/a.txt
printf 'count: 3\n' >answers/b.txt
grade pairs-count answers --format json
states 'schedules of an outcome are counted' 'a=graded 4' 'b=graded 2'
grade pairs-least answers
[ $status -eq 2 ] && grep -q 'a question of kind minimum is about one variable (observed: a,b)' problems
result $? 'a least value is one of a single variable'

printf 'values: 11 12 21 22\n' >answers/a.txt
printf 'values: "11", "12"; output="21"\n "22" "3\\n3"\n' >answers/b.txt
printf 'values: "11\n' >answers/c.txt
printf 'values: 11 21 22\n' >answers/d.txt
grade prints answers --format json
states 'outputs are graded as a set, both ways' 'a=graded 6' 'b=graded 4' 'c=unreadable 0' 'd=graded 4'
grade too-many answers
grep -q 'the exercise could not be analysed: there are too many outputs to tell them one by one' out
result $? 'outputs of which there are too many are not graded'

printf 'schedule: A A:1 A A B B B B\n' >answers/a.txt
printf 'schedule: A A:1 B B A A B B\n' >answers/b.txt
printf 'schedule: A*4 B*4\n' >answers/c.txt
rm answers/d.txt answers/e.txt
"$RACECHECK" -q -t 2 --observe output,x --value 'x=3,output="21"' --witness answers/d.json - <<'END'
.var x
.main
    fetchadd %ax, x
    choose 1, 2, %bx
    add %bx, x
    print %bx
END
grade chosen answers --format json
states 'schedules say what they choose, in any notation' 'a=graded 10' 'b=graded 8' 'c=graded 6' 'd=graded 10'
grade chosen answers
grep -q 'the schedule ends with output "11", x = 2, not with x=3,output="21"' out
result $? '... and it is said how the others end'

rm broken/keys/bob.json && mkfifo broken/keys/bob.json
"$RACECHECK" grade broken class >out 2>problems & grader=$!
(sleep 20; kill -9 $grader) 2>/dev/null & watch=$!
wait $grader
status=$?
kill $watch 2>/dev/null
[ $status -eq 2 ] && grep -q 'broken/keys/bob.json: cannot read this file: it is no regular file' problems
result $? '... one that is a pipe that nobody writes to'

# ---- Whose it is

right='schedule: 0*5 1*6 0\n'

# told WORDS NAME: whether the output has these words.
told() {
    cp out problems
    grep -qF -- "$1" out
    result $? "$2"
}

mkdir names
# shellcheck disable=SC2059 # the text has the ends of its lines
{
    printf "$right" >'names/ALICE (1).TXT'
    printf "$right" >'names/bob - answer.txt'
    printf "$right" >'names/Carol(2).txt'
    printf "student: DAVE\n$right" >names/answer.txt
    printf "$right" >names/Alice.B_17.txt
    printf "student: Erin\n$right" >names/erin.txt
    printf "$right" >names/frank
}
grade witness names --format json
states 'names in other cases, with blanks and brackets' 'alice=graded 10' 'bob=graded 10' 'carol=graded 10' 'dave=graded 10' \
    'alice.b=graded 10' 'erin=graded 10' 'frank=graded 10'
grade witness names/answer.txt --student Dave --format json
states '... and --student' 'dave=graded 10'
grade witness names/answer.txt --student alice
told "by --student it is the submission of alice, and it says 'student: DAVE'" 'a conflict says who says so'
printf '{"users": [{"email": "Alice@example.org"}]}\n' >metadata.json
grade witness names/answer.txt --metadata metadata.json
told "by Gradescope's metadata it is the submission of alice, and it says 'student: DAVE'" '... also of metadata'
grade witness names/answer.txt --student mallory
[ $status -eq 2 ] && grep -q "the assignment has no student 'mallory'" problems
result $? 'a student who does not take part'
mkdir twins
cp -r witness/keys twins
sed 's/"bob"/"Alice"/' witness/assignment.json >twins/assignment.json
grade twins names
[ $status -eq 2 ] && grep -q "appears twice" problems
result $? 'students who differ in case only are no assignment'

# What lies beside answers, and what is in their place.
mkdir clutter clutter/.git clutter/__MACOSX clutter/carol clutter/figures
echo '# My answer' >clutter/README.md
: >clutter/.DS_Store
: >clutter/.alice.txt
# shellcheck disable=SC2059
{
    printf "$right" >clutter/alice.txt
    printf "student: erin\n$right" >clutter/mine.txt
}
: >clutter/alice.txt~
: >clutter/alice.png
: >clutter/bob.docx
: >clutter/bob_2.pdf
: >clutter/erin.docx
grade witness clutter --format json
states 'what can be no answer lies beside one, or in its place' 'alice=graded 10' 'bob=unreadable 0' 'carol=refused 0' \
    'dave=missing 0' 'erin=graded 10'
: >problems
"$python" - <<'END' >>problems 2>&1
import json
document = json.load(open("out"))
grades = {g["student"]: g for g in document["grades"]}
assert grades["bob"]["error"] == "nothing that was handed in can be an answer: bob.docx, bob_2.pdf (expected one file that ends in .txt or .json)"
assert grades["bob"]["rows"][0]["verdict"] == "failed" and grades["bob"]["rows"][0]["message"] == grades["bob"]["error"]
assert grades["carol"]["error"].startswith("nothing that was handed in can be an answer: carol (a folder)"), grades["carol"]
assert document["ignored"] == ["README.md", "alice.png", "alice.txt~", "erin.docx", "figures"], document["ignored"]
assert len(document["grades"]) == 7, document
END
result $? '... and it is said of what nothing was taken'
grade witness clutter
told 'ignored, since none of them can be an answer: README.md, alice.png, alice.txt~, erin.docx, figures' '... also to people'

# A folder with one answer of one student.
mkdir single single/__MACOSX single/hw1
: >single/README.md
: >single/.DS_Store
# shellcheck disable=SC2059
printf "$right" >single/answer.txt
grade witness single --single --student alice --format json
states 'one answer among clutter' 'alice=graded 10'
# shellcheck disable=SC2059
printf "$right" >single/notes.txt
grade witness single --single --student alice --format json
states '... two of them' 'alice=conflict 0'

# unlooked NAME: no row of the conflict looks in any format as if it had been graded.
unlooked() {
    : >problems
    for what in json gradescope prairielearn junit tap; do
        "$RACECHECK" grade witness single --single --format $what >conflict.$what 2>>problems
    done
    "$python" - <<'END' >>problems 2>&1
import json, re
grade, = json.load(open("conflict.json"))["grades"]
assert grade["state"] == "conflict" and {(r["verdict"], r["message"]) for r in grade["rows"]} <= {("open", None)}, grade
results = json.load(open("conflict.gradescope"))
assert results["score"] == 0 and [t["status"] for t in results["tests"]] == ["failed"] and results["tests"][0]["output"], results
results = json.load(open("conflict.prairielearn"))
assert results["gradable"] is False and "score" not in results and "tests" not in results, results
junit, tap = open("conflict.junit").read(), open("conflict.tap").read()
assert junit.count("<testsuite ") == 1 and junit.count("<testcase") == 1 and "<error" in junit, junit
assert "1..1\n" in tap and not re.search(r"^ok", tap, re.M), tap
END
    result $? "$1"
}

grade witness single --single --student alice
told '2 files could be the answer of alice, and one is expected: answer.txt, notes.txt' '... which are named'
mv single/notes.txt single/alice.txt
unlooked '... and no row looks as if it had been graded'
# shellcheck disable=SC2059
printf "student: bob\n$right" >single/answer.txt
grade witness single --single
told '2 files could be the answer, and one is expected: alice.txt (of alice), answer.txt (of bob)' 'answers of several students'
unlooked '... of whom nobody is graded'
rm single/alice.txt single/answer.txt
grade witness single --single --student alice --format json
states 'clutter alone is no answer' 'alice=unreadable 0'
grade witness single --single --format prairielearn
told '"nothing that was handed in can be an answer: README.md, hw1 (a folder) (expected one file that ends in .txt or .json)"' \
    '... and it is said what is expected'
rm -r single/README.md single/hw1
grade witness single --single --student alice --format json
states 'an empty folder' 'alice=missing 0'

mkdir strangers
for name in alice bob bob-2 x y; do
    # shellcheck disable=SC2059
    printf "$right" >strangers/$name.txt
done
grade witness strangers
told '2 submissions, 1 with all points; 1.4 of 10 points on the average of 7; 2 of nobody who takes part' 'averages are of students'

# ---- Hostile ones

mkdir hostile
echo secret >secret.txt
ln -s ../secret.txt hostile/a.txt
mknod hostile/b.txt c 1 5 2>/dev/null || ln -s /dev/zero hostile/b.txt
truncate -s 4G hostile/c.txt
printf 'student: d\nprogram:\n' >"$(printf 'hostile/d.\001\033[31mx\n.txt')"
printf 'student: e\nvalue: \377\376\n' >hostile/e.txt
mkfifo hostile/f.txt
mkdir hostile/g.txt
printf '.var counter\n.main\n.rept 4000000000\nnop\n.endr\n' >hostile/h.s
# Every thread mixes up twenty words: there is no end of states.
{
    echo .var counter
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo ".var x$i"; done
    echo .main
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        # shellcheck disable=SC2016 # dollars of the assembly
        printf ' mov x%d, %%ax\n mul $3, %%ax\n add $SELF+1, %%ax\n mov %%ax, x%d\n test $5, x%d\n je .l%d\n add %%ax, counter\n.l%d\n' \
            $i $i $i $i $i
    done
} >hostile/i.s
# shellcheck disable=SC2016
printf '.var counter\n.main\n.top\n add $1, counter\n j .top\n' >hostile/j.s
# shellcheck disable=SC2016
printf '.var counter\n.main\n.rept 3999999\n add $1, counter\n.endr\n' >hostile/k.s
{
    printf 'student: l\nprogram:\n.var counter\n.main\n add $'
    head -c 900000 /dev/zero | tr '\0' '('
} >hostile/l.txt
printf 'student: m\000\nprogram:\n' >hostile/m.txt
: >hostile/n.txt
printf '[[[[[[[[[[' >hostile/o.json
# shellcheck disable=SC2016
printf '.var counter\n.mutex m\n.main\n.rept ITERS\nlock m\nadd $1, counter\nunlock m\n.endr\n' >hostile/p.s
timeout 120 "$RACECHECK" grade repair hostile --format json --max-memory 256M --timeout 5 >out 2>problems
result $? 'hostile submissions: grading is completed'
states '... they have no points, and the good one has all' 'a=refused 0' 'b=refused 0' 'c=refused 0' 'd=unreadable 0' 'e=unreadable 0' \
    'f=refused 0' 'g=refused 0' 'h=unreadable 0' 'i=refused 0' 'j=refused 0' 'k=refused 0' 'l=unreadable 0' 'm=unreadable 0' \
    'n=unreadable 0' 'o=unreadable 0' 'p=graded 10'
cp out hostile.json
: >problems
"$python" - <<'END' >>problems 2>&1
import json
grades = {g["student"]: g for g in json.load(open("hostile.json"))["grades"]}
assert grades["a"]["error"] == "it is a symbolic link", grades["a"]
assert "device" in grades["b"]["error"] or "link" in grades["b"]["error"], grades["b"]
assert "4294967296 bytes" in grades["c"]["error"], grades["c"]
assert all(ord(c) >= 32 for c in grades["d"]["file"]), grades["d"]
for who in "ijk":
    assert "needs too much" in grades[who]["error"] or "it needed more than" in grades[who]["error"], grades[who]
assert "secret" not in open("hostile.json").read()
END
result $? '... and a reason'
# The formats are not about the limits: there the two that reach them are given less.
timeout 120 "$RACECHECK" grade repair hostile --max-memory 32M --timeout 2 >text 2>problems
# A terminal must be safe from what students choose as names; U+FFFD stands for what would not be.
! sed "s/$(printf '\357\277\275')//g" text | tr -d '\n\040-\176' | grep -q .
result $? '... and no control character reaches a terminal'
mkdir flood
i=0
while [ $i -lt 300 ]; do
    printf 'student: a\nprogram:\n' >"flood/x$i.txt"
    i=$((i + 1))
done
grade repair flood --format json
states 'very many files of one student are one conflict' 'a=conflict 0'
: >problems
"$python" - <<'END' >>problems 2>&1
import json
error = json.load(open("out"))["grades"][0]["error"]
assert error.startswith("300 files could be the answer of a, and one is expected: x0.txt, ") and error.endswith(" and 295 more"), error
END
result $? '... which names some of them'

# ---- Formats

if "$python" -c 'import jsonschema' 2>/dev/null; then
    : >problems
    valid grades.schema.json hostile.json first key.schema.json witness/keys/alice.json repair/keys/a.json \
        assignment.schema.json witness/assignment.json
    result $? 'grades, keys and assignments fit their schemas'
    mkdir gs pl
    bad=0
    : >problems
    for folder in class hostile; do
        what=witness
        [ $folder = class ] || what=repair
        "$RACECHECK" grade $what $folder --format gradescope -o gs --max-memory 32M --timeout 2 2>>problems || bad=1
        "$RACECHECK" grade $what $folder --format prairielearn -o pl --max-memory 32M --timeout 2 2>>problems || bad=1
    done
    valid gradescope.schema.json gs/*.json prairielearn.schema.json pl/*.json || bad=1
    [ "$(find gs pl -type f | wc -l)" -eq 46 ] || bad=1
    result $bad 'results for Gradescope and PrairieLearn fit their schemas'
    : >problems
    "$python" - >>problems 2>&1 <<'END'
import json
def score(name): return json.load(open(name))
assert score("gs/alice.json")["score"] == 10 and score("pl/alice.json")["score"] == 1
assert score("gs/carol.json")["score"] == 6 and abs(score("pl/carol.json")["score"] - 0.6) < 1e-9
assert score("pl/dave.json") ["gradable"] is False and "score" not in score("pl/dave.json")
assert "100000 steps" in score("pl/dave.json")["format_errors"][0]
assert score("pl/i.json")["gradable"] is True and score("pl/i.json")["score"] == 0
for name in ("alice", "carol", "dave", "i"):
    document = score(f"gs/{name}.json")
    assert document["score"] == (sum(t["score"] for t in document["tests"])), document
END
    result $? '... and say the same'
    # What the systems document themselves must be valid, and what they cannot read must not.
    : >problems
    "$python" - "$top" >>problems 2>&1 <<'END'
import json, sys
import jsonschema
def validator(name): return jsonschema.Draft7Validator(json.load(open(f"{sys.argv[1]}/docs/{name}.schema.json")))
gradescope, prairielearn = validator("gradescope"), validator("prairielearn")
test = {"score": 2.0, "max_score": 2.0, "status": "passed", "name": "x", "name_format": "text", "number": "1.1", "output": "x",
        "output_format": "text", "tags": ["a"], "visibility": "visible", "extra_data": {}}
whole = {"score": 44.0, "execution_time": 136, "output": "x", "output_format": "simple_format", "test_output_format": "text",
         "test_name_format": "text", "visibility": "after_due_date", "stdout_visibility": "visible", "extra_data": {},
         "tests": [test], "leaderboard": [{"name": "Time", "value": 15.1, "order": "asc"}, {"name": "Stars", "value": "*****"}]}
for good in (whole, {"score": 0}, {"tests": [test]},
             {"tests": [{"name": "check", "status": "passed"}, {"name": "x", "score": 5, "max_score": 10, "status": "passed"}]}):
    gradescope.validate(good)
for bad in ({}, {"output": "x"}, {"tests": []}, {"tests": [{"name": "x", "status": "failed"}]}, {"score": "1"},
            {"score": 1, "visibility": "never"}, {"score": 1, "tests": [{"score": 1, "status": "open"}]}):
    assert not gradescope.is_valid(bad), bad
image = {"label": "x", "url": "data:image/png;base64,"}
test = {"name": "x", "description": "x", "points": 0, "max_points": 3, "message": "x", "output": "x", "images": [image]}
for good in ({"score": 0.25}, {"gradable": True, "score": 1, "message": "x", "output": "x", "images": [image], "tests": [test]},
             {"gradable": False, "format_errors": "x"}, {"gradable": False, "format_errors": ["x", "y"]}):
    prairielearn.validate(good)
for bad in ({}, {"gradable": True}, {"score": 1.5}, {"score": -1}, {"gradable": False, "format_errors": [1]}):
    assert not prairielearn.is_valid(bad), bad
END
    result $? '... which take what the systems document'
else
    skip 'schemas' 'there is no jsonschema'
fi

grade witness class --format gradescope
[ $status -eq 2 ]
result $? 'a document about one submission is not made of a class'
grade witness class --format junit
cp out class.xml
"$RACECHECK" grade repair hostile --format junit --max-memory 32M --timeout 2 >hostile.xml 2>/dev/null
: >problems
"$python" - >>problems 2>&1 <<'END'
import xml.etree.ElementTree as tree
for name, students in (("class.xml", 9), ("hostile.xml", 16)):
    root = tree.parse(name).getroot()
    suites = root.findall("testsuite")
    assert root.tag == "testsuites" and len(suites) == students, (root.tag, len(suites))
    for suite in suites:
        cases = suite.findall("testcase")
        for word in ("failure", "error", "skipped"):
            attribute = {"failure": "failures", "error": "errors", "skipped": "skipped"}[word]
            assert int(suite.get(attribute)) == len(suite.findall(f"testcase/{word}")), suite.attrib
        assert int(suite.get("tests")) == len(cases)
suites = {s.get("name"): s for s in tree.parse("class.xml").getroot()}
assert suites["alice"].get("failures") == "0" and suites["carol"].get("failures") == "1"
END
result $? 'JUnit is read back'
if "$python" -c 'import junitparser' 2>/dev/null; then
    : >problems
    "$python" - >>problems 2>&1 <<'END'
import junitparser
for name, students in (("class.xml", 9), ("hostile.xml", 16)):
    suites = list(junitparser.JUnitXml.fromfile(name))
    assert len(suites) == students, (name, len(suites))
    for suite in suites:
        cases = list(suite)
        assert suite.tests == len(cases) > 0, suite.name
        kinds = [type(result).__name__ for case in cases for result in case.result]
        assert (suite.failures, suite.errors, suite.skipped) == tuple(kinds.count(k) for k in ("Failure", "Error", "Skipped"))
END
    result $? '... by a library for it'
else
    skip 'JUnit is read back by a library for it' 'there is no junitparser for Python'
fi
if command -v prove >/dev/null; then
    grade witness class/alice.txt --format tap
    cp out alice.tap
    prove --exec cat alice.tap >problems 2>&1
    result $? 'TAP is read back: all passed'
    grade witness class --format tap
    cp out class.tap
    ! prove --exec cat class.tap >problems 2>&1 && ! grep -qi 'parse errors' problems && grep -q 'Failed .*/' problems
    result $? 'TAP is read back: some have failed'
    "$RACECHECK" grade repair hostile --format tap --max-memory 32M --timeout 2 >hostile.tap 2>/dev/null
    ! prove --exec cat hostile.tap >problems 2>&1 && ! grep -qi 'parse errors' problems
    result $? 'TAP is read back: hostile names'
else
    skip 'TAP is read back' 'there is no prove'
fi

# ---- Gradescope

# submit FILE NAME EMAIL: grades a submission in the folders that the system uses; without an e-mail address there is no
# metadata.
submit() {
    rm -rf autograder/submission autograder/results autograder/submission_metadata.json
    mkdir -p autograder/submission autograder/results
    [ -z "$1" ] || cp --sparse=always "$1" "autograder/submission/$2"
    [ -z "$3" ] || printf '{"id": 1, "users": [{"email": "%s", "id": 7, "name": "X"}]}\n' "$3" >autograder/submission_metadata.json
    (cd autograder && env -i PATH=/usr/bin:/bin ./run_autograder) >problems 2>&1
}

# scored POINTS NAME: what the results say.
scored() {
    "$python" - "$1" >>problems 2>&1 <<'END'
import json, sys
document = json.load(open("autograder/results/results.json"))
assert document["score"] == float(sys.argv[1]), document
END
    result $? "$2"
}

if ! "$python" -c 'import zipfile' 2>/dev/null; then
    skip 'the archive for Gradescope' 'there is no python'
elif [ -n "${SANITIZERS-}" ]; then
    skip 'the archive for Gradescope' 'a sanitizer wants to be loaded first'
else
    grade --bundle gradescope -o autograder.zip witness
    [ $status -eq 0 ] && "$RACECHECK" grade --bundle gradescope -o again.zip witness 2>problems && cmp autograder.zip again.zip >problems
    result $? 'the archive is made, the same twice'
    [ "$(stat -c %a autograder.zip)" = 600 ]
    result $? '... and is for its owner'
    if [ -c /dev/full ]; then
        grade --bundle gradescope -o /dev/full witness
        [ $status -eq 2 ] && grep -q '^/dev/full: cannot write everything: No space left on device$' problems
        result $? '... a full disk is the reason that is told'
    fi
    mkdir -p autograder/source
    # As unzip does it, with permissions.
    "$python" - <<'END' 2>problems
import os, zipfile
archive = zipfile.ZipFile("autograder.zip")
for entry in archive.infolist():
    path = archive.extract(entry, "autograder/source")
    os.chmod(path, entry.external_attr >> 16 & 0o777)
assert all(entry.external_attr >> 16 & 0o444 == 0o444 for entry in archive.infolist())
assert not any("handouts" in name or "templates" in name for name in archive.namelist())
assert {"setup.sh", "run_autograder"} <= set(archive.namelist())
END
    result $? '... can be unpacked, and has its two scripts at the top'
    (cd / && env -i PATH=/usr/bin:/bin "$work/autograder/source/setup.sh") >problems 2>&1
    result $? '... setup.sh finds that it runs'
    cp autograder/source/run_autograder autograder/
    submit class/alice.txt answer.txt alice@example.org
    scored 10 '... a right submission'
    valid gradescope.schema.json autograder/results/results.json
    result $? '... whose results fit the schema'
    submit class/answer.txt answer.txt ''
    scored 6 '... one that says itself whose it is'
    submit class/alice.txt alice.txt bob@example.org
    scored 0 '... one of somebody else'
    submit '' '' alice@example.org
    scored 0 '... nothing'
    truncate -s 4G huge.txt
    submit huge.txt answer.txt alice@example.org
    scored 0 '... four gigabytes'
    chmod a-x autograder/source/grade
    submit class/alice.txt answer.txt alice@example.org
    scored 0 '... and there are results even where the grader fails'
    grade --bundle gradescope -o half.zip broken
    [ $status -eq 2 ] && [ ! -e half.zip ]
    result $? 'an archive with a broken key is not made'
fi

finish
