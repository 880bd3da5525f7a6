#!/bin/sh
# test_theorem.sh: two solvers take every step of the proof in docs/theorem/; prints TAP.
#
# Each file says beside each question what must be answered. Three things are asked of each solver: the proof itself,
# for any number of threads and iterations; the whole file at two threads and two iterations, with the questions that
# must have a model; and files that are made wrong in one place each, at that size: there it must find a counterexample.
# Last, the schedule that docs/theorem.md gives by rule goes through racecheck as a witness.
set -u
: "${RACECHECK:?must name the program}"
theorem=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}/docs/theorem
z3=${Z3-z3}
cvc5=${CVC5-cvc5}

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-theorem.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
export LC_ALL=C

number=0
failures=0
missing=

# result STATUS NAME: one test, passed where STATUS is 0; the files there tell more.
result() {
    number=$((number + 1))
    touch "$work/answered"
    if [ -n "$missing" ]; then
        echo "ok $number - $2 # SKIP there is no $missing"
    elif [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        failures=$((failures + 1))
        echo "not ok $number - $2"
        diff -u --label expected --label answered "$work/expected" "$work/answered" | head -n 40 | sed 's/^/# /'
    fi
    rm -f "$work/answered"
}

# prove: any size. model: where a size is given a model is found by trying, and not by inference, which need not end.
solve() {
    case $solver-$1 in
    z3-*) timeout 300 "$program" -in ;;
    cvc5-prove) timeout 300 "$program" --lang=smt2 --incremental --full-saturate-quant - ;;
    cvc5-model) timeout 300 "$program" --lang=smt2 --incremental --fmf-bound --no-e-matching - ;;
    esac <"$work/question" >"$work/answered" 2>&1
}

proof_only() {
    sed '/^; ---- Nothing here is empty/,$d' "$1"
}

# sized FILE N K: the same for so many threads and iterations, without the answers that must be given for any. With
# numbers for N and K their products are numbers, and all is linear.
sized() {
    sed -e "s/^(declare-const N Int)/(define-fun N () Int $2)/; s/^(declare-const K Int)/(define-fun K () Int $3)/" \
        -e '/^(assert (>= [NK] [0-9]*))/d; s/(set-info :status [a-z]*)//; s/AUFNIA/AUFLIA/' "$1"
}

# Writes what must be answered, a line a question; each question has its answer, and there are some.
expect() {
    grep -o '(set-info :status [a-z]*' "$1" | sed 's/.* //' >"$work/expected"
    [ -s "$work/expected" ] && [ "$(grep -c '(check-sat)' "$1")" -eq "$(wc -l <"$work/expected")" ]
}

proves() {
    proof_only "$theorem/$1" >"$work/question"
    expect "$work/question" && ! grep -qvx unsat "$work/expected" && solve prove &&
        cmp -s "$work/expected" "$work/answered"
    result $? "$solver: $1 is proved"
}

finds_models() {
    expect "$theorem/$1" && grep -qx sat "$work/expected" &&
        sized "$theorem/$1" 2 2 >"$work/question" && solve model && cmp -s "$work/expected" "$work/answered"
    result $? "$solver: $1 at 2x2, and nothing there is empty"
}

# Some question that has no counterexample in the right file has one now; and nothing but answers is said.
is_refuted() {
    ! grep -qvxE 'sat|unsat|unknown' "$work/answered" && paste "$work/expected" "$work/answered" | grep -qx 'unsat	sat'
}

# refutes FILE N K CHANGE NAME: the file with a change (of sed) that makes it wrong. The solvers take turns with the changes; with
# LONG_TESTS each takes all.
changes=0
refutes() {
    changes=$((changes + 1))
    case $((changes % 2))$solver in
    1z3 | 0cvc5) ;;
    *) [ -n "${LONG_TESTS-}" ] || return ;;
    esac
    proof_only "$theorem/$1" >"$work/right"
    sed "$4" "$work/right" >"$work/wrong"
    sized "$work/wrong" "$2" "$3" >"$work/question"
    expect "$work/wrong" && { [ "$3" -eq 1 ] || ! cmp -s "$work/right" "$work/wrong"; } && solve model && is_refuted
    result $? "$solver: $1 $5 is refuted"
}

# witness N K VALUE: the schedule that ends with 2, as a witness that claims a value.
witness() {
    printf '{"format": "racecheck-witness", "version": 1, "program": {"model": "unlocked",\n'
    printf '"threads": %d, "iters": %d, "observe": "counter", "symbols": {}, "text": "' "$1" "$2"
    "$RACECHECK" models unlocked | sed 's/[\\"]/\\&/g; s/$/\\n/' | tr -d '\n'
    printf '"},\n"scheduler": {"kind": "free"}, "end": "value", "value": %d, "preemptions": 4, "steps": [\n' "$3"
    awk -v N="$1" -v K="$2" '
        function turn(thread, steps) {
            while (steps-- > 0)
                printf "%s%d", separator++ ? "," : "", thread
        }
        BEGIN {
            turn(0, 1)
            turn(1, 3 * (K - 1))
            turn(0, 2)
            turn(1, 1)
            turn(0, 3 * (K - 1))
            for (thread = 2; thread < N; thread++)
                turn(thread, 3 * K)
            turn(1, 2)
        }' </dev/null
    printf ']}\n'
}

# replays N K VALUE STATUS NAME
replays() {
    missing=
    echo "status $4" >"$work/expected"
    witness "$1" "$2" "$3" >"$work/witness.json"
    "$RACECHECK" replay --quiet "$work/witness.json" >"$work/answered" 2>&1
    echo "status $?" >>"$work/answered"
    [ "$(tail -n 1 "$work/answered")" = "status $4" ]
    result $? "racecheck: $5"
}

for solver in z3 cvc5; do
    missing= changes=0
    case $solver in
    z3) program=$z3 ;;
    cvc5) program=$cvc5 ;;
    esac
    command -v "$program" >/dev/null 2>&1 || missing=$solver
    proves lower.smt2
    proves upper.smt2
    finds_models lower.smt2
    finds_models upper.smt2

    for part in L1 L2 L3 L4 L5 L6 L7; do
        refutes lower.smt2 2 2 "/; $part\$/d" "without $part"
    done
    refutes lower.smt2 2 1 '' 'with one iteration'
    refutes lower.smt2 2 2 's/(not (>= v 2))/(not (>= v 3))/' 'claiming 3'
    refutes lower.smt2 2 2 's/(store ax t v)/(store ax t 0)/' 'where a load gives 0'
    for part in U1 U2 U3 U4 U5 U6 U7; do
        refutes upper.smt2 2 2 "/; $part\$/d" "without $part"
    done
    refutes upper.smt2 2 2 's/(not (<= v (\* N K)))/(not (<= v (- (* N K) 1)))/' 'claiming N * K - 1'
    refutes upper.smt2 2 2 's/(+ (select ax t) 1)/(+ (select ax t) 2)/' 'where 2 is added'
    refutes upper.smt2 2 2 's/(store done t (+ (select done t) 1))/done/' 'where iterations are not counted'
done
replays 2 2 2 0 '2x2 by rule ends with 2'
replays 7 30 2 0 '7x30 by rule ends with 2'
replays 2 100000 2 0 '2x100000 by rule ends with 2'
replays 7 30 3 1 'and not with 3'
echo "1..$number"
[ $failures -eq 0 ]
