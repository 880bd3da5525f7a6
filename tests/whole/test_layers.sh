#!/bin/sh
# test_layers.sh: check-layers finds what breaks the law of the house, in small trees that do; prints TAP.
set -u
check=$(cd "$(dirname "$0")/.." && pwd)/check-layers || exit 99

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-layers.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work" || exit 99

number=0
failures=0

# result STATUS NAME: one test, passed where STATUS is 0.
result() {
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        failures=$((failures + 1))
        echo "not ok $number - $2"
        sed 's/^/# /' told
    fi
}

# file PATH INCLUDE...: makes a source that includes these, quoted or angled.
file() {
    path=$1
    shift
    mkdir -p "${path%/*}"
    [ $# -eq 0 ] || printf '#include %s\n' "$@" >"$path"
    : >>"$path"
}

# A tree with folders of the law, and nothing wrong.
tree() {
    rm -rf tree
    for folder in base program machine space report course apps verify tests; do
        file "tree/$folder/plain.h"
    done
}

# breaks RULE LINE: in the tree as it is now exactly this rule is broken, with this line among those that say where.
breaks() {
    "$check" tree >told 2>&1 && rule_broken=no || rule_broken=yes
    [ $rule_broken = yes ] && [ "$(grep '^not ok' told | sed 's/^not ok [0-9]* - //')" = "$1" ] && grep -qFx "# $2" told
    result $? "found: $2"
}

tree
"$check" tree >told 2>&1
result $? 'a tree that keeps the law passes'

tree && file tree/base/low.c '"space/plain.h"'
breaks 'base includes nothing of a later folder' 'base/low.c:1: space/plain.h'
tree && file tree/space/high.h '<stdio.h>' '"machine/plain.h"' '"report/plain.h"'
breaks 'space includes nothing of a later folder' 'space/high.h:3: report/plain.h'
tree && file tree/verify/own.c '"base/plain.h"'
breaks 'verify includes nothing of a later folder' 'verify/own.c:1: base/plain.h'
tree && file tree/base/a.h '"base/b.h"' && file tree/base/b.h '"base/c.h"' && file tree/base/c.h '<stdio.h>' '"base/a.h"'
breaks 'no files include each other in a circle' 'base/a.h -> base/b.h -> base/c.h -> base/a.h'
tree && file tree/verify/own.h '"verify/own.h"'
breaks 'no files include each other in a circle' 'verify/own.h -> verify/own.h'
tree && file tree/base/plain.h '"base/nowhere.h"'
breaks 'includes are written from the root' 'base/plain.h:1: base/nowhere.h'
tree && file tree/annex/plain.h
breaks 'every folder with sources has its law' 'annex'
tree && file tree/course/page.c '<gvc.h>'
breaks 'Graphviz is used by report/(graphviz|picture).c alone' 'course/page.c:1: gvc.h'

echo "1..$number"
[ $failures -eq 0 ]
