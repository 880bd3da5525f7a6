"""The classical families of litmus tests, in the formats X86 and X86_64, against a naive explorer of store buffers.

    litmus.py check RACECHECK RUNS              each family as it is and fully fenced, whose verdicts are published, and RUNS that are drawn
    litmus.py published RACECHECK TABLE FOLDER  tests of others: TABLE has a line "FILE,0" or "FILE,1" (the condition holds), or "NAME Allow" or
                                                "NAME Forbid" (of exists) for each; none of them is kept here
    litmus.py show SEED                         a test that is drawn

A test is a family with something between each two accesses of a thread: nothing, mfence, or a locked instruction; or with a store that is
an xchg; and a quantifier. Compared are the states at the end, whether the condition holds in the text's words, in JSON, and by the exit
status. Speaks TAP.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

# Threads of stores "x=1" and loads "x"; what the relaxed state is: loads by thread and number, variables at the end; and whether x86 allows
# it (Owens, Sarkar, Sewell, A better x86 memory model: x86-TSO; Maranget, Sarkar, Sewell, A tutorial introduction, table III).
FAMILIES = {
    "SB": (["x=1 y", "y=1 x"], {"0r0": 0, "1r0": 0}, True),
    "MP": (["x=1 y=1", "y x"], {"1r0": 1, "1r1": 0}, False),
    "LB": (["x y=1", "y x=1"], {"0r0": 1, "1r0": 1}, False),
    "R": (["x=1 y=1", "y=2 x"], {"y": 2, "1r0": 0}, True),
    "S": (["x=2 y=1", "y x=1"], {"x": 2, "1r0": 1}, False),
    "2+2W": (["x=2 y=1", "y=2 x=1"], {"x": 2, "y": 2}, False),
    "WRC": (["x=1", "x y=1", "y x"], {"1r0": 1, "2r0": 1, "2r1": 0}, False),
    "RWC": (["x=1", "x y", "y=1 x"], {"1r0": 1, "1r1": 0, "2r0": 0}, True),
    "WRW+2W": (["x=2", "x y=1", "y=2 x=1"], {"1r0": 2, "x": 2, "y": 2}, False),
    "WRW+WR": (["x=2", "x y=1", "y=2 x"], {"1r0": 2, "y": 2, "2r0": 0}, True),
    "WWC": (["x=2", "x y=1", "y x=1"], {"1r0": 2, "2r0": 1, "x": 2}, False),
    "IRIW": (["x=1", "y=1", "x y", "y x"], {"2r0": 1, "2r1": 0, "3r0": 1, "3r1": 0}, False),
    "ISA2": (["x=1 y=1", "y z=1", "z x"], {"1r0": 1, "2r0": 1, "2r1": 0}, False),
    "3.SB": (["x=1 y", "y=1 z", "z=1 x"], {"0r0": 0, "1r0": 0, "2r0": 0}, True),
    "3.LB": (["x y=1", "y z=1", "z x=1"], {"0r0": 1, "1r0": 1, "2r0": 1}, False),
    "3.2W": (["x=2 y=1", "y=2 z=1", "z=2 x=1"], {"x": 2, "y": 2, "z": 2}, False),
    "SB+rfi-pos": (["x=1 x y", "y=1 y x"], {"0r0": 1, "0r1": 0, "1r0": 1, "1r1": 0}, True),
    "MP+po+rfi": (["x=1 y=1", "y z=1 z x"], {"1r0": 1, "1r1": 1, "1r2": 0}, False),
    "CoRR": (["x=1", "x x"], {"1r0": 1, "1r1": 0}, False),
}
REGISTERS = ("AX", "BX", "CX", "DX", "SI", "DI")


# ---- Tests -----------------------------------------------------------------------------------------------------------

class Test:
    """Threads are lists of ("W", variable, value), ("X", ...: the same by xchg), ("R", variable, register), ("F",), ("L",)."""

    def __init__(self, family, between, quantifier="exists", arch="X86", swapped=()):
        threads, relaxed, _ = FAMILIES[family]
        self.name, self.quantifier, self.arch, self.relaxed = family, quantifier, arch, relaxed
        self.threads, gaps = [], iter(between)
        for t, accesses in enumerate(threads):
            code, loads = [], 0
            for n, access in enumerate(accesses.split()):
                if n > 0:
                    code += {"po": [], "mfence": [("F",)], "locked": [("L",)]}[next(gaps)]
                if "=" in access:
                    code.append(("X" if (t, n) in swapped else "W", access[0], int(access[2])))
                else:
                    code.append(("R", access, loads))
                    loads += 1
            self.threads.append(code)
        self.variables = sorted({i[1] for code in self.threads for i in code if len(i) > 1})

    def tell(self, instruction):
        """One or two instructions of the format."""
        intel = self.arch == "X86"
        def reg(name):
            return "E" + name if intel else "%e" + name.lower()
        if instruction[0] == "F":
            return ["MFENCE" if intel else "mfence"]
        if instruction[0] == "L":
            return ["XCHG [own],EBP" if intel else "lock xaddl %ebp,(own)"]
        memory = "[%s]" % instruction[1] if intel else "(%s)" % instruction[1]
        if instruction[0] == "R":
            target = reg(REGISTERS[instruction[2]])
            return ["MOV %s,%s" % (target, memory) if intel else "movl %s,%s" % (memory, target)]
        if instruction[0] == "W":
            return ["MOV %s,$%d" % (memory, instruction[2]) if intel else "movl $%d,%s" % (instruction[2], memory)]
        return (["MOV EBP,$%d" % instruction[2], "XCHG %s,EBP" % memory] if intel
                else ["movl $%d,%%ebp" % instruction[2], "xchgl %%ebp,%s" % memory])

    def place(self, place):
        if "r" not in place:
            return "[%s]" % place if self.arch == "X86_64" else place
        thread, load = place.split("r")
        return "%s:%s" % (thread, ("E" + REGISTERS[int(load)]) if self.arch == "X86" else "r" + REGISTERS[int(load)].lower())

    def text(self):
        columns = [[line for i in code for line in self.tell(i)] for code in self.threads]
        rows = max(map(len, columns))
        lines = ["%s %s" % (self.arch, self.name), '"a test (* with a comment *)"', "{", "}"]
        for row in [["P%d" % t for t in range(len(columns))]] + [
                [column[r] if r < len(column) else "" for column in columns] for r in range(rows)]:
            lines.append(" " + " | ".join("%-18s" % cell for cell in row) + (" ;" if len(self.name) % 2 else ""))
        if len(self.name) % 3 == 0:
            lines.append("locations [%s;]" % "; ".join(self.place(v) for v in self.variables))
        condition = " /\\ ".join("%s=%d" % (self.place(p), v) for p, v in self.relaxed.items())
        lines.append("%s (%s)" % (self.quantifier, "not (%s)" % condition if self.quantifier == "forall" else condition))
        return "\n".join(lines) + "\n"

    def observed(self):
        places = list(self.variables) if len(self.name) % 3 == 0 else []
        return places + [p for p in self.relaxed if p not in places]


def explore(test):
    """The set of all states at the end, told by what is observed."""
    start = (tuple((0, (), ()) for _ in test.threads), tuple((v, 0) for v in test.variables))
    seen, todo, ends = {start}, [start], set()

    def push(state):
        if state not in seen:
            seen.add(state)
            todo.append(state)

    while todo:
        threads, memory = todo.pop()
        values, over = dict(memory), True
        for t, (place, loads, buffer) in enumerate(threads):
            def go(thread, new=None):
                push((threads[:t] + (thread,) + threads[t + 1:], tuple(sorted((new or values).items()))))
            if buffer:
                over = False
                go((place, loads, buffer[1:]), {**values, buffer[0][0]: buffer[0][1]})
            if place == len(test.threads[t]):
                continue
            over = False
            step = test.threads[t][place]
            if step[0] == "W":
                go((place + 1, loads, buffer + ((step[1], step[2]),)))
            elif step[0] == "R":
                pending = [value for word, value in buffer if word == step[1]]
                go((place + 1, loads + (pending[-1] if pending else values[step[1]],), buffer))
            elif not buffer:
                go((place + 1, loads, buffer), {**values, step[1]: step[2]} if step[0] == "X" else None)
        if over:
            loads = {"%dr%d" % (t, n): v for t, thread in enumerate(threads) for n, v in enumerate(thread[1])}
            ends.add(tuple({**values, **loads}[p] for p in test.observed()))
    return ends


# ---- Comparing -------------------------------------------------------------------------------------------------------

def run(tool, path, *options):
    return subprocess.run([tool, path, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)


def holds(test, ends):
    relaxed = any(all(end[test.observed().index(p)] == v for p, v in test.relaxed.items()) for end in ends)
    return relaxed if test.quantifier == "exists" else not relaxed


def check_test(tool, test, path):
    with open(path, "w") as file:
        file.write(test.text())
    ends = explore(test)
    done = run(tool, path, "--json", "-", "--compute", "values,counts", "--witnesses", "none", "--quiet")
    told = run(tool, path, "--compute", "values,counts", "--witnesses", "none").stdout
    wrong = []
    if done.returncode != (0 if holds(test, ends) else 1) or not done.stdout:
        wrong.append("status %d: %s" % (done.returncode, done.stderr))
    if done.stdout:
        result = json.loads(done.stdout)
        found = {tuple(row["values"]) for row in result["outcome"]["outcomes"]}
        if found != ends:
            wrong.append("states %s, expected %s" % (sorted(found), sorted(ends)))
        if result["claims"][0]["verdict"] != ("holds" if holds(test, ends) else "violated"):
            wrong.append("verdict " + result["claims"][0]["verdict"])
    lines = [line.strip() for line in told.splitlines()]
    if "States %d" % len(ends) not in lines or ("Ok" if holds(test, ends) else "No") not in lines:
        wrong.append("the report: " + told)
    for line in wrong:
        print("# %s\n%s" % (line, "".join("# %s\n" % l for l in test.text().splitlines())))
    return not wrong, holds(test, ends)


def gap_count(family):
    return sum(len(accesses.split()) - 1 for accesses in FAMILIES[family][0])


def draw(seed):
    choice = random.Random(seed)
    family = choice.choice(sorted(FAMILIES))
    between = [choice.choice(("po", "po", "mfence", "locked")) for _ in range(gap_count(family))]
    stores = [(t, n) for t, accesses in enumerate(FAMILIES[family][0]) for n, a in enumerate(accesses.split()) if "=" in a]
    return Test(family, between, choice.choice(("exists", "exists", "~exists", "forall")), choice.choice(("X86", "X86_64")),
                [store for store in stores if choice.random() < 0.15])


def check(tool, runs):
    good = True
    print("1..2")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "test.litmus")
        for family, (_, _, allowed) in FAMILIES.items():
            for arch in ("X86", "X86_64"):
                for gap in ("po", "mfence"):
                    agrees, found = check_test(tool, Test(family, [gap] * gap_count(family), "exists", arch), path)
                    if not agrees or found != (allowed and gap == "po"):
                        print("# %s, %s between its accesses: %s" % (family, gap, "allowed" if found else "forbidden"))
                        good = False
        print("%s 1 - the classical families are allowed or forbidden as published" % ("ok" if good else "not ok"))
        drawn = all([check_test(tool, draw(seed), path)[0] for seed in range(runs)])
        print("%s 2 - %d tests that are drawn agree with the explorer" % ("ok" if drawn else "not ok", runs))
    return 0 if good and drawn else 1


def published(tool, table, folder):
    agree, differ = 0, []
    for line in open(table):
        words = line.replace(",", " ").split()
        if len(words) != 2:
            continue
        path = os.path.join(folder, words[0] if words[0].endswith(".litmus") else words[0] + ".litmus")
        expected = 0 if words[1] in ("1", "Allow") else 1
        done = run(tool, path, "--quiet", "--compute", "values", "--witnesses", "none")
        if done.returncode == expected:
            agree += 1
        else:
            differ.append("%s: status %d, expected %d %s" % (path, done.returncode, expected, done.stderr.strip()))
    print("%d agree, %d differ" % (agree, len(differ)))
    print("\n".join(differ))
    return 1 if differ else 0


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "check":
        return check(arguments[1], int(arguments[2]))
    if len(arguments) == 4 and arguments[0] == "published":
        return published(*arguments[1:])
    if len(arguments) == 2 and arguments[0] == "show":
        print(draw(int(arguments[1])).text())
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
