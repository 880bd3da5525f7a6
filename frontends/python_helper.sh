#!/bin/sh
# python_helper.sh NAME FILE [NAME FILE]... > python_helper.c
#
# Makes texts that a Python interpreter runs a part of the program, each an array of that name. Bytes, not string literals: C promises
# only 4095 characters of those.
set -eu
LC_ALL=C
export LC_ALL

echo '/* Made by frontends/python_helper.sh; do not edit. */'
echo '#include "frontends/python.h"'
while test $# -gt 1; do
    echo
    echo "const char $1[] = {"
    od -An -v -to1 "$2" | sed "s/[[:blank:]]*\([0-7][0-7][0-7]\)/'\\\\\1',/g; s/^/    /"
    echo '    0};'
    shift 2
done
