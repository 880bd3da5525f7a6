#!/bin/sh
# test_verify.sh: certificates, good ones and damaged ones, before racecheck-verify. Prints TAP.
#
# Good ones come from every model under every kind of scheduler. A damaged one differs from a good one in one respect and has
# its checksum made right again, so that it is the condition itself that has to notice.
# shellcheck disable=SC2016 # programs are full of dollar signs
set -u
: "${RACECHECK:?must name the program}"
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-.}
verifier=${RACECHECK_VERIFY:-$top_builddir/racecheck-verify}
certify=$top_builddir/tests/whole/certify

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-verify.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

tests=0
failures=0

# report PROBLEM NAME: one test, which passes where the problem is empty.
report() {
    tests=$((tests + 1))
    if [ -z "$1" ]; then
        echo "ok $tests - $2"
    else
        failures=$((failures + 1))
        echo "not ok $tests - $2"
        printf '%s\n' "$1" | sed 's/^/# /'
    fi
}

# make NAME ARGUMENT...: a certificate $work/NAME.
make() {
    name=$1
    shift
    "$certify" "$@" >"$work/$name" 2>"$work/err" || {
        report "$(cat "$work/err")" "a certificate is made: $*"
        return 1
    }
}

# seal FILE: makes the checksum right, and leaves out that of the program.
seal() {
    sed '/^program /d; $d' "$1" >"$1.above"
    sum=$(sha256sum <"$1.above")
    mv "$1.above" "$1"
    echo "sha256 ${sum%% *}" >>"$1"
}

# check FILE STATUS PATTERN NAME: what the verifier must say of a file, on either stream.
check() {
    "$verifier" "$1" >"$work/out" 2>&1
    status=$?
    problem=
    [ $status -eq "$2" ] || problem="status $status instead of $2: $(head -n 2 "$work/out")"
    grep -Eq -e "$3" "$work/out" || problem="$problem
it said: $(head -n 2 "$work/out")"
    report "$problem" "$4"
}

# damage BASE STATUS PATTERN NAME COMMAND...: the command, a filter, changes a good certificate in one respect.
damage() {
    base=$1 wanted=$2 pattern=$3 name=$4
    shift 4
    "$@" <"$work/$base" >"$work/damaged"
    if cmp -s "$work/$base" "$work/damaged"; then
        report "the damage has changed nothing" "$name"
        return
    fi
    seal "$work/damaged"
    check "$work/damaged" "$wanted" "$pattern" "$name"
}

# Filters that leave out a state, or put one more in, and count right.
without_state() {
    awk -v state="$1" '/^states /{print "states " $2 - 1; next} index($0, state) != 1'
}
twice() {
    awk -v state="$1" '/^states /{print "states " $2 + 1; next} {print} index($0, state) == 1'
}
# witness STEPS RUNS: another witness.
witness() {
    awk -v steps="$1" -v runs="$2" '
        /^witness /{print "witness " steps; print runs; skipping = 1; next}
        /^columns /{skipping = 0}
        !skipping'
}

# ---- What is good ----------------------------------------------------------------------------------------------

models='atomic cas deadlock io-starvation late-start lock ordered-locks pipeline processes python-one-line
    python-two-lines semaphore twin-cores unlocked'
while read -r scheduler; do
    problems=
    number=0
    for model in $models; do
        for direction in '' --upper; do
            # shellcheck disable=SC2086 # one word an argument
            "$certify" "$model" 2 3 $direction --scheduler $scheduler >"$work/good" 2>"$work/err"
            made=$?
            if [ $made -ne 0 ]; then
                grep -q 'no schedule ends with a value' "$work/err" || problems="$problems$model $direction: $(cat "$work/err")
"
                continue
            fi
            number=$((number + 1))
            "$verifier" -q "$work/good" >"$work/out" 2>&1 && [ ! -s "$work/out" ] ||
                problems="$problems$model $direction: $(head -n 1 "$work/out")
"
        done
    done
    [ $number -ge 26 ] || problems="$problems$number certificates only"
    report "$problems" "every model under $scheduler"
done <<END
free
tick quantum=3
tick quantum=4 pick=round-robin
tick quantum=5 pick=any phase=any
signal quantum=5
signal quantum=4 pick=round-robin phase=any
signal quantum=4 arrival=3
signal quantum=4 arrival=never
parallel lag=1
parallel lag=3 offset=0,4
preemptions bound=0
preemptions bound=2
END

# good PATTERN ARGUMENT...
good() {
    pattern=$1
    shift
    make good "$@" && check "$work/good" 0 "$pattern" "good: $*"
}
good '^verified: counter >= 2 for "unlocked" \(sha256 [0-9a-f]{64}\), 2 threads, ITERS = 10, free scheduler: 961 states, 1860 steps, witness of 60 steps ends with 2$' unlocked 2 10
good '^verified: counter <= 20 .*: 961 states, ' unlocked 2 10 --upper
good '^verified: counter >= 2 .*: 62844 states, ' unlocked 2 10 --slice-off
good '^verified: counter >= 2 .*: 28561 states, ' unlocked 4 4
good '^verified: counter >= 2 .*: 4096 states, ' unlocked 3 5
good '^verified: counter >= 8 .* tick scheduler \(quantum=5 pick=any phase=0\): ' unlocked 2 10 --scheduler tick quantum=5
good '^verified: counter >= 2 .* parallel scheduler \(lag=30 offset=0\): ' unlocked 2 10 --scheduler parallel lag=30
good '^the claim does not cover schedules without a final value: 9 states are deadlocks, 0 steps are errors' deadlock 2 3

cat >"$work/spin.s" <<'END'
# test-and-set: waiting loops, so that schedules need not end
.var counter
.var flag
.main
.rept ITERS
.top
    mov $1, %bx
    xchg %bx, flag
    test $0, %bx
    jne .top
    mov counter, %ax
    add $1, %ax
    mov %ax, counter
    mov $0, flag
.endr
END
good '^verified: counter >= 4 ' "$work/spin.s" 2 2
good '^verified: counter <= 4 ' "$work/spin.s" 2 2 --upper
good '^verified: counter >= 4 ' "$work/spin.s" 2 2 --slice-off

printf '%s\n' '.var counter  # \ and \x and '"$(printf '\001\303\244\377')" '.default STEP, 2' '.main' '.rept 2*SELF+1' '.tick 3' \
    'here: test $0, %cx' 'jne here' '.rept 2' 'je there' 'there: nop' '.endr' 'mov 2000, %ax' 'add $STEP, counter' '.endr' >"$work/odd.s"
good '^verified: counter >= 8 ' "$work/odd.s" 2 1
good '^verified: counter >= 28 for .*, ITERS = 1, STEP = 7, free scheduler: ' "$work/odd.s" 2 1 --define STEP 7
printf '.var n\n add $1, n\n.mutex m\n' >"$work/bare.s"
good '^verified: n >= 3 .*, 3 threads' "$work/bare.s" 3 1
printf '%s\n' '.var x, 9223372036854775806' '.main' 'add $1, x' 'sub $1, x' >"$work/overflow.s"
good '^the claim does not cover schedules without a final value: 0 states are deadlocks, 2 steps are errors of the program$' "$work/overflow.s" 2 1
make good unlocked 2 2
"$verifier" - <"$work/good" >"$work/out" 2>&1 || :
report "$(grep -v '^verified: counter >= 2 ' "$work/out")" 'standard input is read'
report "$([ "$(sed '$d' "$work/good" | sha256sum | cut -d' ' -f1)" = "$(sed -n '$s/^sha256 //p' "$work/good")" ] ||
    echo differs)" 'sha256sum agrees with the last line'
make again unlocked 2 2
report "$(cmp "$work/good" "$work/again" 2>&1)" 'equal programs give equal bytes'
report "$([ "$(sha256sum <"$work/again" | cut -d' ' -f1)" = "$(cat "$work/err")" ] || echo differs)" \
    'sha256sum agrees with the checksum that is told'
# What docs/certificate.md shows is a certificate.
sed -n 's/^    //; /^racecheck-certificate 1$/,/^sha256/p' "$top_srcdir/docs/certificate.md" | sed '/^sha256/q' >"$work/shown"
seal "$work/shown"
check "$work/shown" 0 '^verified: counter >= 1 .*: 16 states, 24 steps, ' 'the certificate in the documentation is valid'
report "$(LC_ALL=C grep -n '[^ -~	]' "$work/good")" 'certificates are ASCII'

# ---- Damage to what is claimed and proved ----------------------------------------------------------------------

make base unlocked 2 2
damage base 1 'damaged:[0-9]+:[0-9]+: not valid: counter need not be at least 2 here: after the step of T[01] from line [0-9]+ it is known to be at least 1 only' \
    'a bound is raised' sed 's/^3 3 | 1 /3 3 | 2 /'
damage base 1 'T0\.%ax need not be at least 9 here' "a register's bound is raised" sed 's/^1 0 | 0 0 -/1 0 | 0 9 -/'
damage base 1 'counter is not at least 1 at the start, it is 0' 'a first bound is raised' sed 's/^0 0 | 0 /0 0 | 1 /'
damage base 1 'T1\.%ax is bounded here, but after the step of T0 .* nothing is known' 'a bound is made up' \
    sed 's/^1 0 | 0 0 -/1 0 | 0 0 0/'
damage base 1 'counter is bounded here, but after the step of T0 ' 'a bound is left out that another needs' \
    sed 's/^1 0 | 0 0 -/1 0 | - 0 -/'
damage base 1 'every thread has finished here, and counter need not be at least 2' "the last state's bound is lowered" \
    sed 's/^6 6 | 2 /6 6 | 1 /'
damage base 1 'every thread has finished here, and counter need not be at least 2' "the last state's bound is left out" \
    sed 's/^6 6 | 2 /6 6 | - /'
damage base 1 'the step of T[01] from here leads to a state that is not listed: 3 2$' 'a state is left out' without_state '3 2 '
damage base 1 'the start leads to a state that is not listed: 0 0$' 'the first state is left out' without_state '0 0 '
damage base 1 'leads to a state that is not listed: 6 6$' 'the last state is left out' without_state '6 6 '
damage base 1 'leads to a state that is not listed: 1 0$' 'no step of T0 is there at the start' without_state '1 0 '
damage base 2 'this state is listed before, on line [0-9]+' 'a state is listed twice' twice '3 2 '
damage base 1 'every thread has finished here, and counter need not be at least 3' 'the claim is raised' \
    sed 's/^claim .*/claim counter >= 3/'
damage base 1 'the witness ends with 2, not with 1' 'the claim is lowered' sed 's/^claim .*/claim counter >= 1/'
damage base 1 'need not be at most' 'the claim is turned round' sed 's/^claim .*/claim counter <= 2/'
damage base 2 'damaged:2:7: .* variable that the program does not have' 'the claim is about nothing' \
    sed 's/^claim counter/claim other/'

make upper unlocked 2 2 --upper
damage upper 1 'counter need not be at most [0-9]+ here: .* at most [0-9]+ only' 'an upper bound is lowered' \
    sed 's/^3 3 | 2 /3 3 | 1 /'
damage upper 1 'every thread has finished here, and counter need not be at most 3' 'an upper claim is lowered' \
    sed 's/^claim .*/claim counter <= 3/'

# ---- Damage to what it is about --------------------------------------------------------------------------------

damage base 1 'need not be at least' 'the program adds less' sed 's/add \$1/add $0/'
damage base 1 'counter is not at least 0 at the start, it is -5' 'the first value is another one' \
    sed 's/^>\.var counter/>.var counter, -5/'
damage base 1 'is bounded here, but after the step' 'the program has one more step' \
    sed 's/^>\(.*# load\)/>nop\n>\1/; s/^text .*/text 14/'
damage base 1 'leads to a state that is not listed|need not be' 'the program loads twice' \
    sed 's/^>.*# add$/>    mov counter, %ax/'
damage base 1 'not listed' 'there are more iterations' sed 's/^iters 2/iters 3/'
damage base 2 'expected the column at:T2|expected the column' 'there are more threads' sed 's/^threads 2/threads 3/'
damage base 2 'undefined symbol' 'the program has an unknown symbol' sed 's/ITERS$/TIMES/'
damage base 2 "code before '.main' or '.thread'" 'the program has code that belongs to no thread' \
    sed 's/^>\.main/>nop\n>.main/; s/^text .*/text 14/'
damage base 2 'consists of several files' 'the program consists of files' sed 's/^>\.main/>.file a.s\n>.main/; s/^text .*/text 14/'
damage base 2 "a declaration inside '.rept'" 'the program declares inside .rept' \
    sed 's/^>\(.*# load\)/>.var other\n>\1/; s/^text .*/text 14/'
damage base 2 'a computed address, which this verifier does not support' 'the program has what the verifier does not know' \
    sed 's/mov counter, %ax  /mov 0(%bx), %ax/'
printf '%s\n' '.var counter' '.main' 'add %bx, counter' >"$work/register.s"
make register "$work/register.s" 1 1
damage register 1 'the start leads to a state that is not listed: 0 -5$' 'a register begins with another value' \
    sed 's/^iters 1/&\nregister T0.%bx -5/'
make symbol "$work/odd.s" 2 1 --define STEP 7
damage symbol 1 'need not be|witness|not listed' 'a symbol has another value' sed 's/^symbol STEP 7/symbol STEP 6/'

make tick unlocked 2 2 --scheduler tick quantum=2
damage tick 1 'not listed|says the scheduler' 'the quantum is another one' sed 's/quantum=2/quantum=4/'
damage tick 1 'not listed' 'the phase is open' sed 's/phase=0/phase=any/'
damage tick 1 'not listed|says the scheduler' 'the pick is another one' sed 's/pick=any/pick=round-robin/'
damage tick 1 'not listed|says the scheduler' 'an instruction costs more ticks' \
    sed 's/^>\.main/>.main\n>.tick 2/; s/^text .*/text 14/'
damage tick 2 'expected the column' 'the scheduler is another one' sed 's/^scheduler .*/scheduler free/'
damage tick 2 'expected the scheduler.s parameter quantum=' 'a parameter is unknown' sed 's/quantum=2/quanta=2/'
damage tick 2 'expected the scheduler.s parameter quantum=' 'a parameter is missing' sed 's/quantum=2 //'
make signal unlocked 2 2 --scheduler signal quantum=2 arrival=never
damage signal 1 'not listed' 'a signal may arrive' sed 's/arrival=never/arrival=any/'
make lag unlocked 2 2 --scheduler parallel lag=2
damage lag 1 'not listed' 'the lag is larger' sed 's/lag=2/lag=4/'
damage lag 1 'not listed' 'a thread starts late' sed 's/offset=0/offset=0,2/'
make bound unlocked 2 2 --scheduler preemptions bound=1
damage bound 1 'not listed' 'there are more preemptions' sed 's/bound=1/bound=2/'

make values unlocked 2 2 --slice-off
damage values 1 'not listed' 'a known value is changed' sed 's/^1 0 0 0 -$/1 0 7 0 -/'
damage values 1 'the value of counter should be listed, but it is not known|not listed' 'a known register is forgotten too early' \
    sed 's/^forget T0.*/forget T0.%ax 0-6/'
damage values 1 'not listed|should be listed' 'a known register is not forgotten' sed '/^forget T0/d'
make permits semaphore 2 2
damage permits 2 'more words than there are columns' 'the permits are not listed' sed 's/ known:s//'
make mutex lock 2 2
damage mutex 1 'not listed' 'a mutex is held by nobody' sed 's/^1 0 0 |/1 0 - |/'
make queue pipeline 2 2
damage queue 1 'not listed' 'a queue has lost an item' sed 's/^\([0-9]* [0-9]* [0-9]*\) 1 - /\1 - - /'
damage queue 2 'more items than it has room for' 'a queue is too full' \
    sed 's/^\([0-9]* [0-9]* [0-9]*\) 1 - /\1 1,1,1 - /'
make away io-starvation 2 2
damage away 2 'away at an instruction that is not .io.' 'a thread is away where it cannot be' sed 's/^0 0~ /0~ 0 /'
make spin "$work/spin.s" 2 1
damage spin 1 'need not be at least' 'a bound is raised in a cycle' sed 's/| 1 - -$/| 2 - -/'

# ---- What the verdict names ------------------------------------------------------------------------------------

# forge NAME CLAIM MODEL LINE...: a certificate of one thread, without its states; the lines are those of the program.
forge() {
    file=$work/$1 claim=$2 model=$3
    shift 3
    {
        printf '%s\n' 'racecheck-certificate 1' "claim $claim" "model $model" 'threads 1' 'iters 10' 'scheduler free' "text $#"
        printf '>%s\n' "$@"
        cat
    } >"$file"
    echo checksum >>"$file"
    seal "$file"
}
forge stack 'n <= 0' stack '.var n' '.main' ' mov %sp, n' <<'END'
witness 1
0*1
columns at:T0 | bound:n bound:T0.%sp
states 2
0 | 0 0
1 | 0 -
END
check "$work/stack" 1 'stack:15:1: not valid: T0\.%sp is not at most 0 at the start, it is 1048576' \
    'the stack pointer starts as the language says'
printf '%s\n' '.var n' '.main' ' mov %sp, n' >"$work/stack.s"
for given in 1048576 0; do
    "$RACECHECK" "$work/stack.s" --threads 1 --register "sp=$given" --certificate "$work/stack" >/dev/null
    told=$([ $given = 0 ] && echo ', T0\.%sp = 0')
    check "$work/stack" 0 "^verified: n >= $given for .*, ITERS = 10$told, free scheduler: " "%sp = $given is told if it is not the language's"
done
forge quoted 'n >= 6' "other\", 2 threads, ITERS = 3, free scheduler: 100 states, 180 steps, witness of 18 steps ends with 6 $(printf '%900s')" \
    '.var n' '.main' ' add $6, n' <<'END'
witness 1
0*1
columns at:T0 | bound:n
states 2
0 | 0
1 | 6
END
check "$work/quoted" 0 '^verified: n >= 6 for "other\\x22, 2 threads, [^"]{32,48}"\.\.\. \(sha256 [0-9a-f]{64}\), 1 thread, ITERS = 10, free ' \
    'the name of a program is quoted, and cut'
forge escaped 'n >= 6' 'a\x1b[2J\\' '.var n # \x1b[2J' '.main' ' add $6, n # \\' <<'END'
witness 1
0*1
columns at:T0 | bound:n
states 2
0 | 0
1 | 6
END
check "$work/escaped" 0 "for \"a\\\\x1b\[2J\\\\\\\\\" \(sha256 $(printf '.var n # \033[2J\n.main\n add $6, n # \\\n' | sha256sum | cut -d' ' -f1)\)" \
    'control bytes stay escaped, and the program is named by its hash'
"$RACECHECK" --threads 2 --iters 2 --certificate "$work/hashed" >/dev/null
hash=$(sha256sum <"$top_srcdir/models/unlocked.s" | cut -d' ' -f1)
report "$(grep "^program $hash\$" "$work/hashed" >/dev/null || echo differs)" "racecheck names the program by what sha256sum says of its file"
check "$work/hashed" 0 "\(sha256 $hash\)" 'and so does the verifier'
sed 's/add \$1,/add $2,/' "$work/hashed" >"$work/damaged"
sed '$d' "$work/damaged" >"$work/above"
{ cat "$work/above"; echo "sha256 $(sha256sum <"$work/above" | cut -d' ' -f1)"; } >"$work/damaged"
check "$work/damaged" 2 'damaged:4:9: the program below has another SHA-256' 'the program is not that of the hash'

# ---- What racecheck refuses ------------------------------------------------------------------------------------

for line in '.critical sub $1, x' '.endcritical add $7, x' '.endr x' '.main x' '.thread T0' '.main' '.var x, 1 2' '.mutex m n' '.semaphore s' \
    '.queue q, 65' '.default ITERS, 2' '.tick 1 2' '.rept 1 2' '.var: nop' '.scheduler tick, quantum = 1, quantum = 2' '.scheduler tick quantum' \
    '.rept 0' '.critical' '.endcritical' '.endr' 'mov 1048320, %ax' 'mov -4, %ax' 'nop nop' '%nop' 'j nowhere' 'a: a: nop' '.unknown nop' 'mov \x09$1, %ax'; do
    damage base 2 'damaged:[0-9]+:[0-9]+: ' "refused: $line" awk -v line="$(printf '%s' "$line" | sed 's/\\/\\\\/g')" '
        /^text /{ print "text " $2 + 1; next }
        { print }
        /# store/ && !done { print ">" line; done = 1 }'
done
for text in '\x41' '\x0a' '\x00' '\x1B' '\' 'é' "$(printf '\r')" "$(printf '\033')"; do
    damage base 2 'damaged:[0-9]+:[0-9]+: ' "refused in a comment: $(printf '%s' "$text" | od -An -c | tr -s ' ')" \
        awk -v text="$(printf '%s' "$text" | sed 's/\\/\\\\/g')" '/# load/ { print $0 text; next } { print }'
done
for setting in 'register T0.%bx 1|register T0.%bx 2' 'register T0.%flags 1' 'register T9.%ax 1' 'register T0.%zx 1' 'symbol S 1|symbol S 1' \
    'symbol ITERS 1' 'symbol SELF 1' 'symbol 1 1' 'symbol %ax 1' 'symbol S  1' 'symbol S 1 ' 'symbol S +1' 'register T0.%bx 1|symbol S 1'; do
    damage base 2 'damaged:[0-9]+:[0-9]+: ' "refused: $setting" \
        awk -v setting="$setting" '{ print } /^iters /{ gsub(/\|/, "\n", setting); print setting }'
done
for scheduler in 'tick' 'tick quantum=2' 'tick quantum=2 pick=any' 'tick quantum=2 quantum=2 pick=any phase=0' 'tick quantum=2 pick=any phase=2' \
    'tick quantum=02 pick=any phase=0' 'tick quantum=2 pick=any phase=0 lag=1' 'tick quantum=2 pick=any phase=0 ' 'tick quantum=1000001 pick=any phase=0' \
    'free lag=1' 'free ' 'parallel lag=1 offset=0,0,0' 'parallel lag=1 offset=0,' 'parallel lag=1' 'preemptions bound=-1' 'preemptions' 'other'; do
    damage base 2 'damaged:[0-9]+:[0-9]+: ' "refused: scheduler $scheduler" sed "s/^scheduler .*/scheduler $scheduler/"
done

# ---- Memory ----------------------------------------------------------------------------------------------------

# A process takes what it takes, and five times the file. Sanitizers take more.
if [ -z "${SANITIZERS-}" ]; then
    printf '%s\n' '.var n' '.main' '.tick 200000' ' add $1, n' >"$work/ticks.s"
    { printf '%s\n' '.var n' '.main'; yes ' add $1, n' | head -n 40000; } >"$work/straight.s"
    while read -r name arguments; do
        # shellcheck disable=SC2086 # one word an option
        "$RACECHECK" $arguments --certificate "$work/$name" >/dev/null 2>&1
        size=$(wc -c <"$work/$name")
        (ulimit -v $((6000 + 5 * size / 1024)) && "$verifier" -q "$work/$name") >"$work/out" 2>&1 || :
        report "$(cat "$work/out"; [ "$size" -gt 1000000 ] || echo "only $size bytes")" "five times the file is enough: $name"
    done <<END
phases $work/ticks.s --threads 2 --scheduler tick --quantum 200000 --phase any
signals --threads 2 --iters 4 --scheduler signal --quantum 1500 --phase any
straight $work/straight.s --threads 1
bounds --threads 4 --iters 5
values --threads 2 --iters 13 --slice off
leads --threads 3 --iters 12 --scheduler parallel --lag 40
preemptions --threads 3 --iters 7 --scheduler preemptions --bound 3
END
fi

# ---- Damage to the witness -------------------------------------------------------------------------------------

damage base 1 'the witness ends with 4, not with 2' 'the witness ends elsewhere' witness 12 '0*6 1*6'
damage base 1 'the witness ends before every thread has finished' 'the witness is too short' witness 11 '0*6 1*5'
damage base 1 'step 7 of the witness: T0 has finished' 'the witness lets one step who has finished' witness 12 '0*7 1*5'
damage mutex 1 'step 2 of the witness: T1 waits' 'the witness lets one step who waits' witness 20 '0*1 1*10 0*9'
damage tick 1 'step 2 of the witness: T1 may not step, says the scheduler' 'the witness has a step that the scheduler forbids' \
    witness 12 '0*1 1*6 0*5'
damage base 2 'expected fewer steps' 'the witness is longer than it says' witness 11 '0*6 1*6'
damage base 2 'expected runs' 'the witness is no schedule' witness 12 'first then second'

# ---- Damage to the file ----------------------------------------------------------------------------------------

sed 's/^6 6 | 2 /6 6 | 3 /' "$work/base" >"$work/damaged"
check "$work/damaged" 1 'the checksum is not that of the lines above' 'the checksum is not made right'
sed '$d' "$work/base" >"$work/damaged"
check "$work/damaged" 2 'does not end with' 'the checksum is missing'
head -c 700 "$work/base" >"$work/damaged"
check "$work/damaged" 2 'does not end with' 'the file is cut off'
: >"$work/damaged"
check "$work/damaged" 2 'this is not a certificate' 'the file is empty'
check "$work/no-such-file" 2 'cannot be read' 'there is no file'
check "$work" 2 'cannot be read' 'it is a folder'
damage base 2 'no line feed and no NUL' 'a line hides another one' sed 's/^>\.main/># \\x0a&/'
damage base 2 'expected .racecheck-certificate 1' 'the version is another one' sed '1s/1$/2/'
damage base 2 'expected a number' 'a number is none' sed 's/^3 2 |/3 2x |/'
damage base 2 'expected a number' 'a number is beyond 64 bits' sed 's/^3 2 | [0-9]*/3 2 | 9223372036854775808/'
damage base 2 'expected a number' 'an instruction is not there' sed 's/^3 2 |/3 77 |/'
damage base 2 'more words than there are columns' 'a state is too long' sed 's/^3 2 |/3 2 0 |/'
damage base 2 'more bounds than columns' 'there are too many bounds' sed 's/^\(3 2 | .*\)/\1 0/'
damage base 2 'one more line' 'there are fewer states than it says' sed 's/^states .*/states 50/'
damage base 2 'nothing behind the states' 'there are more states than it says' sed 's/^states .*/states 48/'
damage base 2 'expected one more line' 'there are far fewer states than it says' \
    sed 's/^states .*/states 9223372036854775807/'
damage values 2 'expected a number in the range' 'what is forgotten is not said in its order' \
    sed 's/^forget T0.%ax .*/forget T0.%ax 2-3 0-2/'
damage base 2 'more than 4096 names of one kind' 'there are too many symbols' \
    awk '/^iters /{print; for (i = 0; i < 5000; i++) print "symbol S" i " 1"; next} {print}'
damage base 2 'too long for its states when .rept is unrolled' 'the program is longer than its states' \
    sed 's/^>\.rept .*/>.rept 9000000/'
check /dev/zero 2 'this is not a certificate' 'the file has no end'
damage base 2 'expected the column' 'a column is missing' sed 's/^columns at:T0 /columns /'
damage base 2 'does not list|do not list' 'the observed variable has no column' \
    sed 's/ bound:counter / /; s/ | [0-9]* / | /'
"$verifier" >"$work/out" 2>&1
report "$([ $? -eq 2 ] || echo "not status 2")" 'without a file: wrong usage'

# One line of a hundred thousand, wherever it is: the thread's place, which makes another state of it (or one that is there
# already, which is status 2), or a bound.
make large python-two-lines 4 2
lines=$(sed -n 's/^states //p' "$work/large")
problems=
for i in $(seq 1 4); do
    for field in 1 'bound'; do
        awk -v chosen=$((i * 31337 % lines + 1)) -v field="$field" '
            line > 0 && line++ == chosen {
                at = field == "bound" ? 6 : field
                while (field == "bound" && $at == "-") at++
                $at += 1
            }
            /^states /{ line = 1 }
            { print }' "$work/large" >"$work/damaged"
        cmp -s "$work/large" "$work/damaged" && problems="$problems nothing was changed"
        seal "$work/damaged"
        "$verifier" -q "$work/damaged" >/dev/null 2>&1
        status=$?
        [ $status -eq 1 ] || [ "$field $status" = '1 2' ] || problems="$problems line $((i * 31337 % lines + 1)), field $field: status $status"
    done
done
report "$problems" "whichever of $lines states is changed, it is noticed"

echo "1..$tests"
[ "$failures" -eq 0 ]
