"""Random programs on TSO memory, against a naive enumerator with store buffers of its own.

    oracle.py check RACECHECK SEED RUNS [RACECHECK-VERIFY]     the programs of the seeds SEED, SEED + 1, ..., RUNS of them
    oracle.py show SEED                     the program of a seed, and what is expected of it

A program is a text that is drawn from its seed, and what the enumerator executes is the same list of instructions, read by nobody else.
It goes through all schedules by recursion over plain tuples: a thread's place, registers and buffer, memory, locks. Compared are the
outcomes (variables, registers, what was printed), how many schedules have each, its probability under the random scheduler, its fewest
preemptions, and deadlocks and errors; with the verifier, the least and the greatest value of one variable as certificates prove them.
Speaks TAP.
"""
import fractions
import json
import os
import random
import re
import subprocess
import sys
import tempfile

WORDS = "xyz"
REGISTERS = ("ax", "bx", "cx")
STATES_MAX = 6000  # a program that has more is passed over
STORES_MAX = 32


# ---- Programs --------------------------------------------------------------------------------------------------------

class Instruction:
    """An operation with its operands: an int, "%ax", "x", or "x(%bx)" as ("x", "bx"). whole: it belongs to the step before it."""

    def __init__(self, name, *operands, whole=False):
        self.name, self.operands, self.whole = name, operands, whole

    def text(self):
        def told(operand):
            if isinstance(operand, int):
                return "$%d" % operand
            return "%s(,%%%s,4)" % operand if isinstance(operand, tuple) else operand
        if self.name == "choose":
            return "choose 1, 2, " + told(self.operands[0])
        return (self.name + " " + ", ".join(map(told, self.operands))).strip()


class Program:
    def __init__(self, seed):
        self.draw = draw = random.Random(seed)
        self.words = draw.choice((1, 2, 2, 3))
        self.first = [draw.choice((0, 0, 0, 1, 5)) for _ in range(self.words)]
        self.fork = draw.random() < 0.08  # one variable is an array, with computed addresses
        self.buffer = draw.choice((0, 0, 0, 0, 1, 2))
        self.kinds = [kind for kind, share in (("locked", 4), ("fence", 4), ("mutex", 3), ("semaphore", 2), ("print", 2),
                                               ("branch", 3), ("loop", 2), ("io", 1), ("yield", 1), ("choose", 1),
                                               ("whole", 2), ("sum", 4), ("try", 1), ("assert", 1))
                      if draw.random() < share / 8]
        threads = draw.choice((2, 2, 2, 3))
        most = {2: draw.choice((3, 4, 5, 6)), 3: draw.choice((2, 3, 4))}[threads]
        self.codes = [self.code(draw.randint(2, most)) for _ in range(threads)]
        self.same = draw.random() < 0.35  # all threads are of one .main, and interchangeable
        if self.same:
            self.codes = self.codes[:1] * threads
        elif draw.random() < 0.25:
            self.codes[-1] = self.codes[0]
        self.observed = self.observation()

    def word(self):
        if self.fork and self.draw.random() < 0.5:
            return ("t", "cx")
        return WORDS[self.draw.randrange(self.words)]

    def register(self):
        return "%" + self.draw.choice(("ax", "ax", "bx"))

    def single(self):
        draw, kind = self.draw, self.draw.choice(self.kinds + ["store"] * 4 + ["load"] * 4 + ["number"])
        if kind == "store":
            return Instruction("mov", draw.choice((1, 2, 3, self.register())), self.word())
        if kind == "load":
            return Instruction("mov", self.word(), self.register())
        if kind == "sum":
            return draw.choice((lambda: Instruction(draw.choice(("add", "sub")), draw.choice((1, 2)), self.register()),
                                lambda: Instruction("add", draw.choice((1, self.register())), self.word()),
                                lambda: Instruction("add", self.word(), self.register()),
                                lambda: Instruction("mul", 2, draw.choice((self.register(), self.word())))))()
        if kind == "locked":
            return draw.choice((lambda: Instruction("xchg", self.register(), self.word()),
                                lambda: Instruction("fetchadd", self.register(), self.word()),
                                lambda: Instruction("cas", "%bx", self.word())))()
        if kind == "fence":
            return Instruction("mfence")
        if kind == "semaphore":
            return Instruction(draw.choice(("wait", "post", "post")), "s")
        if kind == "print":
            return Instruction("print", draw.choice((1, self.word(), self.register())))
        if kind in ("io", "yield"):
            return Instruction(kind)
        if kind == "choose":
            return Instruction("choose", draw.choice((self.register(), self.word())))
        if kind == "try":
            return Instruction("trywait", "s", draw.choice((self.register(), self.word())))
        if kind == "assert":
            return Instruction("assert", WORDS[0])
        return Instruction("mov", draw.choice((0, 1, 3)), self.register())

    def code(self, length):
        """Jumps are to places, told as labels."""
        draw, code = self.draw, []
        if self.fork:
            code.append(Instruction("mov", draw.choice((0, 1)), "%cx"))
        while len(code) < length:
            kind = draw.choice(self.kinds + ["single"] * 5)
            if kind == "branch":
                code.append(Instruction("test", draw.choice((0, 1)), draw.choice((self.word(), self.register()))))
                code.append(Instruction(draw.choice(("je", "jne", "jgt", "jlte")), 0))
                code[-1].operands = (len(code) + draw.randint(0, 1),)
                code.append(self.single())
            elif kind == "loop" and not self.fork:
                start = len(code) + 1
                code += [Instruction("mov", 2, "%cx"), self.single(), Instruction("sub", 1, "%cx"),
                         Instruction("test", 0, "%cx"), Instruction("jgt", start)]
            elif kind == "mutex":
                code += [Instruction("lock", "m"), self.single(), Instruction("unlock", "m")]
            elif kind == "whole":
                inner = [self.single() for _ in range(draw.randint(2, 3))]
                if any(i.name in ("wait", "io", "choose", "yield") for i in inner):
                    continue
                for i in inner[1:]:
                    i.whole = True
                inner[0].opens = True
                inner[-1].closes = True
                code += inner
            else:
                code.append(self.single())
        return code

    def observation(self):
        places = [("word", w) for w in range(self.words)] + [("register", t, r) for t in range(len(self.codes)) for r in (0, 1)]
        if any(i.name == "print" for code in self.codes for i in code):
            places += [("output",)] * 3
        kept = []
        for place in self.draw.sample(places, self.draw.choice((1, 2, 2, 3))):
            if place not in kept:
                kept.append(place)
        return kept

    def observe(self):
        told = {"word": lambda p: WORDS[p[1]], "register": lambda p: "%s%d.%%%s" % ("T" if self.same else "P", p[1], REGISTERS[p[2]]),
                "output": lambda p: "output"}
        return ",".join(told[p[0]](p) for p in self.observed)

    def text(self):
        lines = [".var %s, %d" % (WORDS[w], self.first[w]) for w in range(self.words)]
        lines += [".var t 2", ".mutex m", ".semaphore s, 1", ".memory tso"]
        for t, code in enumerate(self.codes[:1] if self.same else self.codes):
            lines.append(".main" if self.same else ".thread P%d" % t)
            for place, i in enumerate(code):
                lines.append(".l%d_%d" % (t, place))
                if getattr(i, "opens", False):
                    lines.append(".atomic")
                is_jump = i.name in ("je", "jne", "jgt", "jlte")
                lines.append("  %s .l%d_%d" % (i.name, t, i.operands[0]) if is_jump
                             else "  assert %s" % i.operands[0] if i.name == "assert" else "  " + i.text())
                if getattr(i, "closes", False):
                    lines.append(".endatomic")
            lines.append(".l%d_%d" % (t, len(code)))
        return "\n".join(lines) + "\n"


# ---- The enumerator --------------------------------------------------------------------------------------------------

class TooLarge(Exception):
    pass


class Failure(Exception):
    pass


DRAINS = {"mfence", "xchg", "fetchadd", "cas", "lock", "unlock", "wait", "post", "trywait"}
LOCKED = {"xchg", "fetchadd", "cas"}


class Enumerator:
    """A state is (threads, memory, mutex, permits); a thread (place, registers, flags, buffer, away)."""

    def __init__(self, program):
        self.program, self.known = program, {}

    def run(self, bound):
        program = self.program
        memory = tuple(program.first) + (0, 0)
        threads = tuple((0, (0, 0, 0), 0, (), False) for _ in program.codes)
        sys.setrecursionlimit(100000)
        return self.visit((threads, memory, None, 1), None, bound)

    def at(self, state, t):
        return self.program.codes[t][state[0][t][0]]

    def can_step(self, state, t):
        place, registers, flags, buffer, away = state[0][t]
        if place == len(self.program.codes[t]):
            return False
        if away:
            return True
        i = self.at(state, t)
        if i.name in DRAINS and buffer:
            return False
        if self.program.buffer and len(buffer) >= self.program.buffer and self.stores(i):
            return False
        if i.name == "lock":
            return state[2] is None
        return i.name != "wait" or state[3] > 0

    def stores(self, i):
        """Whether an instruction puts a store into the buffer: what it writes is the last operand."""
        return (i.name in ("mov", "add", "sub", "mul", "choose", "trywait") and
                not (isinstance(i.operands[-1], str) and i.operands[-1].startswith("%")))

    def visit(self, state, last, left):
        """{outcome: (schedules, probability, fewest preemptions)}; so many preemptions are left, None: there is no bound"""
        key = state, last, left
        if key in self.known:
            return self.known[key]
        if len(self.known) > STATES_MAX:
            raise TooLarge
        ready = [t for t in range(len(state[0])) if self.can_step(state, t) and not state[0][t][4]]
        away = [t for t in range(len(state[0])) if state[0][t][4]]
        steps = []
        may_step = [last] if left == 0 and last in ready else ready
        for t in may_step + away:
            ways = 2 if not state[0][t][4] and self.at(state, t).name == "choose" else 1
            steps += [(t, way) for way in range(ways)]
        flushes = [t for t in range(len(state[0])) if state[0][t][3]]
        total = len(steps) + len(flushes)
        found = {}
        if total == 0:
            found[self.end(state)] = 1, fractions.Fraction(1), 0
        for t, way in steps:
            is_return = state[0][t][4]
            preempts = not is_return and last is not None and last != t and last in ready
            try:
                after, printed = self.step(state, t, way)
                rest = self.visit(after, last if is_return else t, left if left is None else left - preempts)
            except Failure:
                rest, printed = {"failure": (1, fractions.Fraction(1), 0)}, ""
            self.add(found, rest, printed, total, preempts)
        for t in flushes:
            self.add(found, self.visit(self.flush(state, t), last, left), "", total, 0)
        self.known[key] = found
        return found

    def add(self, found, rest, printed, total, preempts):
        for end, (schedules, chance, fewest) in rest.items():
            if printed and isinstance(end, tuple):
                end = tuple(("output", printed + value[1]) if isinstance(value, tuple) else value for value in end)
            before = found.get(end, (0, 0, 10 ** 9))
            found[end] = (before[0] + schedules, before[1] + chance / total, min(before[2], fewest + preempts))

    def end(self, state):
        if any(thread[0] < len(code) for thread, code in zip(state[0], self.program.codes)):
            return "deadlock"
        told = {"word": lambda p: state[1][p[1]], "register": lambda p: state[0][p[1]][1][p[2]], "output": lambda p: ("output", "")}
        return tuple(told[p[0]](p) for p in self.program.observed)

    def flush(self, state, t):
        threads, memory, mutex, permits = state
        place, registers, flags, buffer, away = threads[t]
        (word, value), buffer = buffer[0], buffer[1:]
        memory = memory[:word] + (value,) + memory[word + 1:]
        return threads[:t] + ((place, registers, flags, buffer, away),) + threads[t + 1:], memory, mutex, permits

    def step(self, state, t, way):
        printed = ""
        while True:
            was_away, name = state[0][t][4], self.at(state, t).name
            state, more = self.instruction(state, t, way)
            printed += more
            place = state[0][t][0]
            if (was_away or name in ("yield", "io") or place == len(self.program.codes[t]) or
                    not self.at(state, t).whole or not self.can_step(state, t)):
                return state, printed

    def instruction(self, state, t, way):
        threads, memory, mutex, permits = state
        place, registers, flags, buffer, away = threads[t]
        i, printed, memory, registers = self.at(state, t), "", list(memory), list(registers)

        def number(operand):
            if isinstance(operand, tuple):
                return self.program.words + registers[2]
            return WORDS.index(operand)

        def load(operand):
            if isinstance(operand, int):
                return operand
            if isinstance(operand, str) and operand.startswith("%"):
                return registers[REGISTERS.index(operand[1:])]
            for word, value in reversed(buffer):
                if word == number(operand):
                    return value
            return memory[number(operand)]

        def store(operand, value):
            nonlocal buffer
            if isinstance(operand, str) and operand.startswith("%"):
                registers[REGISTERS.index(operand[1:])] = value
            elif i.name in LOCKED:
                memory[number(operand)] = value
            else:
                buffer += ((number(operand), value),)

        following, operands = place + 1, i.operands
        if i.name == "mov":
            store(operands[1], load(operands[0]))
        elif i.name in ("add", "sub", "mul"):
            a, b = load(operands[0]), load(operands[1])
            store(operands[1], {"add": b + a, "sub": b - a, "mul": b * a}[i.name])
        elif i.name == "xchg":
            old, new = load(operands[1]), load(operands[0])
            store(operands[0], old)
            store(operands[1], new)
        elif i.name == "fetchadd":
            old, new = load(operands[1]), load(operands[0])
            store(operands[0], old)
            store(operands[1], old + new)
        elif i.name == "cas":
            old = load(operands[1])
            flags = (old > registers[0]) - (old < registers[0])
            if old == registers[0]:
                store(operands[1], load(operands[0]))
            registers[0] = old
        elif i.name == "test":
            a, b = load(operands[0]), load(operands[1])
            flags = (b > a) - (b < a)
        elif i.name in ("je", "jne", "jgt", "jlte"):
            if {"je": flags == 0, "jne": flags != 0, "jgt": flags > 0, "jlte": flags <= 0}[i.name]:
                following = operands[0]
        elif i.name == "lock":
            mutex = t
        elif i.name == "unlock":
            mutex = None
        elif i.name == "wait":
            permits -= 1
        elif i.name == "post":
            permits += 1
        elif i.name == "trywait":
            taken = permits > 0
            permits -= taken
            store(operands[1], int(taken))
        elif i.name == "choose":
            store(operands[0], 1 + way)
        elif i.name == "print":
            printed = str(load(operands[0]))
        elif i.name == "assert":
            if load(operands[0]) == 0:
                raise Failure
        elif i.name == "io":
            away = not away
            following -= away
        thread = (following, tuple(registers), flags, buffer, away)
        return (threads[:t] + (thread,) + threads[t + 1:], tuple(memory), mutex, permits), printed


# ---- Comparing -------------------------------------------------------------------------------------------------------

def tell(found, observed):
    """The same shape as what racecheck() returns."""
    told = {}
    for end, (schedules, chance, fewest) in found.items():
        if isinstance(end, str):
            told[end] = str(schedules), str(chance), None
        else:
            values = [value for value in end if not isinstance(value, tuple)]
            output = [value[1] for value in end if isinstance(value, tuple)]
            told[json.dumps([values, output[0] if output else None])] = str(schedules), str(chance), fewest
    return told


def short(fraction):
    return str(fractions.Fraction(fraction))


def racecheck(program, path, *options):
    command = [program, path, "--json", "-", "--compute", "all", "--quiet", "--witnesses", "all", *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if not done.stdout:
        return {"said": done.stderr or "status %d" % done.returncode}
    result = json.loads(done.stdout)
    outcome, told = result["outcome"], {}
    for row in outcome["outcomes"]:
        told[json.dumps([row["values"], row["output"]])] = row["schedules"], short(row["random_scheduler"]), row["preemptions"]
    for end, key, chance in (("deadlock", "deadlocked", "random_deadlocked"), ("failure", "failed", "random_failed")):
        if outcome[key] != "0":
            told[end] = outcome[key], short(outcome[chance]), None
    return told


def bound_of(seed):
    """Of every fifth program so many preemptions are allowed."""
    return seed // 5 % 3 if seed % 5 == 4 else None


def expect(seed):
    program = Program(seed)
    try:
        return program, tell(Enumerator(program).run(bound_of(seed)), program.observed)
    except TooLarge:
        return program, None


def certified(tool, verifier, path, options):
    """What the verifier finds proved: that a word is at least, or at most, a value."""
    proof, found = path + ".proof", []
    for option, relation in (("--certificate", ">="), ("--upper-certificate", "<=")):
        if os.path.exists(proof):
            os.remove(proof)
        made = subprocess.run([tool, path, "--quiet", "--compute", "values", "--witnesses", "none", option, proof, *options],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        if not os.path.exists(proof):
            found.append(made.stderr)
            continue
        told = subprocess.run([verifier, proof], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True).stdout
        said = re.match(r"verified: \w+ %s (-?\d+) for" % relation, told)
        found.append(int(said.group(1)) if said else told)
    return found


def check_proof(tool, verifier, seed, program, path, options, tally):
    """One word alone is observed; where there are computed addresses, or no end, nothing can be proved."""
    word = seed % program.words
    program.observed = [("word", word)]
    ends = [end[0] for end in Enumerator(program).run(bound_of(seed)) if isinstance(end, tuple)]
    if program.fork or not ends:
        return True
    found = certified(tool, verifier, path, ["--observe", WORDS[word], *options])
    tally["certificates"] += 2
    if found == [min(ends), max(ends)]:
        return True
    print("# seed %d, %s: expected %s, found %s\n%s" % (seed, options, [min(ends), max(ends)], found, program.text()))
    return False


def check_seed(tool, verifier, seed, path, tally):
    program, expected = expect(seed)
    if expected is None:
        tally["too large"] += 1
        return True
    with open(path, "w") as file:
        file.write(program.text())
    observe = ["--observe", program.observe()]
    options = ["--store-buffer", str(program.buffer)] if program.buffer else []
    bound = bound_of(seed)
    options += ["--scheduler", "preemptions", "--bound", str(bound)] if bound is not None else []
    options += [["--slice", "off"], [], [], ["--jobs", "1"]][seed % 4]
    options += ["--threads", str(len(program.codes))] if program.same else []
    found = racecheck(tool, path, *observe, *options)
    if found == expected and program.same:
        found = racecheck(tool, path, "--symmetry", "off", *observe, *options)
    tally["compared"] += 1
    tally["interchangeable"] += program.same
    tally["several"] += len(expected) > 1
    tally["deadlocks"] += "deadlock" in expected
    tally["failures"] += "failure" in expected
    if found == expected:
        return verifier is None or check_proof(tool, verifier, seed, program, path, options, tally)
    print("# seed %d, %s\n%s" % (seed, " ".join(observe + options), program.text().replace("\n.", "\n.")))
    print("# expected: %s\n# found:    %s" % (json.dumps(expected, sort_keys=True), json.dumps(found, sort_keys=True)))
    return False


def check(tool, seed, runs, verifier=None):
    tally = dict.fromkeys(("compared", "too large", "interchangeable", "several", "deadlocks", "failures", "certificates"), 0)
    good = True
    print("1..1")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.s")
        for s in range(seed, seed + runs):
            if not check_seed(tool, verifier, s, path, tally):
                good = False
                break
    print("# " + ", ".join("%d %s" % (number, name) for name, number in tally.items()))
    print("%s 1 - %d random programs on TSO memory agree with the enumerator" % ("ok" if good else "not ok", runs))
    return 0 if good else 1


def main(arguments):
    if len(arguments) in (4, 5) and arguments[0] == "check":
        return check(arguments[1], int(arguments[2]), int(arguments[3]), *arguments[4:])
    if len(arguments) == 2 and arguments[0] == "show":
        program, expected = expect(int(arguments[1]))
        print(program.text() + "\n" + json.dumps(expected, indent=1, sort_keys=True))
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
