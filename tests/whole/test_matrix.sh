#!/bin/sh
# test_matrix.sh: the certificates of every model of the catalogue, as users make them, before racecheck-verify. Prints TAP.
#
# Every model at 2 threads of 10 iterations, 3 of 4 and 4 of 2; under the schedulers free, tick with a short and a long
# quantum, parallel, and the model's own; with slicing and without; the minimum's certificate and the maximum's, those of all variables
# together, and one of what is true of every state: CERTIFICATE_STATES=all (`make check-certificates`), with a table of what was verified.
# In `make check` sizes and schedulers take turns, one of each for a model, and no certificate lists more than CERTIFICATE_STATES
# states; how many that leaves out is said.
set -u
: "${RACECHECK:?must name the program}"
verifier=${RACECHECK_VERIFY:?must name the verifier}
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
# Sanitizers make everything slower.
states=${CERTIFICATE_STATES:-$([ -n "${SANITIZERS-}" ] && echo 1000 || echo 8000)}

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-matrix.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

tests=0
failures=0
verified=0
without=0
beyond=0
unknown=0

# limit: the options that keep a certificate small.
limit() {
    [ "$states" = all ] || echo "--max-states $states"
}

# judge NAME CERTIFICATE: has one certificate verified; says what is wrong with it.
judge() {
    if "$verifier" "$2" >"$work/said" 2>&1; then
        verified=$((verified + 1))
        [ "$states" != all ] || sed -n "1s/^verified: \(.*\) for .* scheduler: /# $1: \1: /p" "$work/said"
    else
        problems="$problems$1: $(head -n 1 "$work/said")
"
    fi
}

# variables MODEL: those of one word, with commas between them.
variables() {
    sed -n 's/^\.var \([a-z_]*\)\(,.*\| *#.*\|\)$/\1/p' "$top_srcdir/models/$1.s" | paste -sd, -
}

# condition MODEL: what is true of every state of it.
condition() {
    case $1 in
    peterson | dekker) echo 'counter <= 2 && (turn == 0 || turn == 1) && wants[0] + wants[1] <= 2' ;;
    bakery) echo 'counter <= 2 && (number[0] == 0 || 6 / number[0] >= 2) && choosing[0] <= 1' ;;
    ticket) echo 'turn <= ticket && ticket <= THREADS && counter <= turn + 1' ;;
    test-and-set) echo 'flag <= 1 && counter <= THREADS' ;;
    bank-transfer) echo 'a + b >= 120 && a + b <= 170' ;;
    readers-writers) echo 'torn == 0 && first - second >= 0 && first - second <= 1' ;;
    dining) echo 'meals <= THREADS' ;;
    barrier) echo 'early == 0 && done <= THREADS' ;;
    double-barrier) echo 'count >= 0 && count <= THREADS && rounds <= 2 * THREADS' ;;
    condition-variable | two-conditions) echo '(full & ~1) == 0 && eaten <= THREADS' ;;
    pipeline) echo 'arrived <= ITERS' ;;
    print-order) echo 'A + B + C == 1' ;;
    io-starvation) echo 'served >= 0' ;;
    gil-ticks) echo 'locked <= 1 && sleeping <= 1' ;;
    gil-*) echo 'locked <= 1 && asleep[0] + asleep[1] <= 2' ;;
    cpu-bound) echo '1 <= 2' ;;
    priority-*) echo 'late <= ITERS' ;;
    processes) echo 'total >= 0' ;;
    *) echo 'counter >= 0 && counter <= THREADS * ITERS' ;;
    esac
}

# certify NAME OPTION...: both certificates of one combination.
certify() {
    name=$1
    shift
    rm -f "$work/least" "$work/greatest"
    # shellcheck disable=SC2046 # one word an option
    "$RACECHECK" "$@" $(limit) --compute extremes --certificate "$work/least" --upper-certificate "$work/greatest" \
        >/dev/null 2>"$work/err"
    status=$?
    for file in "$work/least" "$work/greatest"; do
        [ ! -f "$file" ] || judge "$name" "$file"
    done
    if [ $status -eq 0 ] && [ -f "$work/least" ] && [ -f "$work/greatest" ]; then
        return
    elif grep -q 'no certificate: no schedule ends with a value' "$work/err"; then
        without=$((without + 1))
        echo "# $name: no schedule ends with a value, so that there is nothing to certify"
    elif grep -q -e 'it cannot tell of .*, which the program uses' -e 'it cannot tell of priorities' \
        -e 'it cannot tell of the cores scheduler' -e 'what is printed has no bound' -e 'nothing is observed' "$work/err"; then
        unknown=$((unknown + 1))
    elif [ $status -eq 3 ] && [ "$states" != all ] && grep -q 'the limit of .* states was reached' "$work/err"; then
        beyond=$((beyond + 1))
    else
        problems="$problems$name: status $status: $(head -n 1 "$work/err")
"
    fi
}

# in_turn: of the lines read all, or the one whose turn it is.
in_turn() {
    awk -v turn="$turn" -v all="$states" '{ lines[NR] = $0 } END { for (i = 1; i <= NR; i++) if (all == "all" || (turn - i) % NR == 0) print lines[i] }'
}

# schedulers MODEL: a line of options each; of the model's own one, where it names one, none.
schedulers() {
    printf '%s\n' '--scheduler free' '--scheduler tick --quantum 3' '--scheduler tick --quantum 100' '--scheduler parallel --lag 2' | in_turn
    grep -q '^\.scheduler' "$top_srcdir/models/$1.s" && echo
}

turn=0
for model in "$top_srcdir"/models/*.s; do
    turn=$((turn + 1))
    model=$(basename "$model" .s)
    printf '%s\n' '2 10' '3 4' '4 2' | in_turn >"$work/sizes"
    while read -r size; do
        problems=
        threads=${size% *} iters=${size#* }
        # These have two threads, each of which knows the other one.
        case $model in gil-ticks-pair | gil-interval) threads=2 ;; esac
        schedulers "$model" >"$work/schedulers"
        while read -r scheduler; do
            for slice in auto off; do
                # shellcheck disable=SC2086 # one word an option
                certify "$model $threads x $iters, ${scheduler:-its own scheduler}, slice $slice" --model "$model" \
                    --threads $threads --iters $iters $scheduler --slice $slice </dev/null
                # shellcheck disable=SC2086 # one word an option
                certify "$model $threads x $iters, ${scheduler:-its own scheduler}, slice $slice, every state" --model "$model" \
                    --threads $threads --iters $iters $scheduler --slice $slice --assert "always $(condition "$model")" </dev/null
                case $(variables "$model") in
                *,*)
                    # shellcheck disable=SC2086 # one word an option
                    certify "$model $threads x $iters, ${scheduler:-its own scheduler}, slice $slice, all variables" --model "$model" \
                        --threads $threads --iters $iters $scheduler --slice $slice --observe "$(variables "$model")" </dev/null
                    ;;
                esac
            done
        done <"$work/schedulers"
        tests=$((tests + 1))
        if [ -z "$problems" ]; then
            echo "ok $tests - $model, $threads threads, $iters iterations"
        else
            failures=$((failures + 1))
            echo "not ok $tests - $model, $threads threads, $iters iterations"
            printf '%s' "$problems" | sed 's/^/# /'
        fi
    done <"$work/sizes"
done

echo "# $verified certificates verified; $without combinations without a final value; $unknown are not what certificates cover"
[ $beyond -eq 0 ] || echo "# $beyond combinations have more than $states states: CERTIFICATE_STATES=all, or make check-certificates"
echo "1..$tests"
[ "$failures" -eq 0 ]
