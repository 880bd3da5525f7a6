#!/bin/sh
# catalogue.sh FILE... > catalogue_texts.c
#
# Makes the table of the built-in models out of their texts, NAME.s or NAME.py. The first line of each must read "# NAME: what it shows",
# where NAME is the file's name. Texts become arrays of bytes, not string literals: C promises only 4095 characters of
# those, and nothing needs a guess about which characters want a backslash.
set -eu
LC_ALL=C
export LC_ALL

# bytes: standard input as the elements of a char array that ends with NUL
bytes() {
    od -An -v -to1 | sed "s/[[:blank:]]*\([0-7][0-7][0-7]\)/'\\\\\1',/g; s/^/    /"
    echo "    0"
}

summary_of() {
    sed -n "1s/^# $2: \(..*\)\$/\1/p" "$1"
}

name_of() {
    name=${1##*/}
    echo "${name%.*}"
}

# file_of NAME FILE...: the file of a model
file_of() {
    wanted=$1
    shift
    for file in "$@"; do
        test "$(name_of "$file")" != "$wanted" || echo "$file"
    done
}

names=$(for file in "$@"; do name_of "$file"; done | sort)

echo '/* Made from the model texts by models/catalogue.sh; do not edit. */'
echo '#include "models/catalogue_texts.h"'
for name in $names; do
    file=$(file_of "$name" "$@")
    summary=$(summary_of "$file" "$name")
    if test -z "$summary"; then
        echo "$0: $file:1: expected '# $name: what it shows'" >&2
        exit 1
    fi
    identifier=$(printf '%s' "$name" | tr -c '[:alnum:]' '[_*]')
    printf '\nstatic const char %s_summary[] = {\n' "$identifier"
    printf '%s' "$summary" | bytes
    printf '};\n\nstatic const char %s_text[] = {\n' "$identifier"
    bytes <"$file"
    echo '};'
done
printf '\nconst struct model catalogue_texts[] = {\n'
for name in $names; do
    file=$(file_of "$name" "$@")
    identifier=$(printf '%s' "$name" | tr -c '[:alnum:]' '[_*]')
    printf '    {"%s", "models/%s", %s_summary, %s_text},\n' "$name" "${file##*/}" "$identifier" "$identifier"
done
printf '};\n\nconst size_t catalogue_texts_count = sizeof catalogue_texts / sizeof catalogue_texts[0];\n'
