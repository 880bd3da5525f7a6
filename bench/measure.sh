# shellcheck shell=sh disable=SC2154
# measure.sh: what the scripts of this folder share: a temporary directory, whole processes that are timed, medians, and SPIN's
# verifiers. It is sourced by them, with `here` naming this folder; CC is the compiler.
LC_ALL=C
export LC_ALL
CC=${CC:-cc}

# die WORD...: ends with a message; in the name of the script, which is in `self`.
die()
{
    echo "$self: $*" >&2
    exit 2
}

# check_runs NUMBER: of --runs.
check_runs()
{
    [ "$1" -gt 0 ] 2>/dev/null || die "--runs needs a number of at least 1"
}

# set_up: what all measurements need. $work is the temporary directory, which goes when the script ends.
set_up()
{
    command -v "$CC" >/dev/null || die "no C compiler '$CC'; set CC"
    [ -x "$RACECHECK" ] || die "no program '$RACECHECK'; run make, or set RACECHECK"
    work=$(mktemp -d) || die "no temporary directory"
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    "$CC" -O2 -D_GNU_SOURCE -o "$work/timer" "$here/timer.c" || die "timer.c does not compile"
    memory_limit=$(awk '/^MemAvailable/ { print int($2 / 1024) - 1024 }' /proc/meminfo)
}

# describe: the programs and the machine, for the head of a report.
describe()
{
    echo "$("$RACECHECK" --version | head -n 1); $(spin -V 2>/dev/null || echo 'no SPIN'); $("$CC" --version | head -n 1)"
    echo "$(uname -m), $(getconf _NPROCESSORS_ONLN) cores, $memory_limit MB free; load $(cut -d' ' -f1 /proc/loadavg)"
}

# ---- Measuring -------------------------------------------------------------------------------------------------------

# timed NAME COMMAND...: runs a command, output to NAME.out, one more line of measurements to NAME.times.
timed()
{
    name=$1
    shift
    "$work/timer" "$work/$name.times" "$@" >"$work/$name.out" 2>"$work/$name.err"
}

# median NAME COLUMN: of the measurements so far; column 1 is wall seconds, 3 is memory in kB.
median()
{
    sort -g -k "$2,$2" "$work/$1.times" |
        awk -v c="$2" '{ v[NR] = $c } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# number FILE NAME: a number from a JSON result.
number()
{
    sed -n 's/^.*"'"$2"'": *"\{0,1\}\([0-9]*\).*$/\1/p' "$1" | head -n 1
}

# ---- SPIN ------------------------------------------------------------------------------------------------------------

# log2 NUMBER: the logarithm, rounded down.
log2()
{
    awk -v n="$1" 'BEGIN { for (l = 0; n >= 2; n /= 2) l++; print l }'
}

# verifier NAME MODEL OPTION...: compiles a verifier for a model; $spin_options are those of spin itself.
verifier()
{
    name=$1 model=$2
    shift 2
    mkdir "$work/$name" || exit 2
    cp "$model" "$work/$name/model.pml"
    # shellcheck disable=SC2086 # a list of words
    (cd "$work/$name" && spin -a ${spin_options:-} model.pml >spin.out 2>&1 &&
        "$CC" -w -O3 -DSAFETY "-DMEMLIM=$memory_limit" "$@" -o pan pan.c >cc.out 2>&1) || {
        cat "$work/$name"/*.out >&2
        die "SPIN's verifier could not be made"
    }
}

# bytes FILE: a model that racecheck has exported, with a byte for each number, as somebody would choose who knows that no value is
# greater: a quarter faster, for SPIN stores states as they are. Where one was greater there would be other states.
bytes()
{
    sed 's/^\( *\)int \([a-z]\)/\1byte \2/' "$1"
}

# pan_states FILE, pan_finished FILE, pan_complete FILE (which is to say: without an error): read a verifier's report. Its exit status says nothing: it is 0 after an error,
# too.
pan_states()
{
    sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$1" | awk '{ printf "%.0f\n", $1 }'
}

pan_finished()
{
    grep -q 'errors: ' "$1" && ! grep -q -e 'Search not completed' -e 'out of memory' -e 'depth too small' "$1"
}

pan_complete()
{
    grep -q 'errors: 0' "$1" && pan_finished "$1"
}
