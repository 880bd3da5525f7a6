#!/bin/sh
# page.sh page.css page.js > page_texts.c
#
# Makes the style sheet and the script of HTML reports into arrays of bytes (models/catalogue.sh tells why no string
# literals), each with its hash for the page's Content-Security-Policy.
set -eu
LC_ALL=C
export LC_ALL

# bytes: standard input as the elements of a char array that ends with NUL
bytes() {
    od -An -v -to1 | sed "s/[[:blank:]]*\([0-7][0-7][0-7]\)/'\\\\\1',/g; s/^/    /"
    echo "    0"
}

# hash_of FILE: its SHA-256 in base 64
hash_of() {
    escapes=$(sha256sum <"$1" | cut -c 1-64 | sed 's/../& /g' | tr ' ' '\n' | while read -r hexadecimal; do
        [ -z "$hexadecimal" ] || printf '\\%03o' "0x$hexadecimal"
    done)
    # shellcheck disable=SC2059 # the escapes are the format
    printf "$escapes" | base64
}

# text NAME FILE
text() {
    if grep -qi '</s[ct]' "$2"; then
        echo "$0: $2: a closing tag would end the element that this becomes part of" >&2
        exit 1
    fi
    printf '\nconst char page_%s[] = {\n' "$1"
    bytes <"$2"
    printf '};\n\nconst char page_%s_hash[] = "sha256-%s";\n' "$1" "$(hash_of "$2")"
}

echo '/* Made from page.css and page.js by report/page/page.sh; do not edit. */'
echo '#include "report/page/page.h"'
text style "$1"
text script "$2"
