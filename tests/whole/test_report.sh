#!/bin/sh
# test_report.sh: racecheck report, as a reader has it: in a browser, driven there, and without one; prints TAP.
#
# The browser is a headless Chromium (chromium, or what $CHROMIUM names); without one those tests are skipped. So that
# somebody can look at them, screenshots are kept in the folder that $SCREENSHOTS names. LONG_TESTS takes the large pages, too.
set -u
: "${RACECHECK:?must name the program}"
top=$(cd "${top_srcdir:?}" && pwd) || exit 99
python=${PYTHON:-python3}

work=$(mktemp -d "${TMPDIR:-/tmp}/racecheck-report.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
cd "$work" || exit 99
export LC_ALL=C

. "$top/tests/support/tap.sh"

# Titles and comments that try to be markup.
evil='</title><script>document.title = "hit"</script>"'"'"'><img src=x onerror=alert(1)></style><!--'
printf '# %s\n.var counter\n.main\n    mov counter, %%ax  # %s\n    add $1, %%ax\n    mov %%ax, counter\n' "$evil" "$evil" >evil.s
printf '# \001\033[31m \377\300 control characters\n' >>evil.s

# page NAME OPTION...: writes NAME.html; the report must be written without a word.
page() {
    name=$1
    shift
    "$RACECHECK" report "$@" -o "$name.html" >problems 2>&1
    status=$?
    [ ! -s problems ] || status=1
    result $status "a report: $name"
}

page small -t 2 -k 10
page wide -t 3 -k 10 --certificate wide.certificate
page deadlock --model deadlock -k 1
page ticks --scheduler tick --quantum 100 --pick any --phase any -k 40
page spin "$top/examples/spin-lock.s"
page lock --model lock -k 2
page semaphore --model semaphore -t 3 -k 1 --define PERMITS=2
page queue --model pipeline -k 1
page many -t 24 -k 1 --compute values,witness
page alone -t 2 -k 40 --compute witness
printf '.var x\n.thread %s\nmov x,%%ax\nadd $1,%%ax\nmov %%ax,x\n.thread b\nmov $-9223372036854775807,%%ax\nmov %%ax,x\n' \
    "$(printf '%0200d' 0 | tr 0 a)" >names.s
page names names.s
page condition --model condition-variable
page barrier --model double-barrier
cat >pair.s <<'END'
.var a, 1
.var b, 1
.observe a, b, B.%bx, output
.thread A
    mov a, %ax
    add b, %ax
    mov %ax, a
    print "done\n"
.thread B
    mov b, %ax
    mov a, %bx
    add %bx, %ax
    mov %ax, b
    print %bx
END
page pair pair.s
page prints --model print-order
page evil -t 2 -k 1 --title "$evil" --author "$evil" --date "$evil" evil.s
long page long -t 2 -k 100

# ---- Bytes ---------------------------------------------------------------------------------------------------------

mkdir again || exit 99
(cd again && "$RACECHECK" report -t 2 -k 10 -o small.html) >problems 2>&1
cmp small.html again/small.html >problems 2>&1
result $? 'equal commands give equal bytes'

size=$(wc -c <wide.html)
echo "$size bytes" >problems
[ "$size" -le 2000000 ]
result $? '3x10, with all schedules, has at most 2 MB'

started=$(date +%s)
"$RACECHECK" report -t 3 -k 10 >/dev/null 2>problems
echo "it took $(($(date +%s) - started)) s" >>problems
# A sanitizer or valgrind may take longer; a second more for the clock's granularity.
[ -n "${SANITIZERS-}" ] || [ $(($(date +%s) - started)) -le 3 ]
result $? '3x10 takes at most two seconds'

sum=$(sha256sum <wide.certificate | cut -c 1-64)
grep -qF "$sum" wide.html && grep -qF wide.certificate wide.html
result $? 'the report names the certificate and its checksum'

"$RACECHECK" report -t 2 -k 10 --format markdown -o small.md >problems 2>&1 &&
    grep -q '^```mermaid$' small.md && grep -q '^| 2 | 13,122 |' small.md && grep -q '118,264,581,564,861,424' small.md
result $? 'Markdown has the values and a sequence diagram'

"$RACECHECK" report -t 2 -k 10 -o /dev/full >output 2>problems
[ $? -eq 2 ] && grep -q '^/dev/full: cannot write' problems
result $? 'a full disk is an error'

"$RACECHECK" report --max-states 10 --model lock -o partial.html >output 2>problems
[ $? -eq 3 ] && grep -q INCOMPLETE partial.html && ! grep -q 'Every schedule' partial.html
result $? 'what was stopped half-way claims no minimum'

"$RACECHECK" report -t 2 -k 10 --title ' ' --author '' --format markdown >untitled.md 2>problems
grep -q '^# counter = 2 is the least final value$' untitled.md && ! grep -q '^By' untitled.md
result $? 'a title without a letter is none'

# The hint is the command: it makes the report that it stands in, with a certificate.
"$RACECHECK" report -o hint.md --format markdown --title 'A b' --model lock -k 2 >problems 2>&1
hint=$(grep '^racecheck report --certificate' hint.md | sed 's/^racecheck/"$RACECHECK"/')
(eval "$hint") >>problems 2>&1 && grep -q '^# A b$' hint.md && grep -q '^- \*\*Certificate:\*\* .certificate.txt.' hint.md && [ -s certificate.txt ]
result $? 'the hint at a certificate is a command that writes it'

printf '.var v\n.mutex m\n.main\nlock m\nlock m\n' >stuck.s
"$RACECHECK" report stuck.s >stuck.html 2>problems
grep -q 'There is no certificate' stuck.html && ! grep -q -- --certificate stuck.html
result $? 'no certificate is offered where none can be had'

# ---- Markup --------------------------------------------------------------------------------------------------------

if "$python" -c 'import html5lib' 2>/dev/null; then
    names='small deadlock spin evil partial stuck queue names condition pair prints'
    [ -z "${LONG_TESTS-}" ] || names="$names wide long ticks lock semaphore many alone barrier"
    # What is wrong with each page, in a file beside it.
    # shellcheck disable=SC2086 # one word a page
    "$python" - $names >problems 2>&1 <<'END'
import sys
import html5lib


def problems_of(page):
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(open(page, "rb").read())
    problems = [f"{place}: {kind} {details}" for place, kind, details in parser.errors]
    ids = [element.get("id") for element in tree.iter() if isinstance(element.tag, str) and element.get("id")]
    problems += [f"the id {name} is there twice" for name in sorted(set(ids)) if ids.count(name) > 1]
    for element in tree.iter():
        if not isinstance(element.tag, str):
            problems.append("there is a comment")
            continue
        reference = element.get("href") or ""
        if reference.startswith("#") and reference[1:] not in ids:
            problems.append(f"{reference} leads nowhere")
        elif reference and not reference.startswith("#"):
            problems.append(f"{reference} is another page")
        problems += [f"{element.tag} has {name}" for name in element.attrib if str(name).startswith("on") or name in ("src", "style")]
        if element.get("aria-labelledby") and element.get("aria-labelledby") not in ids:
            problems.append("a label is missing")
    tags = [element.tag for element in tree.iter()]
    if tags.count("script") > 2 or tags.count("style") != 1 or "img" in tags:
        problems.append("there is markup that nobody wrote")
    return problems


for name in sys.argv[1:]:
    with open(name + ".problems", "w") as file:
        file.write("".join(problem + "\n" for problem in problems_of(name + ".html")[:20]))
END
    for name in $names; do
        cat "$name.problems" >>problems 2>&1 && [ ! -s problems ]
        result $? "valid HTML: $name"
    done
else
    skip 'valid HTML' 'there is no html5lib for Python'
fi

# ---- A browser -----------------------------------------------------------------------------------------------------

if [ -n "${SANITIZERS-}" ]; then
    skip 'a browser' 'sanitizers look at what writes the pages, which has ended'
elif ! PYTHONPATH=$top/tests/whole "$python" -c 'import browser, sys; sys.exit(browser.find() is None)' 2>/dev/null; then
    skip 'a browser' 'there is no Chromium'
else
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$top/tests/whole "$python" - >browsed 2>problems <<'END'
import os
import traceback
from browser import Browser

here = "file://" + os.getcwd() + "/"
screenshots = os.environ.get("SCREENSHOTS")
pages = sorted(file[:-5] for file in os.listdir() if file.endswith(".html"))
visited = set()
tests = []


def small_and(*large):
    """What is looked at on one page always and, in a long test, on large ones."""
    return ("small",) + (large if os.environ.get("LONG_TESTS") else ())


def test(name):
    def remember(function):
        tests.append((name, function))
        return function
    return remember


def expect(page, expression, wanted):
    got = page.run(expression)
    assert got == wanted, f"{expression}: {got!r}, not {wanted!r}"


VALUE = "document.querySelector('#words-of-memory .observed dd').textContent"
POSITION = "Number(document.getElementById('position').value)"
BUTTON = "document.querySelector('[data-go={}]')"
VISIBLE = "(e => e !== null && e.checkVisibility({checkOpacity: true}))"


def opened(browser, name, script=True):
    if browser.page is not None:
        assert browser.page.problems == [], browser.page.problems
    page = browser.open(here + name, script)
    visited.add(name.removesuffix(".html"))
    expect(page, "document.querySelector('main') !== null", True)
    return page


def quiet(page, name):
    assert page.problems == [], page.problems
    assert [address[:80] for address in page.requests] == [here + name], page.requests[:3]


@test("step by step to the end the variable becomes 2")
def _(browser):
    page = opened(browser, "small.html")
    expect(page, VALUE, "0")
    walk = """(button => [...Array(61).keys()].map(() => {
        button.click();
        return Number(document.getElementById('position').value);
    }))(%s)"""
    expect(page, walk % BUTTON.format("forward"), list(range(1, 61)) + [60])
    expect(page, VALUE, "2")
    assert "Why 2" in page.run("document.getElementById('words').textContent")
    expect(page, walk % BUTTON.format("back"), list(range(59, -1, -1)) + [0])
    expect(page, VALUE, "0")
    quiet(page, "small.html")


@test("every step shows the value that the table has for it")
def _(browser):
    for name in ("spin", "deadlock", *small_and("lock", "ticks", "semaphore", "queue")):
        page = opened(browser, name + ".html")
        wrong = page.run("""(() => {
            const rows = [...document.querySelectorAll(".told .steps tbody tr")], wrong = [];
            for (const row of rows) {
                const step = parseInt(row.cells[0].textContent, 10);
                const slider = document.getElementById("position");
                slider.value = step;
                slider.dispatchEvent(new Event("input"));
                const told = row.cells[row.cells.length - 1].textContent.trim().split(" ").pop();
                const shown = document.querySelector("#words-of-memory .observed dd").textContent;
                if (row.cells.length === 5 && told !== shown)
                    wrong.push(step + ": " + told + ", not " + shown);
                if (row.cells.length === 5 && !document.getElementById("words").textContent.includes(row.cells[2].textContent))
                    wrong.push(step + ": another instruction");
            }
            return rows.length === 0 ? ["there are no rows"] : wrong;
        })()""")
        assert wrong == [], wrong


@test("the schedule of every value ends with it")
def _(browser):
    counts = {"small": 19, "wide": 29, "long": 199, "ticks": None}
    for name in small_and("wide", "long", "ticks"):
        count = counts[name]
        page = opened(browser, name + ".html")
        ends = page.run("""[...document.querySelectorAll(".values tbody a[data-value]")].map(link => {
            link.click();
            document.querySelector("[data-go=last]").click();
            return [link.dataset.value, document.querySelector("#words-of-memory .observed dd").textContent];
        })""")
        assert count is None or len(ends) == count, len(ends)
        assert ends and all(value == end for value, end in ends), ends
        quiet(page, name + ".html")


@test("of a tuple every member is there, step by step, as the table of the steps has it")
def _(browser):
    page = opened(browser, "pair.html")
    wrong = page.run("""(() => {
        const wrong = [], rows = [...document.querySelectorAll(".told .steps tbody tr")];
        for (const row of rows) {
            const slider = document.getElementById("position");
            slider.value = parseInt(row.cells[0].textContent, 10);
            slider.dispatchEvent(new Event("input"));
            const told = [...row.cells].slice(4).map(cell => cell.textContent.trim().split(" ").pop() || '""').join();
            const shown = [...document.querySelectorAll("#words-of-memory .observed dd")].map(e => e.textContent).join();
            if (told !== shown)
                wrong.push(slider.value + ": " + told + ", not " + shown);
        }
        return rows.length === 9 ? wrong : [rows.length + " rows"];
    })()""")
    assert wrong == [], wrong
    expect(page, "[...document.querySelectorAll('#words-of-memory .observed dt')].map(e => e.textContent).join()", "a,b,B.%bx,output")
    page.run(BUTTON.format("first") + ".click()")
    expect(page, "document.getElementById('words').textContent", "a is 1, b is 1 and B.%bx is 0 at the start.")


@test("choosing an outcome changes the schedule, the explanation and the picture, and choosing the first one changes them back")
def _(browser):
    page = opened(browser, "pair.html")
    told = "(section => [section.querySelector('h2').textContent, [...section.querySelectorAll('p')].map(p => p.textContent).join(), " \
           "section.querySelector('.picture svg').textContent])(document.getElementById('upper'))"
    before = page.run(told)
    links = "document.querySelectorAll('.values tbody a[data-value]')"
    seen = []
    for i in range(page.run(links + ".length")):
        page.run(links + f"[{i}].click()")
        row = page.run(links + f"[{i}].closest('tr').textContent.split('\\n')[0]")
        heading, words, picture = page.run(told)
        end = heading.removeprefix("How ").removesuffix(" comes about")
        members = [member.strip() for member in end.split(", ")]
        assert all("Why " + member + ": " in words for member in members), (end, words)
        assert end + " at the end" in picture.replace("\u00a0", " "), (end, picture)
        expect(page, "document.querySelector(\"nav a[href='#upper']\").textContent", heading)
        expect(page, "document.querySelectorAll('.values tr.chosen').length", 1)
        expect(page, "document.querySelectorAll('#upper .told .steps').length > 0", True)
        seen.append((heading, picture))
    assert len(set(seen)) == len(seen) > 3, seen
    page.run(links + "[0].click()")
    assert page.run(told) == before, page.run(told)
    expect(page, "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i).join()", "")
    quiet(page, "pair.html")


@test("a deadlock leads; whoever sleeps on a condition sleeps until it is signalled")
def _(browser):
    page = opened(browser, "condition.html")
    expect(page, "document.querySelector('h1').textContent", "condition-variable can deadlock")
    expect(page, "document.querySelector('.theorem .bad').textContent.startsWith('It can deadlock: T1 waits')", True)
    expect(page, "document.querySelector('#upper h2').textContent", "How a deadlock comes about")
    state = "[...document.querySelectorAll('.thread')].map(t => t.querySelector('p:not(.name)').textContent).join('; ')"
    page.run(BUTTON.format("last") + ".click()")
    expect(page, state, "has finished; sleeps on changed; sleeps on changed")
    page.run("(s => { s.value = 8; s.dispatchEvent(new Event('input')); })(document.getElementById('position'))")
    expect(page, state, "sleeps on changed; sleeps on changed; next lock m")
    page.run("(s => { s.value = 14; s.dispatchEvent(new Event('input')); })(document.getElementById('position'))")
    expect(page, state, "next cwait changed, m; sleeps on changed; next lock m")


@test("what was printed so far grows and shrinks")
def _(browser):
    page = opened(browser, "prints.html")
    output = "document.querySelector('#words-of-memory .observed dd').textContent"
    expect(page, output, '""')
    page.run(BUTTON.format("last") + ".click()")
    expect(page, output, '"ABCABC"')
    page.run(BUTTON.format("turn-back") + ".click()")
    expect(page, output, '"ABCAB"')
    expect(page, "[...document.querySelectorAll('.thread')].map(t => t.querySelector('p:not(.name)').textContent).join('; ')",
           "has finished; has finished; next wait c")
    page.run(BUTTON.format("first") + ".click()")
    expect(page, "[...document.querySelectorAll('.thread')].map(t => t.querySelector('p:not(.name)').textContent).join('; ')",
           "next wait a; waits for a permit of b; waits for a permit of c")


@test("keys: steps, turns, ends")
def _(browser):
    page = opened(browser, "small.html")
    page.run("document.getElementById('player').scrollIntoView()")
    page.press("ArrowRight")
    page.press("ArrowRight")
    expect(page, POSITION, 2)
    page.press("ArrowLeft")
    expect(page, POSITION, 1)
    page.press("ArrowRight", shift=True)
    expect(page, POSITION, 2)
    page.press("ArrowRight", shift=True)
    expect(page, POSITION, 29)
    page.press("ArrowLeft", shift=True)
    expect(page, POSITION, 2)
    page.run(BUTTON.format("forward") + ".focus()")
    page.press("End")
    expect(page, POSITION, 60)
    page.press("Home")
    expect(page, POSITION, 0)
    page.run("document.getElementById('choice').focus()")
    page.press("ArrowRight", shift=True)
    expect(page, POSITION, 0)
    page.run("document.getElementById('position').focus()")
    page.press("ArrowRight")
    expect(page, POSITION, 1)


@test("a click on 7 in the chart, and on 11 in the table, loads that schedule")
def _(browser):
    page = opened(browser, "small.html")
    page.click("document.querySelector('svg .column[data-value=\"7\"]')")
    expect(page, "document.getElementById('choice').selectedOptions[0].textContent", "How counter = 7 comes about")
    expect(page, POSITION, 0)
    page.press("End")
    expect(page, VALUE, "7")
    page.click("document.querySelector('.values a[data-value=\"11\"]')")
    page.press("End")
    expect(page, VALUE, "11")
    expect(page, "document.querySelectorAll('.values tr.chosen').length", 1)
    quiet(page, "small.html")


@test("a click on a step of another schedule goes there")
def _(browser):
    page = opened(browser, "small.html")
    page.run("document.querySelectorAll('.witness, .witness details').forEach(e => { e.open = true; })")
    page.click("document.querySelectorAll('.witness')[3].querySelectorAll('.steps tbody tr')[12].cells[2]")
    expect(page, "document.getElementById('choice').selectedOptions[0].textContent", "How counter = 5 comes about")
    expect(page, POSITION, 13)


@test("the slider and the timeline")
def _(browser):
    page = opened(browser, "small.html")
    page.click("document.querySelector('.timeline-row svg')")
    expect(page, POSITION, 30)
    page.run("(s => { s.value = 45; s.dispatchEvent(new Event('input')); })(document.getElementById('position'))")
    expect(page, "document.getElementById('count').textContent.includes('step 45 of 60')", True)


@test("lines, registers and words")
def _(browser):
    page = opened(browser, "small.html")
    page.run("(s => { s.value = 30; s.dispatchEvent(new Event('input')); })(document.getElementById('position'))")
    words = page.run("document.getElementById('words').textContent")
    assert "T0 writes 1 to counter, which was 9." in words and "9 stores that others have made" in words and "has interrupted T1" in words, words
    expect(page, "document.querySelector('#code .done').textContent.includes('mov %ax, counter')", True)
    expect(page, "document.querySelectorAll('#code .chip').length", 2)
    expect(page, "[...document.querySelectorAll('.thread')].map(t => t.querySelector('ul').textContent).join()", "%ax = 1,%ax = 9")
    expect(page, "document.getElementById('words').getAttribute('aria-live')", "polite")


@test("every control has a name")
def _(browser):
    page = opened(browser, "small.html")
    page.call("Accessibility.enable")
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "slider", "combobox", "link", "region", "navigation", "image"}
    named = [node for node in nodes if not node.get("ignored") and node["role"].get("value") in roles]
    assert len(named) > 30, len(named)
    nameless = [node["role"]["value"] for node in named if not node.get("name", {}).get("value")]
    assert nameless == [], nameless
    present = {node["role"].get("value") for node in nodes}
    assert {"main", "navigation", "region", "heading", "table"} <= present, present


@test("without a script everything is there")
def _(browser):
    page = opened(browser, "small.html", script=False)
    expect(page, VISIBLE + "(document.getElementById('player'))", False)
    expect(page, VISIBLE + "(document.querySelector('.values'))", True)
    expect(page, "document.querySelectorAll('.values tbody tr').length", 19)
    expect(page, VISIBLE + "(document.querySelector('.told summary'))", True)
    expect(page, "document.querySelectorAll('.told .steps tbody tr').length", 60)
    expect(page, "[...document.querySelectorAll('.witness')].every(w => w.querySelectorAll('.steps tbody tr').length === 60)", True)
    expect(page, "document.querySelectorAll('.script').length > 0 && [...document.querySelectorAll('.script')].every(e => !" +
           VISIBLE + "(e))", True)
    page.click("document.querySelector('.told summary')")
    expect(page, VISIBLE + "(document.querySelector('.told .steps'))", True)
    quiet(page, "small.html")


@test("text that tries to be markup is text")
def _(browser):
    page = opened(browser, "evil.html")
    title = page.run("document.title")
    assert title.startswith("</title><script>"), title
    expect(page, "document.querySelector('h1').textContent === document.title", True)
    expect(page, "document.querySelectorAll('img').length", 0)
    expect(page, "document.querySelectorAll('script').length", 2)
    expect(page, "document.getElementById('listing').textContent.includes('onerror=alert(1)')", True)
    page.run(BUTTON.format("last") + ".click()")
    expect(page, "document.querySelectorAll('img').length", 0)
    quiet(page, "evil.html")


@test("a script that is not ours does not run")
def _(browser):
    page = opened(browser, "small.html")
    page.run("(s => { s.textContent = 'window.hit = true'; document.body.append(s); })(document.createElement('script'))")
    expect(page, "window.hit === undefined", True)
    page.run("(b => { b.setAttribute('onclick', 'window.hit = true'); b.click(); })(document.createElement('button'))")
    expect(page, "window.hit === undefined", True)
    assert len(page.problems) == 2 and all("Content Security Policy" in problem for problem in page.problems), page.problems
    page.problems.clear()


@test("nothing is wider than the screen, down to 320 pixels")
def _(browser):
    for name in ("evil", "names", *small_and("deadlock", "pair", "wide", "ticks", "spin", "lock", "queue", "many", "condition")):
        page = opened(browser, name + ".html")
        page.run("document.querySelectorAll('details').forEach((e, i) => { e.open = i < 40; })")
        page.run("(s => { s.value = 5; s.dispatchEvent(new Event('input')); })(document.getElementById('position'))")
        for width in (1100, 700, 360, 320):
            page.show_as(width, 800)
            expect(page, "document.documentElement.scrollWidth", width)


@test("a text of the chart covers nothing else")
def _(browser):
    for name in ("deadlock", "spin", *small_and("wide", "long")):
        page = opened(browser, name + ".html")
        expect(page, """(() => {
            const box = e => e.getBoundingClientRect();
            const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
            const texts = [...document.querySelectorAll('.chart > .scroll text')];
            const marks = [...document.querySelectorAll('.chart > .scroll .bar, .chart > .scroll .dot')];
            return texts.flatMap(t => [...texts, ...marks].filter(o => o !== t && meet(box(t), box(o))).map(() => t.textContent));
        })()""", [])


@test("who has the mutex, the permits and the items; who waits")
def _(browser):
    thing = "[...document.querySelectorAll('#words-of-memory .thing dd')].map(e => e.textContent).join(', ')"
    go = "(s => {{ s.value = {}; s.dispatchEvent(new Event('input')); }})(document.getElementById('position'))"
    page = opened(browser, "deadlock.html")
    expect(page, thing, "free, free")
    page.run("[...document.querySelectorAll('a.load')].shift().click()")
    page.run(go.format(1))
    expect(page, thing, "first, free")
    page.run(go.format(2))
    expect(page, thing, "first, second")
    expect(page, "document.querySelectorAll('#code .chip.waits').length", 2)
    words = page.run("document.getElementById('words').textContent")
    assert "takes mutex b" in words and "Now it waits for a, which first has" in words, words
    cards = page.run("document.getElementById('threads').textContent")
    assert "waits for b, which second has" in cards, cards
    page.run(go.format(0))
    expect(page, thing, "free, free")
    page = opened(browser, "semaphore.html")
    expect(page, thing, "2 permits")
    page.run(go.format(1))
    expect(page, thing, "1 permit")
    page = opened(browser, "queue.html")
    last = page.run("Number(document.getElementById('position').max)")
    seen = []
    for step in range(last + 1):
        page.run(go.format(step))
        seen.append(page.run(thing))
    for step in range(last, -1, -1):
        page.run(go.format(step))
        assert page.run(thing) == seen[step], (step, seen[step])
    assert seen[0].startswith("empty") and len(set(seen)) > 2, seen


@test("many threads: what matters is in sight")
def _(browser):
    page = opened(browser, "many.html")
    page.run("(s => { s.value = 30; s.dispatchEvent(new Event('input')); })(document.getElementById('position'))")
    expect(page, "document.querySelectorAll('.thread').length <= 8", True)
    expect(page, "Math.max(...[...document.querySelectorAll('#code .chips')].map(e => e.children.length)) <= 5", True)
    expect(page, "document.getElementById('player').offsetHeight < 900", True)
    page.click("document.getElementById('all')")
    expect(page, "document.querySelectorAll('.thread').length", 24)
    expect(page, "document.getElementById('player').offsetHeight < 1100", True)


@test("headings in order, tables with a caption, what scrolls can be reached")
def _(browser):
    for name in ("small", "deadlock", "names"):
        page = opened(browser, name + ".html")
        expect(page, """[...document.querySelectorAll('h1, h2, h3, h4, h5')].filter((e, i, all) =>
            i > 0 && Number(e.tagName[1]) > Number(all[i - 1].tagName[1]) + 1).length""", 0)
        expect(page, "[...document.querySelectorAll('table')].filter(t => t.caption === null || t.querySelector('th:not([scope])')).length", 0)
        expect(page, "[...document.querySelectorAll('.scroll')].filter(e => e.tabIndex !== 0 || !e.getAttribute('aria-label')).length", 0)


@test("columns of steps stand under each other")
def _(browser):
    page = opened(browser, "small.html")
    page.run("document.querySelectorAll('.told details').forEach(e => { e.open = true; })")
    expect(page, "new Set([...document.querySelectorAll('.told .steps thead tr')].map(r => [...r.cells].map(c => c.offsetLeft).join())).size", 1)


@test("on paper it is light, whatever the screen is")
def _(browser):
    page = opened(browser, "small.html")
    names = "['--paper', '--ink', '--bar', '--bar-on', '--good', '--bad', '--bad-tint', '--focus', '--dot', '--t3']"
    colours = names + ".map(n => getComputedStyle(document.documentElement).getPropertyValue(n)).join()"
    seen = []
    for scheme in ("light", "dark"):
        page.call("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": scheme}])
        seen.append(page.run(colours) + page.run("getComputedStyle(document.documentElement).colorScheme"))
    assert seen[0] == seen[1], seen


CONTRAST = """(() => {
    const luminance = colour => {
        const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map(c => {
            const share = c / 255;
            return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = element => {
        for (let e = element; e !== null; e = e.parentElement) {
            const colour = getComputedStyle(e).backgroundColor;
            if (!/^rgba.*, 0\\)$/.test(colour))
                return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const poor = new Set();
    for (const element of document.querySelectorAll("body *")) {
        const text = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim() !== "");
        if (!text || !element.checkVisibility() || element.closest("svg") !== null || element.closest("[aria-disabled=true]"))
            continue;
        const a = luminance(getComputedStyle(element).color), b = luminance(ground(element));
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5)
            poor.add(element.tagName + "." + element.className + " " + ratio.toFixed(2));
    }
    return [...poor];
})()"""


@test("text has enough contrast in light and in dark")
def _(browser):
    page = opened(browser, "wide.html")
    page.run("document.querySelectorAll('details').forEach((e, i) => { e.open = i < 12; })")
    page.run("(s => { s.value = 40; s.dispatchEvent(new Event('input')); })(document.getElementById('position'))")
    grounds = []
    for scheme in ("light", "dark"):
        page.show_as(1100, 900, scheme)
        expect(page, CONTRAST, [])
        grounds.append(page.run("getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] != grounds[1], grounds


@test("print: the turns are open, the player is not there")
def _(browser):
    page = opened(browser, "small.html")
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    expect(page, "[...document.querySelectorAll('.told details')].every(e => e.open)", True)
    page.run("window.dispatchEvent(new Event('afterprint'))")
    expect(page, "[...document.querySelectorAll('.told details')].some(e => e.open)", False)
    page.call("Emulation.setEmulatedMedia", media="print")
    expect(page, VISIBLE + "(document.getElementById('player'))", False)
    page.call("Emulation.setEmulatedMedia", media="")
    page.print("small.pdf")
    assert open("small.pdf", "rb").read(5) == b"%PDF-"


@test("no word on the console, no request, on the pages that nobody looked at yet, either")
def _(browser):
    for name in pages:
        if name not in visited:
            page = opened(browser, name + ".html")
            page.run("document.readyState")
            quiet(page, name + ".html")


@test("screenshots")
def _(browser):
    if not screenshots:
        return
    page = opened(browser, "small.html")
    page.run("for (let i = 0; i < 33; i++) document.querySelector('[data-go=forward]').click()")
    for name, width, scheme in (("light", 1100, "light"), ("dark", 1100, "dark"), ("narrow", 400, "light")):
        page.show_as(width, 900, scheme)
        page.screenshot(f"{screenshots}/report-{name}.png")
    page.show_as(1100, 900)
    page.print(f"{screenshots}/report-print.pdf")


with Browser() as browser:
    for name, function in tests:
        try:
            function(browser)
            assert browser.page.problems == [], browser.page.problems
            print("ok", name)
        except Exception:
            print("not ok", name)
            for line in traceback.format_exc().splitlines()[-3:]:
                print("#", line)
END
    status=$?
    while IFS= read -r line; do
        case $line in
        'ok '*) result 0 "browser: ${line#ok }" ;;
        'not ok '*)
            number=$((number + 1))
            failures=$((failures + 1))
            echo "not ok $number - browser: ${line#not ok }"
            ;;
        *) echo "$line" ;;
        esac
    done <browsed
    [ $status -eq 0 ] && [ -s browsed ]
    result $? 'the browser was driven to the end'
fi

finish
