#!/bin/sh
# python_helper.sh FILE > python_helper.c
#
# Makes the text of the helper that dumps a Python program's code a part of the program. Bytes, not a string literal: C promises
# only 4095 characters of those.
set -eu
LC_ALL=C
export LC_ALL

echo '/* Made from frontends/python_dump.py by frontends/python_helper.sh; do not edit. */'
echo '#include "frontends/python.h"'
echo
echo 'const char python_helper[] = {'
od -An -v -to1 "$1" | sed "s/[[:blank:]]*\([0-7][0-7][0-7]\)/'\\\\\1',/g; s/^/    /"
echo '    0};'
