#!/bin/sh
# test_pages.sh: handouts and the index of racecheck assign, as people see them: on phones, on a desktop, on paper; prints TAP.
#
# The browser is a headless Chromium (chromium, or what $CHROMIUM names); without one there is nothing to see. So that
# somebody can look at them, screenshots and prints are kept in the folder that $SCREENSHOTS names.
set -u
: "${RACECHECK:?must name the program}"
top=$(cd "${top_srcdir:?}" && pwd) || exit 99
python=${PYTHON:-python3}
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$top/tests/whole"

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-pages.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work" || exit 99

if ! "$python" -c 'import browser, sys; sys.exit(browser.find() is None)' 2>/dev/null; then
    echo '1..0 # SKIP there is no Chromium'
    exit 0
fi

# Names as they come, in many scripts, and as long as they get.
long=$(printf 'Wolfeschlegelsteinhausenbergerdorff%.0s' 1 2 3 4 5 6 7 8)
{
    printf 'student,name\n'
    printf 's1,Łukasz Żółć-王小明 עברית\n'
    printf 's2,%s\n' "$long"
    printf 'an-identifier-that-is-as-long-as-it-may-be-0123456789-0123456789,Ann\n'
} >names.csv

for kind in values witness minimum count repair quantum outcomes outputs; do
    for level in hard ${LONG_TESTS:+easy medium}; do
        "$RACECHECK" assign --kind $kind --difficulty $level --count 1 --seed 5 -q -o $kind-$level || exit 99
    done
done
"$RACECHECK" assign --kind minimum --difficulty hard --count 30 --seed 5 -q -o class || exit 99
"$RACECHECK" assign --kind minimum --difficulty hard --roster names.csv --seed 5 --title "Übung 3: 「競合」 $long" -q -o names ||
    exit 99

"$python" - <<'END'
import glob
import os
import re
import sys

from browser import Browser

WIDE = "[...document.querySelectorAll('body *')].filter(e => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1).length"
HIGH = "Math.max(...[...document.querySelectorAll('.roll tbody tr')].map(row => row.getBoundingClientRect().height))"
kept = os.environ.get("SCREENSHOTS")
number = failures = 0


def result(name, problems):
    global number, failures
    number += 1
    failures += bool(problems)
    print("not ok" if problems else "ok", number, "-", name)
    for problem in problems:
        print("#", problem)
    sys.stdout.flush()


def fits(page, width):
    """What is wrong with a page on a screen of this width."""
    page.show_as(width, 800)
    if page.run("document.documentElement.scrollWidth") > width:
        return [f"{width} pixels are not enough"]
    return [f"something is cut off at {width} pixels"] if page.run(WIDE) > 0 else []


def sheets(page, name):
    """On how many sheets of paper a page is printed."""
    path = os.path.join(kept, name + ".pdf") if kept else "page.pdf"
    page.print(path)
    with open(path, "rb") as file:
        return len(re.findall(rb"/Type ?/Page\b", file.read()))


def look(browser, path, most_sheets):
    page = browser.open("file://" + os.path.abspath(path))
    name = path.replace("/", "-").removesuffix(".html")
    problems = [problem for width in (1200, 390, 360) for problem in fits(page, width)]
    count = sheets(page, name)
    if not 1 <= count <= most_sheets:
        problems.append(f"it takes {count} sheets")
    if kept:
        for width, scheme in ((360, "light"), (1200, "light"), (1200, "dark")):
            page.show_as(width, 800, scheme)
            page.screenshot(os.path.join(kept, f"{name}-{width}-{scheme}.png"))
    return page, problems


with Browser() as browser:
    for path in sorted(glob.glob("*-*/handouts/s01.html")):
        result(f"{path} fits the screen and two sheets", look(browser, path, 2)[1])
    for path in sorted(glob.glob("names/handouts/*.html")) + ["names/index.html"]:
        page, problems = look(browser, path, 3)
        if not page.run("document.body.textContent.includes('Übung 3: 「競合」')"):
            problems.append("the title is not there")
        result(f"{path} has names in any script, and long ones", problems)
    result("a name is what the roster says", [] if page.run(
        "document.querySelector('.roll .words').textContent") == "Łukasz Żółć-王小明 עברית" else ["it is another one"])
    page, problems = look(browser, "class/index.html", 3)
    page.show_as(360, 800)
    if page.run(HIGH) > 200:
        problems.append(f"a row is {page.run(HIGH)} pixels high")
    result("the index of a class fits the screen, in rows that are full", problems)
print(f"1..{number}")
sys.exit(failures > 0)
END
