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

# seal FILE [BASE]: makes the checksum right, and leaves out that of the program; fails where the file is as BASE is.
seal=$top_builddir/tests/whole/seal

# check FILE STATUS PATTERN NAME: what the verifier must say of a file, on either stream.
check() {
    "$verifier" "$1" >"$work/out" 2>&1
    status=$?
    problem=
    [ $status -eq "$2" ] || problem="status $status instead of $2: $(head -n 2 "$work/out")"
    [ -z "$3" ] || grep -Eq -e "$3" "$work/out" || problem="$problem
it said: $(head -n 2 "$work/out")"
    report "$problem" "$4"
}

# damage BASE STATUS PATTERN NAME COMMAND...: the command, a filter, changes a good certificate in one respect.
damage() {
    base=$1 wanted=$2 pattern=$3 name=$4
    shift 4
    "$@" <"$work/$base" >"$work/damaged"
    if ! "$seal" "$work/damaged" "$work/$base"; then
        report "the damage has changed nothing" "$name"
        return
    fi
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

models='atomic bank-transfer barrier cas condition-variable deadlock dining io-starvation late-start lock ordered-locks pipeline processes
    readers-writers semaphore twin-cores two-conditions unlocked'
turn=0
while read -r scheduler; do
    problems=
    number=0
    for model in $models; do
        # Under free choice all models; under the others every fourth in turn, or with LONG_TESTS all.
        turn=$((turn + 1))
        [ "$scheduler" = free ] || [ -n "${LONG_TESTS-}" ] || [ $((turn % 4)) -eq 0 ] || continue
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
    [ $number -ge "$([ "$scheduler" = free ] || [ -n "${LONG_TESTS-}" ] && echo 30 || echo 7)" ] || problems="$problems$number certificates only"
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
free --define TSO 1
free --define TSO 1 --define STORE_BUFFER 1
preemptions bound=1 --define TSO 1
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
"$seal" "$work/shown"
check "$work/shown" 0 '^verified: counter >= 1 .*: 16 states, 24 steps, ' 'the certificate in the documentation is valid'
report "$(LC_ALL=C grep -n '[^ -~	]' "$work/good")" 'certificates are ASCII'

# ---- What is claimed of every state, and several bounds --------------------------------------------------------

good '^verified: always counter <= 2, always turn == 0 \|\| turn == 1 for "peterson" \(sha256 [0-9a-f]{64}\), 2 threads, ITERS = 1, free scheduler: 240 states, 448 steps$' \
    peterson 2 1 --always 'counter <= 2' --always 'turn == 0 || turn == 1'
good '^verified: always turn <= ticket && ticket <= THREADS for ' ticket 3 1 --always 'turn <= ticket && ticket <= THREADS'
good '^verified: always wants\[0\] \+ wants\[1\] <= 2 for ' dekker 2 1 --always 'wants[0] + wants[1] <= 2'
good '^verified: always number\[0\] == 0 \|\| 10 / number\[0\] >= 5 for ' bakery 2 1 --always 'number[0] == 0 || 10 / number[0] >= 5'
good '^verified: always flag <= 1 .* 2 threads' test-and-set 2 1 --always 'flag <= 1'
good '^verified: always a \+ b >= 120 && a \+ b <= 150 for ' bank-transfer 2 1 --always 'a + b >= 120 && a + b <= 150'
good '^verified: always first - second <= 1 && torn == 0 for .*, 3 threads, THREADS = 2, ' readers-writers 2 1 --always 'first - second <= 1 && torn == 0'
good '^verified: always meals <= THREADS for ' dining 3 1 --always 'meals <= THREADS'
report "$([ "$(wc -l <"$work/out")" -eq 1 ] || cat "$work/out")" 'a claim about every state covers deadlocks'
good '^verified: always done <= THREADS for ' barrier 3 1 --always 'done <= THREADS' --scheduler tick quantum=2
good '^verified: always full == 0 \|\| full == 1 for .*, SPURIOUS = 1, free scheduler: ' two-conditions 2 1 --define SPURIOUS 1 --always 'full == 0 || full == 1'
good '^verified: always 1 for "print-order"' print-order 2 1 --always 1
good '^verified: always counter <= 20 for .*: 62844 states, ' unlocked 2 10 --always 'counter <= 20' --slice-off
good '^verified: a >= 90, b >= 60, first\.%ax >= 60 for .* witness of 20 steps ends with a = 90, witness of 20 steps ends with b = 60, witness of 20 steps ends with first\.%ax = 60$' \
    bank-transfer 2 1 --observe a,b,first.%ax
good '^verified: counter <= 2, turn <= 1 for ' dekker 2 1 --observe counter,turn --upper

# Every object and every instruction, under a scheduler that picks and under one that does not.
cat >"$work/objects.s" <<'END'
# objects: all that threads synchronise by
.var done
.var seen
.mutex fork, 2
.mutex deep, recursive
.semaphore s, 1, 2
.queue q, 1, 2
.condition c
.barrier b, 2
.event e
.event open, set
.rwlock r
.observe done, output
.main
    mov $SELF, %bx
    lock fork(%bx)
    trylock fork[0], %ax    # taken by whoever has it
    wait s(%bx)
    trywait s[1](,%bx,-1), %cx
    add %cx, seen
    lock deep
    lock deep
    unlock deep
    unlock deep
    unlock fork(%bx)
    put q(%bx), $7
    get q(%bx), %ax
    await open
    arrive b
    print done
    print "x #\n"
    choose 1, 3, %dx
    assert %dx >= 1 && %dx <= 3 && SELF == %bx
    fetchadd %dx, done
    set e
.thread later, later
    await e
    wrlock r
    add $1, done
    rwunlock r
    lock deep
    signal c
    unlock deep
.thread last
    spawn later
    lock deep
    test $0, done
    jne .go
    cwait c, deep
.go
    unlock deep
    rdlock r
    mov done, %ax
    rwunlock r
    clear e
    join later
END
good '^verified: done >= 3, seen >= 0 for .*, 4 threads, THREADS = 2, ' "$work/objects.s" 2 1 --observe done,seen --scheduler preemptions bound=2
good '^verified: done <= 7, seen <= [0-2] for ' "$work/objects.s" 2 1 --observe done,seen --upper --scheduler tick quantum=3
good '^verified: always done <= 7 && seen <= 2 for ' "$work/objects.s" 2 1 --always 'done <= 7 && seen <= 2' --scheduler parallel lag=2

# forged CONDITION PATTERN NAME [STATUS]: another condition in place of that of a good certificate, whose states list all words.
make always peterson 2 1 --always 'counter <= 2' --slice-off
forged() {
    awk -v condition="$(printf '%s' "$1" | sed 's/\\/\\\\/g')" '/^claim /{ print "claim always " condition; next } { print }' <"$work/always" >"$work/forged"
    "$seal" "$work/forged"
    check "$work/forged" "${4:-1}" "$2" "forged: $3"
}
untrue() {
    forged "$1" "forged:[0-9]+:1: not valid: '.*' is not true here" "$1"
}
malformed() {
    forged "$1" "forged:2:[0-9]+: $2" "$1" 2
}
forged 'counter <= 3' '^verified: always counter <= 3 for ' 'what is weaker is told as what it is' 0
forged '2 >= counter' '^verified: always 2 >= counter for ' 'what is the same is told as it stands' 0
untrue 'counter <= 1'
untrue 'turn == 0'
untrue 'counter < 0 || counter > 0'
untrue 'wants == 0'
untrue 'wants[1] == 0'
# Precedence and associativity as in C: each of these would be true if it were not.
for condition in '1 + 1 * 2 == 4' '2 - 1 - 1 == 2' '8 / 4 / 2 == 4' '4 & 4 == 4' '0 | 2 == 2 & 0' '1 < 2 == 2' '3 > 2 > 1' '1 ? 0 : 1 ? 1 : 1' '1 << 1 + 1 == 3' \
    '-1 % 2 == 1' '-7 / 2 == -4' '-1 >> 1 == 0' '!0 == 0' '~0 == 0' '- 2 * -3 == -6' '7 % 4 * 2 == 7' '0 && 0 || 0' '1 == 1 ^ 1' '0 == 1 != 0' '010 == 8' '1 - -1 == 0'; do
    untrue "$condition"
done
# What has no value is not true.
for condition in '9223372036854775807 + 1 > 0' '9223372036854775807 + 1 < 0' '-9223372036854775807 - 2 < 0' '1 / counter >= 0' '1 % counter == 0' '1 / 0 == 1 / 0' '4611686018427387904 * 2 != 0' \
    '1 << 64 == 0' '1 << 63 != 0' '1 << -1 == 0' '1 >> 64 == 0' '(-9223372036854775807 - 1) / -1 < 0' '-(-9223372036854775807 - 1) < 0' 'wants[2] == 0' 'wants[-1] == 0' 'wants[counter * 2] == 0' \
    'counter[1] == 0' '!(1 / 0)' '1 / 0 ? 1 : 1' '1 || 1 && 1 / 0 && 0 || (1 / 0) == 0 ? counter < 0 : 1'; do
    untrue "$condition"
done
for condition in '0x10 == 16' '0xfF == 255' '1 || 1 / 0' '!(0 && 1 / 0)' '1 ? 1 : 1 / 0' '0 ? 1 / 0 : 1' '1 || wants[7]' '(1 || 1 / 0) && counter >= 0'; do
    forged "$condition" '^verified: always ' "as C has it: $condition" 0
done
malformed 'other <= 2' 'the condition is about a name that the program does not have'
malformed '1 || other <= 2' 'the condition is about a name that the program does not have'
malformed 'SELF == 0' 'the condition is about a name that the program does not have'
malformed 'first.%ax <= 2' 'the condition is about a register of a thread, which this verifier does not support'
malformed '%ax <= 2' 'the condition has something else'
malformed 'output == "a"' 'the condition is about the output, which this verifier does not support'
malformed 'counter = 2' 'the condition has something else where an operator or the end was expected'
for condition in 'counter <= 2 for "other" (sha256 0)' 'counter <= 2, always counter <= 1' 'counter <= 2 # so' 'counter <= 2;' 'counter += 2' 'counter |= 2' '$1' '2000 2' 'counter <=' '<= 2' '(counter <= 2' \
    'counter <= 2)' 'wants[0' 'wants]0[' '1 ? 2' '1 : 2' '+1' '*counter' '&counter' 'counter++' '0x == 0' '0X10 == 16' '0xg == 0' '0x8000000000000000 > 0' '1e3' '9223372036854775808 > 0' "'a'" 'counter <= 2\x0a' 'counter <= 2\\' 'a.b' 'counter . %ax' \
    'counter <= 2 ' ' counter <= 2' "$(printf 'counter\t<= 2')" '' 'not counter' 'counter < = 2' 'counter & & 1' '! = 1' "$(printf '%0300d' 0 | tr 0 '(')1" "$(printf '%0300d' 0 | tr 0 '!')1" \
    "0$(yes '+ 1' | head -n 6000 | tr '\n' ' ' | sed 's/ $//')" "$(printf 'counter \302\240<= 2')"; do
    malformed "$condition" ''
done
damage always 2 'expected fewer claims' 'there are too many claims' awk '/^claim /{ for (i = 0; i < 65; i++) print; next } { print }'
damage always 2 'expected threads' 'a claim stands behind the others' sed 's/^model .*/&\nclaim always 1/'
damage always 2 'expected columns' 'a condition has a witness' sed 's/^columns /witness 0\n&/'
damage always 2 'expected words' 'always without a condition' sed 's/^claim .*/claim always/'
damage always 1 "'counter <= 1' is not true here" 'of two claims the second one is forged' sed 's/^claim .*/&\nclaim always counter <= 1/'
damage always 2 'expected witness' 'a bound beside a condition has no witness' sed 's/^claim .*/&\nclaim counter >= 2/'
damage always 0 '^verified: always counter <= 2, counter >= 2 for .*, witness of 18 steps ends with 2$' 'a bound beside a condition' \
    sed 's/^claim .*/&\nclaim counter >= 2/; s/^columns /witness 18\n0*9 1*9\n&/'
damage always 1 'leads to a state that is not listed' 'a state is left out of those of a condition' without_state '1 0 '
damage always 2 'expected >=|has something else' 'a variable that is named as the word is none' sed 's/^claim .*/claim always > 1/'
printf '.var always\n.main\n add $2, always\n' >"$work/word.s"
good '^verified: always >= 4 for ' "$work/word.s" 2 1
good '^verified: always always <= 4 for ' "$work/word.s" 2 1 --always 'always <= 4'
make sliced peterson 2 1 --always 'turn <= 1'
damage sliced 1 "the value of counter is not known here, and 'counter >= 0' needs it" 'a condition is about what is not listed' \
    sed 's/^claim .*/claim always counter >= 0/'
make pair bank-transfer 2 1 --observe a,b
damage pair 1 'every thread has finished here, and b need not be at least 61' 'the second bound is raised' sed 's/^claim b .*/claim b >= 61/'
damage pair 1 'the witness ends with 60, not with 59' 'the second bound is lowered' sed 's/^claim b .*/claim b >= 59/'
damage pair 2 'expected .>=., or .<=. in all claims' 'bounds of both directions' sed 's/^claim b >=/claim b <=/'
damage pair 2 'expected columns' 'a claim is left out, and its witness stays' sed '/^claim b/d'
damage pair 2 'expected witness' 'a witness is left out' awk '/^witness /{ count++ } /^columns /{ count = 0 } count != 2'
damage pair 2 'variable that the program does not have' 'a bound of what is printed' sed 's/^claim b /claim output /'
damage pair 2 'variable that the program does not have' 'a bound of what jumps look at' sed 's/^claim b /claim first.%flags /'
damage pair 2 'variable that the program does not have' 'a bound of a mutex' sed 's/^claim b /claim account[0] /'

printf '.var x\n.var y\n.thread a\n mov $1, x\n mov $2, y\n.thread b\n mov $2, x\n mov $1, y\n' >"$work/two.s"
make two "$work/two.s" 1 1 --observe x,y
damage two 1 'the witness ends with 2, not with 1' 'the first witness ends elsewhere' awk '/^witness /{ n++ } n == 1 && /\*/{ $0 = "0*2 1*2" } { print }'
damage two 1 'the witness ends with 2, not with 1' 'the second witness ends elsewhere' awk '/^witness /{ n++ } n == 2 && /^[01]\*/{ $0 = "1*2 0*2" } { print }'

make woken two-conditions 2 1
damage woken 1 'not listed' 'nobody is woken' awk '/^states /{ listing = 1; print "states " $2 - 1; next } listing && !done && /w /{ done = 1; next } { print }'
damage woken 2 'a mark that it cannot have' 'a thread sleeps where it cannot' sed 's/^0 0 0 /0z 0 0 /'
damage woken 2 'a mark that it cannot have' 'a thread is not born that is there from the start' sed 's/^0 0 0 /0u 0 0 /'
damage woken 1 'not listed' 'threads may wake up by themselves' sed 's/^iters .*/&\nsymbol SPURIOUS 1/'
make sleepy two-conditions 2 1 --define SPURIOUS 1
damage sleepy 0 '^verified: eaten >= 2 for .*, ITERS = 1, free scheduler: ' 'states that cannot be reached do no harm' sed '/^symbol SPURIOUS/d'
make shared readers-writers 2 1
damage shared 1 'not listed' 'a reader is left out' sed 's/^\(1 1 0 .*\)0,1 /\11 /; s/^1 1 0 0,1/1 1 0 1/'
damage shared 2 'expected a number in the range' 'readers are not in their order' sed 's/ 0,1 / 1,0 /'
damage shared 2 'expected a number in the range' 'two threads write' sed 's/ 2w / 1,2w /'
damage shared 2 'expected a number in the range' 'a reader is twice' sed 's/ 0,1 / 0,0 /'
make forks dining 2 1
damage forks 2 'expected the column mutex:fork\[1\]' 'a column of an array is missing' sed 's/ mutex:fork\[1\]//'
damage forks 1 'not listed|decides|should be listed' 'a fork is picked by a register that is not known' sed 's/^forget T0.%bx .*/forget T0.%bx 0-11/'
printf '%s\n' '.var n' '.mutex m, recursive' '.main' 'lock m' 'lock m' 'add $1, n' 'unlock m' 'unlock m' >"$work/deep.s"
make deep "$work/deep.s" 2 1
damage deep 1 'not listed' 'a mutex is held once only' sed 's/^\(.*\)0,1 /\10 /'
damage deep 2 'expected a number in the range|more than once by nobody' 'a mutex is held more than once by nobody' sed 's/ 0,1 / -,1 /'
damage deep 2 'expected a number in the range' 'a mutex is not recursive' sed 's/^>\.mutex.*/>.mutex m/'
printf '%s\n' '.var n' '.main' 'choose 1, 6, %ax' 'add %ax, n' >"$work/dice.s"
make dice "$work/dice.s" 2 1 --upper
report "$(grep -q '0:5\*1 .*1:5\*1' "$work/dice" || grep -A1 '^witness' "$work/dice")" 'a witness tells its choices'
check "$work/dice" 0 '^verified: n <= 12 ' 'good: two dice'
damage dice 1 'the witness ends with 11, not with 12' 'a witness chooses another number' sed 's/0:5\*1/0:4*1/'
damage dice 1 'step 1 of the witness: T0 does not have that choice' 'a witness chooses what there is not' sed 's/0:5\*1/0:6*1/'
damage dice 2 'expected a number in the range' 'a first choice is not told' sed 's/0:5\*1/0:0*1/'
damage dice 1 'not listed|need not be' 'there is one more number to choose' sed 's/choose 1, 6/choose 1, 7/'

# Store buffers: y decides, and is known where it waits; x and seen are bounded.
printf '%s\n' '.var x' '.var y' '.var seen' '.memory tso' '.thread a' 'mov $2, x' 'mov y, %ax' 'test $0, %ax' 'jne .out' 'mov $1, seen' \
    '.out' '.thread b' 'mov $1, y' 'mov x, %bx' >"$work/buffers.s"
make buffers "$work/buffers.s" 1 1 --observe seen --upper
report "$(grep -qx '5 1 x,seen y=1 0 - - | 0 - 1 - -' "$work/buffers" || grep '^5 1' "$work/buffers")" 'a state tells what waits in store buffers'
check "$work/buffers" 0 '^verified: seen <= 1 for .*: 70 states, ' 'good: store buffers'
damage buffers 1 'the flush of a from here leads to a state that is not listed: 5 1 seen y=1 0 - -$' 'a flush is left out' without_state '5 1 seen y=1 '
damage buffers 1 'not listed' 'stores of a thread are not in their order' sed 's/^5 0 x,seen /5 0 seen,x /'
damage buffers 1 'not listed' 'what waits has another value' sed 's/^0 1 - y=1 /0 1 - y=2 /'
damage buffers 1 'a\.1 need not be at most 0 here: after the step of a ' 'a bound of what waits is lowered' \
    sed 's/^5 0 x,seen - 0 - - | 0 - 1 /5 0 x,seen - 0 - - | 0 - 0 /'
damage buffers 1 'a\.[01] is bounded here, but after the (flush of a|step of b) .* nothing is known of it' 'a bound of what waits is left out' \
    sed 's/^5 0 x,seen - 0 - - | 0 - 1 /5 0 x,seen - 0 - - | 0 - - /'
damage buffers 1 'a\.0 is bounded here, but nothing is known of it at the start' 'what does not wait has a bound' \
    sed 's/^0 0 - - 0 - - | 0 - /0 0 - - 0 - - | 0 7 /'
damage buffers 1 'b\.0 is bounded here, but after the step of b ' 'what is known has a bound, too' \
    sed 's/^0 1 - y=1 0 - - | 0 - - - -/0 1 - y=1 0 - - | 0 - - 1 -/'
damage buffers 2 'there is no such store: expected a variable and its value' 'a known value is not told' sed 's/^0 1 - y=1 /0 1 - y /'
damage buffers 2 'there is no such store: expected a variable, ' 'a value is told that is not known' sed 's/^1 0 x /1 0 x=2 /'
damage buffers 2 'there is no such store' 'a register waits in a store buffer' sed 's/^1 0 x /1 0 a.%ax /'
damage buffers 2 'there is no such store: .* at most 32 times' 'more stores wait than there is room for' \
    sed "s/^1 0 x /1 0 x$(printf ',x%.0s' $(seq 32)) /"
damage buffers 2 'a column for another location' 'a store buffer has a known column' sed 's/ known:a\.%ax/ known:a.0/'
damage buffers 2 'expected the column buffer:a' 'store buffers are left out' sed 's/ buffer:a buffer:b//'
damage buffers 2 'expected a number in the range for its place, not .0f.' 'memory is sc' sed 's/^>\.memory tso/>.memory sc/'
damage buffers 2 'which the parallel scheduler' 'the scheduler does not know store buffers' sed 's/^scheduler .*/scheduler parallel lag=1 offset=0/'
damage buffers 1 'step 5 of the witness: a waits' 'a store waits for the one before it' sed 's/^iters .*/&\nsymbol STORE_BUFFER 1/'
damage buffers 1 'the witness ends before every thread has finished' 'a store of the witness does not reach memory' witness 9 '0*5 1*2 0f*2'
damage buffers 1 'step 10 of the witness: a has no store that waits' 'a store of the witness reaches memory twice' witness 10 '0*5 1*2 0f*3'
damage buffers 2 'runs such as 0' 'a flush of the witness has a choice' witness 10 '0*5 1*2 0f:1*2 1f*1'
damage buffers 1 'not listed|should be listed' 'a fence is a step more' sed 's/^>mov y, %ax/>mfence\n&/; s/^text .*/text 15/'

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
damage away 2 'a mark that it cannot have at this instruction' 'a thread is away where it cannot be' sed 's/^0 0~ /0~ 0 /'
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
    "$seal" "$file"
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
# Which mutex it is a register says, which no state tells.
forge picked 'always n == 0' picked '.var n' '.mutex m, 2' '.main' ' mov $1, %bx' ' lock m(%bx)' ' unlock m(%bx)' <<'END'
columns at:T0 mutex:m[0] mutex:m[1] known:n
states 4
0 - - 0
1 - - 0
2 0 - 0
3 - - 0
END
check "$work/picked" 1 'what decides who can go on is not known' 'a register that is not known picks an object'
# one LINE...: what is true between the steps of a thread that adds 1 and takes it away again, with these lines around that.
one() {
    forge stretch 'always n == 0' stretch '.var n' '.main' "$1" ' add $1, n' "$2" ' sub $1, n' "$3" <<'END'
columns at:T0 known:n
states 2
0 0
2 0
END
}
one .atomic '' .endatomic
check "$work/stretch" 0 'verified: always n == 0 .* 2 states, 1 step' 'an atomic stretch is one step'
one '' '' ''
check "$work/stretch" 1 'is not listed' 'two instructions without one are two'
one .atomic .endatomic ''
check "$work/stretch" 1 'is not listed' 'and so are those on both sides of its end'
one .atomic yield .endatomic
check "$work/stretch" 2 'may not stand in an atomic stretch' 'and nothing stands in one that may not'
forge stretch 'n >= 5' stretch '.var n' '.mutex m' '.main' '.atomic' ' mov $5, n' ' unlock m' '.endatomic' <<'END'
witness 1
0*1
columns at:T0 mutex:m | bound:n
states 1
0 - | 0
END
check "$work/stretch" 1 'step 1 of the witness: T0 makes an error' 'an error in the middle of one is an error'
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
    '.atomic' '.endatomic' 'lock m' '.mutex m, 65' '.rwlock r, 33' '.observe nothing' '.observe' '.observe counter,counter' 'assert' 'assert other' 'print "a' 'print "\\q"' \
    'choose 2, 1, %ax' 'choose 0, 64, %ax' 'spawn nobody' '.barrier b' '.event e, unset' '.thread a, soon' '.rept 0' '.critical' '.endcritical' '.endr' 'mov 1048320, %ax' 'mov -4, %ax' 'nop nop' '%nop' 'j nowhere' 'a: a: nop' '.unknown nop' 'mov \x09$1, %ax'; do
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
    longer=
    [ -z "${LONG_TESTS-}" ] || longer="signals --threads 2 --iters 4 --scheduler signal --quantum 1500 --phase any
bounds --threads 4 --iters 5
leads --threads 3 --iters 12 --scheduler parallel --lag 40
preemptions --threads 3 --iters 7 --scheduler preemptions --bound 3
picks $work/picks.s --threads 1"
    printf '%s\n' '.var n' '.main' '.tick 200000' ' add $1, n' >"$work/ticks.s"
    { printf '%s\n' '.var n' '.main'; yes ' add $1, n' | head -n 40000; } >"$work/straight.s"
    { printf '%s\n' '.var n' '.mutex m, 2' '.main'; yes ' lock m(%bx)
 unlock m(%bx)' | head -n 60000; } >"$work/picks.s"
    while read -r name arguments; do
        [ -n "$name" ] || continue
        # shellcheck disable=SC2086 # one word an option
        "$RACECHECK" $arguments --certificate "$work/$name" >/dev/null 2>&1
        size=$(wc -c <"$work/$name")
        (ulimit -v $((6000 + 5 * size / 1024)) && "$verifier" -q "$work/$name") >"$work/out" 2>&1 || :
        report "$(cat "$work/out"; [ "$size" -gt 1000000 ] || echo "only $size bytes")" "five times the file is enough: $name"
    done <<END
$longer
phases $work/ticks.s --threads 2 --scheduler tick --quantum 200000 --phase any
straight $work/straight.s --threads 1
values --threads 2 --iters 13 --slice off
conditions --threads 2 --iters 13 --assert always(counter>=0)
sleepers --model condition-variable --threads 5
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
damage base 2 'expected .racecheck-certificate 1' 'the version is another one' sed '1s/1$/3/'
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
make large unlocked 4 6
lines=$(sed -n 's/^states //p' "$work/large")
problems=
for i in 1 2; do
    for field in 1 'bound'; do
        awk -v chosen=$((i * 31337 % lines + 1)) -v field="$field" '
            line > 0 && line++ == chosen {
                at = field == "bound" ? 6 : field
                while (field == "bound" && $at == "-") at++
                $at += 1
            }
            /^states /{ line = 1 }
            { print }' "$work/large" >"$work/damaged"
        "$seal" "$work/damaged" "$work/large" || problems="$problems nothing was changed"
        "$verifier" -q "$work/damaged" >/dev/null 2>&1
        status=$?
        [ $status -eq 1 ] || [ "$field $status" = '1 2' ] || problems="$problems line $((i * 31337 % lines + 1)), field $field: status $status"
    done
done
report "$problems" "whichever of $lines states is changed, it is noticed"

echo "1..$tests"
[ "$failures" -eq 0 ]
