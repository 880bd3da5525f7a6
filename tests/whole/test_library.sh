#!/bin/sh
# test_library.sh: libracecheck, installed, and a program that knows its header alone; prints TAP.
#
# The program runs several analyses in one process, also at the same time. What it says is compared with known numbers, which are
# those of the command, too. Each allocation of two runs fails in turn: that run ends with an error, the other one does not. And the
# objects are looked into: nothing below the applications ends the process, prints, or has mutable variables.
set -u
: "${top_builddir:?must name the build tree}" "${top_srcdir:?must name the sources}"
compiler=${CC:-cc}
work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-library.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
number=0
failures=0

# report PROBLEMS NAME: one test, which passes where there are no problems (one a line).
report() {
    number=$((number + 1))
    if [ -z "$1" ]; then
        echo "ok $number - $2"
    else
        failures=$((failures + 1))
        echo "not ok $number - $2"
        printf '%s\n' "$1" | head -n 40 | sed 's/^/# /'
    fi
}

# ---- Objects -------------------------------------------------------------------------------------------------------

folders="base program frontends models machine schedulers space trace analysis report lib course"

# symbols: all symbols, "library:object:symbol|section" ("*UND*" for those that are somewhere else).
symbols() {
    for folder in $folders; do
        nm -A -f sysv "$top_builddir/$folder/lib$folder.a" 2>/dev/null | sed "s#^$top_builddir/##"
    done | sed -n 's/^\([^ |]*\) *|.*|\([^| ]*\) *$/\1|\2/p'
}

# The pool's children end, and who fails outside of any scope has nowhere to go.
ending='_?exit|_Exit|abort|quick_exit|atexit|puts|printf|putchar|perror|stdout|stderr|__printf_chk'
report "$(symbols | grep -E ":($ending)\|\*UND\*$" |
    grep -Ev 'base.a:output\.o:stdout|base.a:process_pool\.o:(_exit|stdout|stderr)|course.a:gradebook\.o:stdout|scope\.o:abort')" \
    'no library ends the process or prints'

if [ -n "${SANITIZERS-}" ]; then
    echo "ok $((number += 1)) - no library has mutable variables # SKIP a sanitizer adds variables of its own"
else
    # Each thread has its own pointer to the scope that it is in; the tombstone is an address and never written. Graphviz can have
    # one context a process, and no more.
    report "$(symbols | grep -E '\|(\.data|\.bss|\.tdata|\.tbss|\*COM\*)$' | grep -Ev '(scope\.o:(innermost|tombstone)|picture\.o:renderer\.[0-9]*)\|')" \
        'no library has mutable variables'
fi
report "$(nm -g --defined-only "$top_builddir/lib/libracecheck.a" | awk 'NF == 3 { print $3 }' | grep -v '^racecheck_')" \
    'libracecheck shows its public functions and nothing else'

# ---- The program ---------------------------------------------------------------------------------------------------

installed=$work/installed
(cd "$top_builddir" && MAKEFLAGS='' make -s install-includeHEADERS install-libracecheckDATA install-pkgconfigDATA DESTDIR="$installed") \
    >"$work/install" 2>&1
header=$(find "$installed" -name racecheck.h)
library=$(find "$installed" -name libracecheck.a)
if [ -z "$header" ] || [ -z "$library" ]; then
    report "$(cat "$work/install")" 'header and library are installed'
    echo "1..$number"
    exit 1
fi
report '' 'header and library are installed'

# build NAME FLAG...: a program of the tests, from what was installed.
build() {
    program=$1
    shift
    # shellcheck disable=SC2086 # compiler and flags are words
    $compiler -std=c17 -Wall -Wextra -Wpedantic -Werror ${SANITIZERS:+-fsanitize=$SANITIZERS} "$@" -I "$(dirname "$header")" \
        "$top_srcdir/tests/whole/$program.c" -o "$work/$program" "$library" -lgmp -ljansson -lm -lpthread
}
report "$(build library_example 2>&1)" 'a program compiles against what was installed'

"$work/library_example" >"$work/out" 2>"$work/err"
status=$?
report "$(cat "$work/err"; [ $status -eq 0 ] || echo "status $status"; diff "$top_srcdir/tests/whole/library_example.expected" "$work/out")" \
    'several analyses in one process, one after the other and at the same time'

# ---- Memory --------------------------------------------------------------------------------------------------------

if build library_failing -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free >"$work/out" 2>&1; then
    "$work/library_failing" >"$work/out" 2>&1
fi
report "$(grep -v ': good$' "$work/out"; [ "$(grep -c ': good$' "$work/out")" -eq 2 ] || echo 'not all was tried')" \
    'memory that runs out is an error of one run, and leaves no block behind'

echo "1..$number"
[ "$failures" -eq 0 ]
