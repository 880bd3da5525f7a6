#!/bin/sh
# text_arrays.sh HEADER NAME FILE [NAME FILE]... > texts.c
#
# Makes texts that others execute, a Python interpreter or a C compiler, a part of the program, each an array of that name, which the header
# declares. Bytes, not string literals: C promises only 4095 characters of those.
set -eu
LC_ALL=C
export LC_ALL

echo '/* Made by base/text_arrays.sh; do not edit. */'
echo "#include \"$1\""
shift
while test $# -gt 1; do
    echo
    echo "const char $1[] = {"
    od -An -v -to1 "$2" | sed "s/[[:blank:]]*\([0-7][0-7][0-7]\)/'\\\\\1',/g; s/^/    /"
    echo '    0};'
    shift 2
done
