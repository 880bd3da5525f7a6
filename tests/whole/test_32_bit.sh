#!/bin/sh
# test_32_bit.sh: the library on a machine of 32 bits gives the same answers; prints TAP.
#
# All of its sources compile without a warning for such a machine (gcc -m32), and the program of test_library.sh says there what it
# says here: numbers of 64 bits are not cut anywhere. It runs where the kernel, or qemu-i386, can run it.
set -u
if [ -z "${LONG_TESTS-}" ]; then
    echo '1..0 # SKIP compiles everything anew: in .ci/run and make check-long, by LONG_TESTS=yes'
    exit 0
fi
: "${top_builddir:?must name the build tree}" "${top_srcdir:?must name the sources}"
work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-32-bit.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

echo '#include <gmp.h>
#include <jansson.h>
int main(void) { json_decref(json_null()); return mpz_cmp_ui((mpz_t){{0}}, 0); }' >"$work/probe.c"
if ! gcc -m32 "$work/probe.c" -o "$work/probe" -lgmp -ljansson 2>"$work/why"; then
    echo "1..0 # SKIP gcc -m32 cannot make a program with GMP and jansson (Debian: gcc-multilib, libgmp-dev:i386, libjansson-dev:i386)"
    exit 0
fi

cd "$top_srcdir" || exit 99
warnings='-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror'
# What needs the system's sandbox, and GMP's neighbours, is not in the library.
sources=$(ls base/*.c program/*.c frontends/*.c models/*.c machine/*.c schedulers/*.c space/*.c trace/*.c analysis/*.c lib/*.c |
    grep -Ev '^(base/(sandbox|process_pool)|models/catalogue_texts)\.c$')
# shellcheck disable=SC2086 # one word a file, and a flag
(cd "$work" && mkdir lib && printf '%s\n' $sources "$top_builddir/models/catalogue_texts.c" |
    sed "s#^[^/]#$top_srcdir/&#" | xargs -P 2 -n 12 gcc -m32 -std=c17 -O0 -D_GNU_SOURCE $warnings -I "$top_srcdir" -I "$top_builddir" -c) \
    >"$work/log" 2>&1
if [ -s "$work/log" ]; then
    echo 'not ok 1 - the sources compile for 32 bits without a warning'
    head -n 30 "$work/log" | sed 's/^/# /'
else
    echo 'ok 1 - the sources compile for 32 bits without a warning'
fi

cp "$top_srcdir/lib/racecheck.h" "$work/lib/racecheck.h"
if ! gcc -m32 -std=c17 -I "$work/lib" "$top_srcdir/tests/whole/library_example.c" "$work"/*.o -o "$work/example" -lgmp -ljansson -lm -lpthread \
    2>"$work/log"; then
    echo 'not ok 2 - the same answers as with 64 bits'
    head -n 30 "$work/log" | sed 's/^/# /'
    echo '1..2'
    exit 1
fi
runner=
"$work/probe" 2>/dev/null || runner=qemu-i386
if [ -n "$runner" ] && ! $runner "$work/probe" 2>/dev/null; then
    echo 'ok 2 - the same answers as with 64 bits # SKIP neither the kernel nor qemu-i386 runs programs of 32 bits'
    echo '1..2'
    [ ! -s "$work/log" ]
    exit
fi
$runner "$work/example" >"$work/out" 2>"$work/err"
status=$?
if [ $status -eq 0 ] && cmp -s "$top_srcdir/tests/whole/library_example.expected" "$work/out"; then
    echo 'ok 2 - the same answers as with 64 bits'
else
    echo "not ok 2 - the same answers as with 64 bits (status $status)"
    diff "$top_srcdir/tests/whole/library_example.expected" "$work/out" | cat "$work/err" - | head -n 30 | sed 's/^/# /'
fi
echo '1..2'
