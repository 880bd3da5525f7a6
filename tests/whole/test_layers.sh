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

# A tree with the folders of the law, and nothing wrong.
tree() {
    rm -rf tree
    mkdir tree && cd tree || exit 99
    sed -n "/^layers='/,/^'/s/^\([a-z]\{1,\}\).*/\1/p" "$check" | grep -v '^layers' | while read -r folder; do
        file "$folder/plain.h"
    done
    cd ..
}

# breaks RULE LINE: in the tree as it is now exactly this rule is broken, with this line among those that say where.
breaks() {
    sh "$check" tree >told 2>&1 && rule_broken=no || rule_broken=yes
    [ $rule_broken = yes ] && [ "$(grep '^not ok' told | sed 's/^not ok [0-9]* - //')" = "$1" ] && grep -qFx "# $2" told
    result $? "found: $2"
}

tree
sh "$check" tree >told 2>&1
result $? 'a tree that keeps the law passes'

tree && file tree/base/low.c '"checker/plain.h"' && file tree/checker/high.h
breaks 'base includes what it may' 'base/low.c:1: checker/plain.h'
tree && file tree/checker/high.c '"models/plain.h"'
breaks 'checker includes what it may' 'checker/high.c:1: models/plain.h'
tree && file tree/base/a.h '"base/b.h"' && file tree/base/b.h '"base/c.h"' && file tree/base/c.h '<stdio.h>' '"base/a.h"'
sh "$check" tree >told 2>&1
[ $? -eq 1 ] && grep -q '^not ok [0-9]* - no file includes itself in a circle$' told &&
    grep -Eq '^# base/(a.h base/b.h base/c.h base/a|b.h base/c.h base/a.h base/b|c.h base/a.h base/b.h base/c).h$' told
result $? 'found: a circle of three headers'
tree && file tree/verify/own.h '"verify/own.h"'
breaks 'no file includes itself in a circle' 'verify/own.h verify/own.h'
tree && file tree/base/plain.h '"plain.h"'
breaks 'includes name files from the root' 'base/plain.h:1: plain.h'
tree && file tree/annex/plain.h
breaks 'every folder has its law' 'annex'
tree && file tree/course/page.c '<gvc.h>'
breaks 'gvc.h is included where its work is' 'course/page.c:1: gvc.h'
# The sources of two folders know each other, though no header does.
tree && file tree/base/low.c '"models/plain.h"' && file tree/models/low.c '"base/plain.h"'
sh "$check" tree >told 2>&1
[ $? -eq 1 ] && grep -q '^not ok [0-9]* - no circle leads through folders$' told &&
    grep -Eq '^# (base models base|models base models)$' told
result $? 'found: a circle through folders'

echo "1..$number"
[ $failures -eq 0 ]
