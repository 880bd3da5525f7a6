#!/usr/bin/env python3
"""constructs.py: does a construct between a read and a write of a shared variable let another thread in?

    constructs.py keep INTERPRETER...  writes constructs-VERSION.json.gz beside this file: what these compile (compilers.py)
    constructs.py check RACECHECK      asks racecheck about all of them; prints TAP
    constructs.py some RACECHECK       the same of each construct under each rule set, but in one version of it: of each construct others
    constructs.py cold RACECHECK       the same of calls in code that is not specialised

Two threads do `t = value; CONSTRUCT; value = t + 1`. LOSES below is what nine real interpreters did: an update was lost, or never in
many thousand rounds. Each row has one letter for 2.7, 3.6, 3.8, 3.9, 3.10, 3.11, 3.12 and 3.13: L, or -; ? where racecheck does not
cover the construct yet, and has to say so. 3.14 and 3.15 are those of WebAssembly, which compile but have no threads to try it with: they
look for the lock at the same places as 3.13 (Python/bytecodes.c), so the same is expected, but for what LATER says."""
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from compilers import compile_all, fixture, keep, kept, version_of

VERSIONS = ["2.7", "3.6", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"]

BEFORE = """import threading
class P(object):
    @property
    def x(self): return 1
class A(object):
    def __init__(self): self.v = 1
    def __add__(self, o): return 1
    def m(self): return 1
def f(): return 1
def f2(x=0): return 1
def f3(*z): return 1
def gen():
    yield 1
p = P(); a = A(); d = {1: 1}; N1 = 1; ZERO = 0; tl = [1]
value = 0
def worker(ol):
    global value
    ll = []
    for i in range(2):
        t = value
"""
BEHIND = """
        value = t + 1
ts = [threading.Thread(target=worker, args=(threading.Lock(),)) for _ in (1, 2)]
for t in ts: t.start()
for t in ts: t.join()
print(value)
"""

CONSTRUCTS = [
    ("nothing", "pass", "LLLL----"),
    ("assignment", "u = 1", "LLLL----"),
    ("read of a global", "u = N1", "LLLL----"),
    ("write of a global", "global gs; gs = 1", "LLLL----"),
    ("read of an attribute", "u = a.v", "LLLL----"),
    ("write of an attribute", "a.v = 1", "LLLL----"),
    ("read of an element", "u = d[1]", "LLLL----"),
    ("write of an element", "d[1] = 1", "LLLL----"),
    ("sum", "u = i + 1", "LLLL----"),
    ("comparison", "u = i > 5", "LLLL----"),
    ("if, taken", "if i < 0: u = 1", "LLLLL---"),
    ("if, not taken", "if i >= 0: u = 1", "LLLL----"),
    ("if and else", "if i >= 0: u = 1\n        else: u = 2", "LLLL----"),
    ("conditional expression", "u = 1 if i < 0 else 2", "LLLLL---"),
    ("and", "u = i < 0 and N1", "LLLL----"),
    ("or", "u = i >= 0 or N1", "LLLL----"),
    ("is None", "if i is None: u = 1", "LLLLL---"),
    ("for, no round", "for k in (): pass", "LLLL----"),
    ("for, one round", "for k in tl: pass", "LLLLLLLL"),
    ("while, no round", "while ZERO: pass", "LLLLL---"),
    ("while, one round", "k = 1\n        while k > 0: k -= 1", "LLLL----"),
    ("function", "f()", "LLLLLLLL"),
    ("method", "a.m()", "LLLLLLLL"),
    ("property", "u = p.x", "LLLLLLLL"),
    ("operator of a class", "u = a + 1", "LLLLLLLL"),
    ("len", "len(tl)", "LLLLL---"),
    ("abs", "abs(1)", "LLLLLLLL"),
    ("int", "int(1)", "LLLLLLLL"),
    ("str", "str(1)", "LLLLLLLL"),
    ("isinstance", "isinstance(1, int)", "LLLLL---"),
    ("type", "type(1)", "LLLLL---"),
    ("append", "ll.append(1)", "LLLLL---"),
    ("append of a variable", "ll.append(i)", "LLLLL---"),
    ("pop", "ll.append(1); ll.pop()", "LLLLLLLL"),
    ("get of a dictionary", "d.get(1)", "LLLLLLLL"),
    ("tuple", "u = (i, i)", "LLLL----"),
    ("list", "u = [i, i]", "LLLL----"),
    ("comprehension", "u = [k for k in tl]", "LLLLLLLL"),
    ("unpacking", "u, w = i, i", "LLLL----"),
    ("format", 'u = "%s" % i', "LLLL----"),
    ("try and finally", "try: u = 1\n        finally: u = 2", "LLLL----"),
    ("try and except", "try: u = 1\n        except ValueError: u = 2", "LLLL----"),
    ("with an own lock", "with ol: u = 1", "LLLLLLLL"),
    ("acquire and release", "ol.acquire(); ol.release()", "LLLLLLLL"),
    ("del of a global", "gd = 1; del gd", "LLLL----"),
    ("call with a name", "f2(x=1)", "LLLLLLLL"),
    ("call with *", "f3(*tl)", "LLLLLLLL"),
    ("generator", "for k in gen(): pass", "LLLLLLLL"),
    ("lambda", "(lambda: 1)()", "LLLLLLLL"),
    ("assert", "assert i >= 0", "LLLLL---"),
    ("import", "import sys as ss", "LLLL----"),
    ("continue, not reached", "if i == -1: continue", "LLLLL---"),
]
FAMILIES = [["2.7"], ["3.6", "3.8", "3.9"], ["3.10"], ["3.11", "3.12", "3.13", "3.14", "3.15"]]  # those of one rule set
LATER = {"while, one round": "L"}  # 3.14 no longer repeats the condition at the end of the loop, but jumps back to it
COLD = ["len", "append", "isinstance"]  # lose updates from 3.10 on where calls are not specialised


def keep_dumps(interpreter):
    programs = [("%s.py" % name.replace(" ", "-").replace(",", ""), BEFORE + "        " + construct + BEHIND) for name, construct, _ in CONSTRUCTS]
    dumps = compile_all(interpreter, programs)
    keep("constructs", version_of(dumps[0]), {name: dump for (name, _, _), dump in zip(CONSTRUCTS, dumps)})


def ask(racecheck, folder, text, calls):
    """L where an update can be lost, - where none can; ? where racecheck refuses, with what it says."""
    path = os.path.join(folder, "dump.json")
    with open(path, "w") as file:
        json.dump(text, file)
    run = subprocess.run([racecheck, "--bytecode", path, "--calls", calls, "--compute", "values", "--witnesses", "none", "--jobs", "1",
                          "--json", "-", "--quiet"], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, universal_newlines=True)
    if run.returncode == 2 and " not covered" in run.stderr:
        return "?", run.stderr
    if run.returncode != 0:
        return "!", run.stderr
    outputs = {one["output"] for one in json.loads(run.stdout)["outcome"]["outcomes"]}
    return "-" if outputs == {"4\n"} else "L" if "4\n" in outputs else "!", " ".join(sorted(outputs))


def is_taken(what, version, number):
    """Whether a construct is tried out in a version."""
    family = next(family for family in FAMILIES if version in family)
    return what != "some" or number % len(family) == family.index(version)


def check_version(racecheck, version, what):
    """What differs from what is expected, a line each."""
    dumps, wrong, column = kept(fixture("constructs", version)), [], VERSIONS.index(version)
    calls = "cold" if what == "cold" else "hot"
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, _, expected) in enumerate(CONSTRUCTS):
            if not is_taken(what, version, number):
                continue
            wanted = expected[column] if column < len(expected) else LATER.get(name, expected[-1])
            if calls == "cold" and name not in COLD:
                continue
            if calls == "cold":
                wanted = "L"
            got, said = ask(racecheck, folder, dumps[name], calls)
            if got != wanted:
                wrong.append("# %s: %s in place of %s: %s" % (name, got, wanted, " ".join(said.split())))
    return wrong


def check(racecheck, what):
    failures = 0
    print("1..%d" % len(VERSIONS))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda version: check_version(racecheck, version, what), VERSIONS)
        for number, (version, wrong) in enumerate(zip(VERSIONS, results), 1):
            failures += bool(wrong)
            print("%s %d - Python %s, %s: what real interpreters lose is lost" % ("not ok" if wrong else "ok", number, version, what))
            print("\n".join(wrong), end="\n" if wrong else "")
    return failures > 0


if __name__ == "__main__":
    if sys.argv[1] == "keep":
        for interpreter in sys.argv[2:]:
            keep_dumps(interpreter)
    else:
        sys.exit(check(sys.argv[2], sys.argv[1]))
