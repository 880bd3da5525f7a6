#!/usr/bin/env python3
"""oracle.py: a second account of what racecheck says of Python programs: a naive interpreter of dumps that tries every interleaving.

    oracle.py check RACECHECK SEED COUNT INTERPRETER...    generated programs, compiled by these (compilers.py); prints TAP
    oracle.py keep SEED COUNT INTERPRETER...               keeps their dumps, as oracle-VERSION.json.gz
    oracle.py kept RACECHECK STRIDE FILE...                checks what was kept: of STRIDE programs one, of each file others; 1: all

It was written from the table of rules in docs/python.md, not from the program. Values are Python's own, states are whole; nothing is
partially evaluated. What is compared: the outputs, and by how many schedules each comes about. A step is what a thread does from one
switch point to the next, where it touches something shared on the way. Under tso, which is nogil with store buffers, what is assigned to a
shared place waits in the thread's buffer; what the library does with shared things waits until that is empty."""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor

from compilers import compile_all, keep, kept, version_of

# ---- Programs ------------------------------------------------------------------------------------------------------

SHARED = ["x", "y", "c.v", "e[0]", "e[1]", "d['k']", "C.w"]


class Writer:
    """Writes the body of a thread at random."""

    def __init__(self, pick):
        self.pick, self.lines, self.locals, self.depth, self.names = pick, [], ["n"], 2, 0

    def line(self, text):
        self.lines.append("    " * (self.depth - 1) + text)

    def atom(self):
        pick = self.pick
        return pick.choice([str(pick.randint(0, 3)), pick.choice(SHARED), pick.choice(SHARED), pick.choice(self.locals), "K"])

    def term(self):
        pick, kind = self.pick, self.pick.randrange(9)
        if kind < 3:
            return self.atom()
        if kind == 8:
            return pick.choice(["abs(%s)", "%s ** 2", "%s & 3", "%s | 1", "%s ^ 2", "%s >> 1", "%s << 2", "~%s"]) % self.atom()
        if kind < 5:
            return "%s %s %s" % (self.atom(), pick.choice(["+", "-", "*"]), self.atom())
        if kind == 5:
            return "add(%s)" % self.atom()
        if kind == 6:
            return "%s %s %d" % (self.atom(), pick.choice(["%", "//"]), pick.randint(1, 3))
        if pick.random() < 0.3:
            return pick.choice(["e[%s %% 2]" % self.atom(), "sum(r)", "max(%s, %s)" % (self.atom(), self.atom())])
        return pick.choice(["len(e)", "len(r)", "-%s" % self.atom(), "twice(%s)" % self.atom()])

    def condition(self):
        pick, kind = self.pick, self.pick.randrange(7)
        plain = "%s %s %s" % (self.atom(), pick.choice(["<", "<=", "==", "!=", ">", ">="]), self.atom())
        if kind == 0:
            return "%s and %s" % (plain, self.atom())
        if kind == 1:
            return "not %s" % self.atom()
        if kind == 2:
            return self.pick.choice(["f", "r", "not r"])
        if kind == 4:
            return "%s %s %s" % (self.atom(), pick.choice(["in", "not in"]), pick.choice(["(1, 2)", "{0, 3}", "(%s, 2)" % self.atom()]))
        return self.atom() if kind == 3 else plain

    def statement(self, room):
        pick, kind = self.pick, self.pick.randrange(16)
        if kind < 4:
            self.line("%s = %s" % (pick.choice(SHARED), self.term()))
        elif kind < 6:
            self.line("%s %s= %s" % (pick.choice(SHARED), pick.choice("+-"), self.atom()))
        elif kind < 8:
            name = pick.choice("st")
            self.line("%s = %s" % (name, self.term()))
            self.locals += [name] if self.depth == 2 and name not in self.locals else []
        elif kind == 8:
            self.line("f = %s" % pick.choice(["True", "False", "not f", "%s > 1" % self.atom(), "None"]))
        elif kind == 9 and room > 1:
            self.line("with lock:")
            self.block(room - 1)
        elif kind == 10 and room > 1:
            self.line("if %s:" % self.condition())
            self.block(room - 1)
            if pick.random() < 0.5:
                self.line("else:")
                self.block(1)
        elif kind == 11 and room > 1:
            self.names += 1
            self.line("for i%d in %s:" % (self.names, pick.choice(["range(2)", "(1, 2)", "range(1)", "e2", "r", "range(%s %% 3)" % self.atom()])))
            self.block(1)
        elif kind == 12:
            self.line(pick.choice(["lock.acquire(); lock.release()", "sem.acquire(); sem.release()", "ev.set()", "a, b = x, y",
                                   "r.append(%s)" % self.atom(), "r.append(%s)" % self.atom(), "C.up()",
                                   pick.choice(["c.up()", "if 1 in r: r.append(2)", "r.sort()"]),
                                   pick.choice(["d['j'] = %s" % self.atom(), "if 'j' in d: y = d['j']", "if 'j' not in d: d['j'] = 5",
                                                "x = d.get('j', %s)" % self.atom(), "if 'j' in d: del d['j']"]) if self.depth == 2 else "x = 2"]))
        elif kind == 13 and self.depth == 2:  # an exception ends the thread: not where it holds a lock
            self.line(pick.choice(["if r: %s = r.pop()", "%s = r.pop()", "r.remove(1); %s = 1"]) % pick.choice(SHARED[:2]))
        elif kind == 14:
            self.line("e[%s %% 2] = %s" % (self.atom(), self.atom()))
        elif kind == 15:
            self.line("print(%s)" % self.atom())
        else:
            self.line("%s = %s" % (pick.choice(SHARED), self.atom()))

    def block(self, room):
        self.depth += 1
        for _ in range(self.pick.randint(1, room)):
            self.statement(room - 1)
        self.depth -= 1


def write_unset(pick):
    """Lines that set or use what may not be there yet: o and p, which are None at first, and w, which nothing has set."""
    if pick.random() < 0.4:
        return [pick.choice(["o = c", "o = c", "o = None", "p = 5", "w = 4"])]
    use = [pick.choice(["x = o.v", "y = o.v", "o.v = n", "x = w", "c.v = w", "x = 1 + p", "y = p[0]", "x = len(p)"])]
    if pick.random() < 0.3:
        return use
    kind = pick.choice(["AttributeError", "TypeError", "NameError", "Exception", "LookupError", "(TypeError, AttributeError)",
                        "(NameError, AttributeError)"])
    return ["try:"] + ["    " + line for line in use + ["y = 7"][:pick.randrange(2)]] + ["except %s:" % kind, "    x = 8"]


def write_program(seed, statements=False):
    """statements: some print by those of 2.7."""
    pick = random.Random(seed)
    threads = pick.choice([2, 2, 2, 3])
    text = ["import threading", "K = 2", "x = 0", "y = %d" % pick.randint(0, 2), "f = False", "e = [1, 0]", "e2 = [5, 6]", "d = {'k': 0}", "r = []", "o = p = None",
            "lock = threading.Lock()", "sem = threading.Semaphore(1)", "ev = threading.Event()", "class C(object):", "    v = 0", "    w = 1", "    @classmethod", "    def up(cls):", "        cls.w += 1",
            "c = C()", "c.v = 1", "def add(a):", "    return a + 1", "def twice(a):", "    global y", "    y = a", "    return a * 2"]
    same = pick.random() < 0.3
    for number in range(1 if same else threads):
        writer = Writer(pick)
        for _ in range(pick.randint(1, 3 if threads == 2 else 2)):
            writer.statement(3 if threads == 2 else 2)
        # A third of the programs; one that has many such lines has no others, or there were too many interleavings.
        unset = random.Random(-1 - seed - 1000003 * number)
        before, after = (["    " + line for line in write_unset(unset)] if seed % 3 == 2 and unset.random() < chance else [] for chance in (0.7, 0.4))
        text += ["def t%d(n):" % number, "    global x, y, f, o, p, w"] + before + (writer.lines if len(before + after) < 6 else []) + after
    text += ["ts = [threading.Thread(target=t%d, args=(%d,)) for _ in (1,)]" % (0 if same else number, pick.randint(1, 2))
             + "\nu%d = ts[0]" % number for number in range(threads)]
    text += ["u%d.start()" % number for number in range(threads)] + ["u%d.join()" % number for number in range(threads)]
    prints = any("print(" in line for line in text)
    if statements and seed % 2:
        text = [re.sub(r"^( +)([st]) = (.*)", r"\1\2 = \3\n\1print(\2)", line) for line in text]
        text = [re.sub(r"print\((.*)\)", lambda found: "print " + pick.choice(["%s", "%s,", "%s, 'a'", "'a',"]).replace("%s", found.group(1)), line)
                for line in text]
        prints = False
    text[:0] = ["from __future__ import print_function"] if prints else []
    return "\n".join(text + ["s = 0", "for v in r: s = s * 10 + v", "print(x, y, c.v, e[0], e[1], d['k'], C.w, f, len(r), s)", ""])


# ---- The naive interpreter ------------------------------------------------------------------------------------------

FAST = {"NOP", "LOAD_FAST", "STORE_FAST", "LOAD_CONST", "POP_TOP", "ROT_TWO", "ROT_THREE", "ROT_FOUR", "DUP_TOP", "DUP_TOP_TWO", "DUP_TOPX",
        "JUMP_FORWARD", "BEGIN_FINALLY", "IS_OP", "CONTAINS_OP", "LOAD_ASSERTION_ERROR", "EXTENDED_ARG"}
SHIELDED = {"SETUP_FINALLY", "SETUP_WITH", "BEFORE_ASYNC_WITH", "YIELD_FROM"}


class Failed(Exception):
    """An exception that nobody catches: the thread ends."""


class Raised(Exception):
    """An exception that may be caught, by its name."""


class Blocked(Exception):
    """The next operation has to wait: the step ends before it."""


class Machine:
    """Executes bytecodes. A thread is a list of frames; a frame is [code, place, locals, stack, blocks]; `checked`: the loop looks for the
    lock before the next bytecode; `open`: others can step before the next shared access."""

    def __init__(self, dump, rules, interval=0, phase=0):
        self.interval, self.phase, self.ticker = interval, phase, phase  # 2.7: after so many bytecodes that it counts it looks
        self.is_tso, self.drained = rules == "tso", set()  # lists that threads share, by the places of their lengths
        rules = "nogil" if self.is_tso else rules
        self.dump, self.rules, self.version = dump, rules, dump["python"][0] * 100 + dump["python"][1]
        self.codes, self.texts = dump["codes"], {}
        self.iterator_size = 2 if self.version >= 315 else 1  # from 3.15 on a second value lies above an iterator

    def constant(self, value):
        if isinstance(value, dict):
            (kind, inner), = value.items()
            if kind == "int":
                return int(inner)
            if kind in ("tuple", "frozenset"):
                return tuple(self.constant(item) for item in inner)
            return ("code", inner) if kind == "code" else inner
        return value

    def start(self):
        self.shared, self.output, self.threads, self.objects = {}, "", [], 0
        self.threads.append({"frames": [self.frame(0, [])], "checked": False, "open": True, "state": "ready", "stores": ()})

    def frame(self, code, arguments, result=None, names=None):
        return [code, 0, dict(zip(self.codes[code]["locals"], arguments)), [], [], result, names]

    # A state, and back.

    def snapshot(self):
        return json.dumps([sorted(self.shared.items(), key=self.order), self.output, self.threads, self.objects, self.ticker],
                          default=lambda value: {"set": 1}, separators=(",", ":"))

    def order(self, item):
        """Keys are of several types: they are in the order of their texts."""
        if item[0] not in self.texts:
            self.texts[item[0]] = repr(item[0])
        return self.texts[item[0]]

    def save(self):
        return (dict(self.shared), self.output,
                [dict(t, frames=[[f[0], f[1], dict(f[2]), list(f[3]), list(f[4]), f[5], f[6]] for f in t["frames"]]) for t in self.threads],
                self.objects, self.ticker)

    def restore(self, saved):
        shared, self.output, threads, self.objects, self.ticker = saved
        self.shared = dict(shared)
        self.threads = [dict(t, frames=[[f[0], f[1], dict(f[2]), list(f[3]), list(f[4]), f[5], f[6]] for f in t["frames"]]) for t in threads]

    # One thread goes on.

    def step(self, number):
        """From a switch point to the next one that a shared access stands behind."""
        self.number, self.thread, self.touched = number, self.threads[number], False
        self.thread["open"] = False
        while self.thread["frames"]:
            if self.interval and len(self.threads) > 1 and self.looks_now():
                return
            begun = self.begin()
            try:
                if not self.bytecode():
                    return self.undo(begun)
            except Blocked:
                self.undo(begun)
                if not self.touched:
                    raise
                return
            except Failed:
                self.thread["frames"] = []
        self.thread["state"] = "done"

    def begin(self):
        """The thread as it is before a bytecode that perhaps belongs to the next step: such a one has changed nothing else so far."""
        thread, frame = self.thread, self.thread["frames"][-1]
        kept = [frame[0], frame[1], dict(frame[2]), list(frame[3]), list(frame[4]), frame[5], frame[6]]
        return dict(thread, frames=thread["frames"][:-1] + [kept])

    def undo(self, begun):
        self.thread.clear()
        self.thread.update(begun)

    def looks_now(self):
        """Counts the next bytecode, if it is one that is counted; whether the step ends before it: the interpreter looks there, or others
        could go first, who count, too."""
        thread, frame = self.thread, self.thread["frames"][-1]
        if not thread["checked"] or thread.get("counted"):
            return False
        if thread["open"] and self.touched:
            return True
        self.touched, thread["open"] = True, False
        self.ticker, thread["counted"] = self.ticker - 1, True
        if self.ticker >= 0 or self.codes[frame[0]]["instructions"][frame[1]][0] == "SETUP_FINALLY":
            return False
        self.ticker = self.interval
        return True

    def access(self):
        """Something shared is touched. Ends the step where others could go first."""
        if self.thread["open"] and self.touched:
            raise Stop
        self.thread["open"] = self.rules == "nogil"
        self.touched = True

    def drain(self):
        if self.thread["stores"]:
            raise Stop if self.touched else Blocked

    def flush(self, number):
        (key, value), *rest = self.threads[number]["stores"]
        self.shared[key] = value
        self.threads[number]["stores"] = tuple(rest)

    def point(self):
        self.thread["open"] = True

    def bytecode(self):
        thread, frame = self.thread, self.thread["frames"][-1]
        name, argument, target, _, _, _, meaning = self.codes[frame[0]]["instructions"][frame[1]]
        thread["counted"] = False
        if thread["checked"] and not self.interval and not (name in SHIELDED and self.rules != "gil311" and (self.rules != "gil27" or name == "SETUP_FINALLY")):
            self.point()
        thread["checked"] = self.rules in ("gil27", "gil32") and name not in FAST and not (name == "END_FINALLY" and self.version == 308)
        frame[1] += 1
        self.taken, self.on_bool = None, False
        try:
            getattr(self, "do_" + self.group(name))(frame, frame[3], name, argument, target, meaning)
        except Stop:
            return False
        except Raised as raised:
            self.unwind(["exception", raised.args[0]])
            return True
        if name.startswith("POP_JUMP") or name.endswith("OR_POP"):
            if self.rules in ("gil27", "gil32"):
                thread["checked"] = not self.on_bool
            elif self.rules == "gil310":
                thread["checked"] = self.taken and name.startswith("POP_JUMP")
            elif self.rules == "gil311":
                thread["checked"] = self.taken and name.startswith("POP_JUMP_BACKWARD")
        elif (self.rules == "gil310" and name == "JUMP_ABSOLUTE") or (self.rules == "gil311" and name in ("RESUME", "JUMP_BACKWARD")):
            thread["checked"] = True
        return True

    @staticmethod
    def group(name):
        for start in ("BINARY_", "INPLACE_"):
            if name.startswith(start) and name not in ("BINARY_SUBSCR", "BINARY_OP"):
                return "arithmetic"
        if "JUMP" in name and "IF" in name and "EXC_MATCH" not in name:
            return "branch"
        return name

    # Exceptions. Up to 3.10 blocks say where they are caught, later a table.

    def unwind(self, exception):
        frames = self.thread["frames"]
        while not self.enter_handler(frames[-1], exception):
            frames.pop()
            if not frames:
                raise Failed
        self.thread["checked"] = self.version < 311

    def enter_handler(self, frame, exception):
        stack = frame[3]
        if self.version >= 311:
            at = frame[1] - 1
            for first, end, target, depth, keeps in self.codes[frame[0]]["handlers"]:
                if first <= at < end:
                    del stack[depth:]
                    stack.extend(["NULL", exception] if keeps else [exception])
                    frame[1] = target
                    return True
            return False
        while frame[4]:
            name, target, depth = frame[4].pop()
            del stack[depth:]
            if name in ("SETUP_FINALLY", "SETUP_EXCEPT"):
                if self.version >= 300:
                    frame[4].append(("handler", 0, depth))
                    stack.extend(["NULL"] * 3)
                stack.extend(["NULL", exception, exception])
                frame[1] = target
                return True
        return False

    @staticmethod
    def matches(exception, wanted):
        return any(one[1] in (exception[1], "Exception") for one in (wanted if isinstance(wanted, tuple) else (wanted,)))

    def do_PUSH_EXC_INFO(self, frame, stack, *_):
        stack[-1:] = ["NULL", stack[-1]]

    def do_CHECK_EXC_MATCH(self, frame, stack, *_):
        stack[-1] = self.matches(stack[-2], stack[-1])

    def do_JUMP_IF_NOT_EXC_MATCH(self, frame, stack, name, argument, target, meaning):
        if not self.matches(*stack[-2:]):
            frame[1] = target
        del stack[-2:]

    def do_POP_EXCEPT(self, frame, stack, *_):
        if self.version < 311:
            del stack[frame[4].pop()[2]:]
        else:
            stack.pop()

    def do_RERAISE(self, frame, stack, *_):
        raise Raised(stack[-1][1])

    # Nothing, stacks, locals

    def do_NOP(self, frame, stack, name, argument, target, meaning):
        pass

    do_RESUME = do_PRECALL = do_CACHE = do_EXTENDED_ARG = do_NOT_TAKEN = do_NOP

    def do_POP_TOP(self, frame, stack, *_):
        stack.pop()

    def do_POP_ITER(self, frame, stack, *_):
        del stack[-self.iterator_size:]

    def do_END_FOR(self, frame, stack, *_):
        stack.pop()
        if self.version == 312:
            stack.pop()

    def do_PUSH_NULL(self, frame, stack, *_):
        stack.append("NULL")

    do_BEGIN_FINALLY = do_PUSH_NULL

    def do_DUP_TOP(self, frame, stack, *_):
        stack.append(stack[-1])

    def do_DUP_TOP_TWO(self, frame, stack, *_):
        stack.extend(stack[-2:])

    def do_DUP_TOPX(self, frame, stack, name, argument, *_):
        stack.extend(stack[-argument:])

    def do_ROT_TWO(self, frame, stack, *_):
        stack[-2:] = [stack[-1], stack[-2]]

    def do_ROT_THREE(self, frame, stack, *_):
        stack[-3:] = [stack[-1], stack[-3], stack[-2]]

    def do_ROT_FOUR(self, frame, stack, *_):
        stack[-4:] = [stack[-1]] + stack[-4:-1]

    def do_SWAP(self, frame, stack, name, argument, *_):
        stack[-1], stack[-argument] = stack[-argument], stack[-1]

    def do_COPY(self, frame, stack, name, argument, *_):
        stack.append(stack[-argument])

    def do_LOAD_CONST(self, frame, stack, name, argument, *_):
        stack.append(self.constant(self.codes[frame[0]]["constants"][argument]))

    def do_LOAD_SMALL_INT(self, frame, stack, name, argument, *_):
        stack.append(argument)

    def do_LOAD_COMMON_CONSTANT(self, frame, stack, name, argument, target, meaning):
        stack.append({"None": None, "True": True, "False": False, "-1": -1, "''": ""}[meaning])

    def do_LOAD_FAST(self, frame, stack, name, argument, *_):
        names = self.codes[frame[0]]["locals"]
        stack.append(frame[2][names[argument]] if argument < len(names) else "cell")

    do_LOAD_FAST_CHECK = do_LOAD_FAST_BORROW = do_LOAD_FAST

    def do_MAKE_CELL(self, frame, stack, *_):
        """From 3.14 on a class has one that nobody reads."""

    def do_STORE_DEREF(self, frame, stack, *_):
        stack.pop()

    def do_LOAD_FAST_AND_CLEAR(self, frame, stack, name, argument, *_):
        stack.append(frame[2].pop(self.codes[frame[0]]["locals"][argument], "NULL"))

    def do_STORE_FAST(self, frame, stack, name, argument, *_):
        frame[2][self.codes[frame[0]]["locals"][argument]] = stack.pop()

    def do_LOAD_FAST_LOAD_FAST(self, frame, stack, name, argument, *_):
        self.do_LOAD_FAST(frame, stack, name, argument >> 4)
        self.do_LOAD_FAST(frame, stack, name, argument & 15)

    do_LOAD_FAST_BORROW_LOAD_FAST_BORROW = do_LOAD_FAST_LOAD_FAST

    def do_STORE_FAST_LOAD_FAST(self, frame, stack, name, argument, *_):
        self.do_STORE_FAST(frame, stack, name, argument >> 4)
        self.do_LOAD_FAST(frame, stack, name, argument & 15)

    def do_STORE_FAST_STORE_FAST(self, frame, stack, name, argument, *_):
        self.do_STORE_FAST(frame, stack, name, argument >> 4)
        self.do_STORE_FAST(frame, stack, name, argument & 15)

    # Globals, attributes, elements

    def is_shared(self, key):
        return key in self.contended

    def read(self, key):
        if key in self.drained:
            self.drain()
        if self.is_shared(key):
            self.access()
        for stored, value in reversed(self.thread["stores"]):
            if stored == key:
                return value
        if key == ("g", "w") and key not in self.shared:
            raise Raised("NameError")
        return self.shared[key]

    def write(self, key, value):
        if self.is_shared(key):
            self.access()
            if self.is_tso and len(self.threads) > 1:  # what was assigned before is there when threads begin
                self.thread["stores"] += ((key, value),)
                return
        self.shared[key] = value

    def load_name(self, frame, name):
        if frame[6] is not None and (frame[6], name) in self.shared:
            return self.shared[(frame[6], name)]
        if ("g", name) in self.shared or name == "w":
            return self.read(("g", name))
        constants = {"True": True, "False": False, "None": None}  # names like others in 2.7
        return constants[name] if name in constants else ["builtin", name]

    def do_LOAD_GLOBAL(self, frame, stack, name, argument, *_):
        flag = argument & 1 if self.version >= 311 else 0
        value = self.load_name(frame, self.codes[frame[0]]["names"][argument >> 1 if self.version >= 311 else argument])
        stack.extend([value, "NULL"] if flag and self.version >= 313 else ["NULL", value] if flag else [value])

    def do_LOAD_NAME(self, frame, stack, name, argument, *_):
        stack.append(self.load_name(frame, self.codes[frame[0]]["names"][argument]))

    def do_STORE_GLOBAL(self, frame, stack, name, argument, *_):
        self.write(("g", self.codes[frame[0]]["names"][argument]), stack[-1])
        stack.pop()

    def do_STORE_NAME(self, frame, stack, name, argument, *_):
        key = self.codes[frame[0]]["names"][argument]
        if frame[6] is not None:
            self.shared[(frame[6], key)] = stack.pop()
        else:
            self.do_STORE_GLOBAL(frame, stack, name, argument)

    def attribute(self, value, name):
        if value is None:
            raise Raised("AttributeError")
        if value[0] == "class" or name == "up":
            found = self.read((-1, name))
            return ["bound", found[1]] if isinstance(found, list) and found[0] == "classmethod" else found
        if value[0] == "object":
            return self.read((value[1], name))
        return ["method", value, name] if value[0] in ("lock", "sem", "event", "thread", "list", "dict") else ["builtin", name]

    def do_LOAD_ATTR(self, frame, stack, name, argument, *_):
        has_flag = self.version >= 312
        value = self.attribute(stack[-1], self.codes[frame[0]]["names"][argument >> 1 if has_flag else argument])
        stack.pop()
        flag = has_flag and argument & 1
        stack.extend([value, "NULL"] if flag and self.version >= 313 else ["NULL", value] if flag else [value])

    def do_LOAD_METHOD(self, frame, stack, name, argument, *_):
        value = self.attribute(stack.pop(), self.codes[frame[0]]["names"][argument])
        stack.extend(["NULL", value])

    def do_STORE_ATTR(self, frame, stack, name, argument, *_):
        if stack[-1] is None:
            raise Raised("AttributeError")
        self.write((-1 if stack[-1] == ["class"] else stack[-1][1], self.codes[frame[0]]["names"][argument]), stack[-2])
        del stack[-2:]

    def element(self, container, index):
        return container[1] if container[0] in ("list", "dict") else None, index

    def do_BINARY_SUBSCR(self, frame, stack, *_):
        if stack[-2] is None or isinstance(stack[-2], int):
            raise Raised("TypeError")
        value = self.element_of(self.element(stack[-2], stack[-1]))
        if value == "gone":
            raise Failed
        stack[-2:] = [value]

    def element_of(self, key):
        """What is there, or "gone": a key of a dictionary that it does not have."""
        self.shared.setdefault(key, "gone")
        return self.read(key)

    def do_DELETE_SUBSCR(self, frame, stack, *_):
        key = self.element(stack[-2], stack[-1])
        if self.element_of(key) == "gone":
            raise Failed
        opened, self.thread["open"] = self.thread["open"], False
        self.write(key, "gone")
        self.thread["open"] = opened
        del stack[-2:]

    def do_STORE_SUBSCR(self, frame, stack, *_):
        self.write(self.element(stack[-2], stack[-1]), stack[-3])
        del stack[-3:]

    # Computing

    OPERATORS = {"ADD": "+", "SUBTRACT": "-", "MULTIPLY": "*", "FLOOR_DIVIDE": "//", "MODULO": "%", "POWER": "**", "AND": "&", "OR": "|", "XOR": "^",
                 "LSHIFT": "<<", "RSHIFT": ">>"}

    def compute(self, sign, a, b):
        if b is None:
            raise Raised("TypeError")
        return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "//": lambda: a // b, "%": lambda: a % b,
                "**": lambda: a ** b, "&": lambda: a & b, "|": lambda: a | b, "^": lambda: a ^ b, "<<": lambda: a << b, ">>": lambda: a >> b}[sign]()

    def do_arithmetic(self, frame, stack, name, *_):
        stack[-2:] = [self.compute(self.OPERATORS[name.split("_", 1)[1]], stack[-2], stack[-1])]

    def do_BINARY_OP(self, frame, stack, name, argument, target, meaning):
        if meaning == "[]":
            return self.do_BINARY_SUBSCR(frame, stack)
        stack[-2:] = [self.compute(meaning.rstrip("=") if meaning != "==" else meaning, stack[-2], stack[-1])]

    def do_UNARY_NEGATIVE(self, frame, stack, *_):
        stack[-1] = -stack[-1]

    def do_UNARY_INVERT(self, frame, stack, *_):
        stack[-1] = ~stack[-1]

    def truth(self, value):
        return self.read((value[1], "len")) if isinstance(value, list) and value[0] == "list" else value

    def do_UNARY_NOT(self, frame, stack, *_):
        stack[-1] = not self.truth(stack[-1])

    def do_TO_BOOL(self, frame, stack, *_):
        stack[-1] = bool(self.truth(stack[-1]))

    def do_COMPARE_OP(self, frame, stack, name, argument, target, meaning):
        a, b = stack[-2:]
        stack[-2:] = [{"<": lambda: a < b, "<=": lambda: a <= b, "==": lambda: a == b, "!=": lambda: a != b, ">": lambda: a > b,
                       ">=": lambda: a >= b, "exception match": lambda: self.matches(a, b), "in": lambda: a in self.items(b), "not in": lambda: a not in self.items(b)}[meaning]()]

    def do_CONTAINS_OP(self, frame, stack, name, argument, *_):
        stack[-2:] = [(stack[-2] in self.items(stack[-1])) != bool(argument)]

    def items(self, value):
        """Of a list all of them, in one step."""
        if not isinstance(value, list):
            return value
        if value[0] == "dict":
            return ["j"] if self.element_of((value[1], "j")) != "gone" else []
        return [self.shared[(value[1], index)] for index in range(self.read((value[1], "len")))]

    # Jumps and loops

    def do_JUMP_FORWARD(self, frame, stack, name, argument, target, meaning):
        frame[1] = target

    do_JUMP_ABSOLUTE = do_JUMP_BACKWARD = do_JUMP_BACKWARD_NO_INTERRUPT = do_JUMP_FORWARD

    def do_branch(self, frame, stack, name, argument, target, meaning):
        value = stack[-1]
        self.on_bool = isinstance(value, bool)
        value = self.truth(value)
        truth = value is None if name.endswith("NONE") and "NOT" not in name else \
            value is not None if name.endswith("NOT_NONE") else bool(value) == ("TRUE" in name)
        self.taken = truth
        if truth:
            frame[1] = target
        if not (truth and name.endswith("OR_POP")):
            stack.pop()

    def do_GET_ITER(self, frame, stack, *_):
        value = stack.pop()
        stack.append(["iterator", value if value[0] == "list" else list(value[1:]) if value[0] == "range" else list(value), 0])
        stack.extend(["NULL"] * (self.iterator_size - 1))

    def do_FOR_ITER(self, frame, stack, name, argument, target, meaning):
        _, items, at = stack[-self.iterator_size]
        is_list = items[:1] == ["list"]
        if at < (self.read((items[1], "len")) if is_list else len(items)):
            item = self.shared[(items[1], at)] if is_list else items[at]
            stack[-self.iterator_size] = ["iterator", items, at + 1]
            stack.append(item)
            return
        skips = self.codes[frame[0]]["instructions"][target][0] == "END_FOR"
        frame[1] = target + skips
        if self.version <= 312:
            stack.pop()

    def do_SETUP_LOOP(self, frame, stack, name, argument, target, meaning):
        frame[4].append((name, target, len(stack)))

    do_SETUP_FINALLY = do_SETUP_EXCEPT = do_SETUP_LOOP

    def do_POP_BLOCK(self, frame, stack, *_):
        frame[4].pop()

    # Building

    def new(self, kind):
        self.objects += 1
        return [kind, self.objects]

    def do_BUILD_TUPLE(self, frame, stack, name, argument, *_):
        items = stack[len(stack) - argument:]
        del stack[len(stack) - argument:]
        stack.append(tuple(items))

    do_BUILD_SET = do_BUILD_TUPLE

    def do_BUILD_LIST(self, frame, stack, name, argument, *_):
        items = stack[len(stack) - argument:]
        del stack[len(stack) - argument:]
        self.make_list(stack, items)

    def make_list(self, stack, items):
        made = self.new("list")
        for index, item in enumerate(items):
            self.shared[(made[1], index)] = item
        self.shared[(made[1], "len")] = len(items)
        stack.append(made)

    def do_LIST_EXTEND(self, frame, stack, name, argument, *_):
        items, made = stack.pop(), stack[-argument]
        for index, item in enumerate(items):
            self.shared[(made[1], index)] = item
        self.shared[(made[1], "len")] = len(items)

    def do_LIST_APPEND(self, frame, stack, name, argument, *_):
        item = stack.pop()
        made = stack[-argument]
        self.add(made, item)

    def add(self, made, item):
        count = self.shared[(made[1], "len")]
        self.shared[(made[1], count)] = item
        self.shared[(made[1], "len")] = count + 1

    def do_BUILD_MAP(self, frame, stack, name, argument, *_):
        made = self.new("dict")
        count = 2 * argument if self.version >= 300 else 0
        items = stack[len(stack) - count:]
        del stack[len(stack) - count:]
        for index in range(0, count, 2):
            self.shared[(made[1], items[index])] = items[index + 1]
        stack.append(made)

    def do_STORE_MAP(self, frame, stack, *_):
        self.shared[(stack[-3][1], stack[-1])] = stack[-2]
        del stack[-2:]

    def do_UNPACK_SEQUENCE(self, frame, stack, *_):
        stack.extend(reversed(stack.pop()))

    def do_MAKE_FUNCTION(self, frame, stack, *_):
        if 300 <= self.version < 311:
            stack.pop()
        stack.append(["function", stack.pop()[1]])

    def do_LOAD_BUILD_CLASS(self, frame, stack, *_):
        stack.append(["builtin", "__build_class__"])

    def do_LOAD_LOCALS(self, frame, stack, *_):
        stack.append(["class"])

    def do_BUILD_CLASS(self, frame, stack, *_):
        stack[-3:] = [["class"]]

    def do_IMPORT_NAME(self, frame, stack, *_):
        stack[-2:] = [["module"]]

    def do_IMPORT_FROM(self, frame, stack, *_):
        stack.append(["module"])

    # Calls

    def do_CALL_FUNCTION(self, frame, stack, name, argument, *_):
        named, positional = (argument >> 8, argument & 255) if self.version < 300 else (0, argument)
        names, arguments = [], []
        for _ in range(named):
            arguments.insert(0, stack.pop())
            names.insert(0, stack.pop())
        arguments = stack[len(stack) - positional:] + arguments
        del stack[len(stack) - positional:]
        self.call(frame, stack, stack.pop(), arguments, names)

    def do_CALL_FUNCTION_KW(self, frame, stack, name, argument, *_):
        names = stack.pop()
        arguments = stack[len(stack) - argument:]
        del stack[len(stack) - argument:]
        self.call(frame, stack, stack.pop(), arguments, names)

    def do_CALL_METHOD(self, frame, stack, name, argument, *_):
        arguments = stack[len(stack) - argument:]
        del stack[len(stack) - argument:]
        callee = stack.pop()
        stack.pop()
        self.call(frame, stack, callee, arguments, [])

    def do_KW_NAMES(self, frame, stack, name, argument, *_):
        self.thread["names"] = self.constant(self.codes[frame[0]]["constants"][argument])

    def do_CALL_KW(self, frame, stack, name, argument, *_):
        self.thread["names"] = stack.pop()
        self.do_CALL(frame, stack, name, argument)

    def do_CALL(self, frame, stack, name, argument, *_):
        arguments = stack[len(stack) - argument:]
        del stack[len(stack) - argument:]
        upper, lower = stack.pop(), stack.pop()
        names = self.thread.pop("names", [])
        first = self.version >= 313 or lower != "NULL"
        if first and upper != "NULL":
            arguments = [upper] + arguments
        self.call(frame, stack, lower if first else upper, arguments, names)

    def looks(self):
        """What is written in C has returned."""
        if self.rules != "nogil":
            self.thread["checked"] = True

    def call(self, frame, stack, callee, arguments, names):
        kind = callee[0]
        if kind == "function":
            is_body = self.codes[callee[1]]["name"] == "C"
            self.thread["frames"].append(self.frame(callee[1], arguments, names=-1 if is_body else None))
            self.thread["checked"] = self.rules in ("gil27", "gil32", "gil310")
            return
        if kind == "bound":
            return self.call(frame, stack, ["function", callee[1]], [["class"]] + arguments, names)
        self.looks()
        if kind == "class":
            return stack.append(self.new("object"))
        name = callee[1] if kind == "builtin" else callee[2]
        value = getattr(self, "call_" + name)(callee, arguments, dict(zip(names, arguments[len(arguments) - len(names):])))
        if value is not False:
            stack.append(value)

    def call___build_class__(self, callee, arguments, names):
        self.thread["frames"].append(self.frame(arguments[0][1], [], result=["class"], names=-1))
        return False

    def call_Lock(self, *_):
        made = self.new("lock")
        self.shared[(made[1], "held")] = False
        return made

    def call_Semaphore(self, callee, arguments, names):
        made = self.new("sem")
        self.shared[(made[1], "permits")] = arguments[0]
        return made

    def call_Event(self, *_):
        return self.new("event")

    def call_Thread(self, callee, arguments, names):
        return self.new("thread")[:1] + [[names["target"][1], list(names["args"]), self.objects]]

    def call_range(self, callee, arguments, names):
        return ["range"] + list(range(*arguments))

    def call_classmethod(self, callee, arguments, names):
        return ["classmethod", arguments[0][1]]

    def call_abs(self, callee, arguments, names):
        return abs(arguments[0])

    def change(self, made, change):
        """A list gets other items, in one step."""
        key = (made[1], "len")
        if key in self.drained:
            self.drain()
        if self.is_shared(key):
            self.access()
        items = [self.shared[(made[1], index)] for index in range(self.shared[key])]
        count = len(items)
        change(items)
        self.shared.update({(made[1], index): item for index, item in enumerate(items)})
        for index in range(len(items), count):
            del self.shared[(made[1], index)]
        self.shared[key] = len(items)

    def call_get(self, callee, arguments, names):
        value = self.element_of((callee[1][1], arguments[0]))
        return arguments[1] if value == "gone" else value

    def call_sort(self, callee, arguments, names):
        self.change(callee[1], lambda items: items.sort())

    def call_remove(self, callee, arguments, names):
        def remove(items):
            if arguments[0] not in items:
                raise Failed
            items.remove(arguments[0])
        self.change(callee[1], remove)

    def call_len(self, callee, arguments, names):
        if arguments[0] is None or isinstance(arguments[0], int):
            raise Raised("TypeError")
        return self.read((arguments[0][1], "len"))

    def call_append(self, callee, arguments, names):
        if (callee[1][1], "len") in self.drained:
            self.drain()
        if self.is_shared((callee[1][1], "len")):
            self.access()
        self.add(callee[1], arguments[0])

    def call_pop(self, callee, arguments, names):
        key = (callee[1][1], "len")
        if key in self.drained:
            self.drain()
        if self.is_shared(key):
            self.access()
        if self.shared[key] == 0:
            raise Failed
        self.shared[key] -= 1
        return self.shared.pop((callee[1][1], self.shared[key]))

    def call_sum(self, callee, arguments, names):
        count = self.read((arguments[0][1], "len"))
        return sum(self.shared[(arguments[0][1], index)] for index in range(count))

    def call_max(self, callee, arguments, names):
        return max(arguments)

    def call_start(self, callee, arguments, names):
        self.point()
        self.drain()
        self.access()
        target, given, identity = callee[1][1]
        self.shared[("thread", identity)] = len(self.threads)
        self.threads.append({"frames": [self.frame(target, given)], "checked": self.rules in ("gil27", "gil32", "gil310"), "open": False,
                             "state": "ready", "stores": ()})
        self.point()

    def call_join(self, callee, arguments, names):
        self.point()
        if self.touched:
            raise Stop
        self.drain()
        other = self.threads[self.shared[("thread", callee[1][1][2])]]
        if other["state"] != "done" or other["stores"]:
            raise Blocked
        self.access()
        self.point()

    def call_acquire(self, callee, arguments, names):
        kind, number = callee[1]
        if kind == "sem" or self.rules == "gil27":
            self.point()
        if self.thread["open"] and self.touched:
            raise Stop
        self.drain()
        if kind == "lock" and self.shared[(number, "held")] or kind == "sem" and self.shared[(number, "permits")] == 0:
            raise Blocked
        self.access()
        if kind == "lock":
            self.shared[(number, "held")] = True
        else:
            self.shared[(number, "permits")] -= 1
        return True

    def call_release(self, callee, arguments, names):
        kind, number = callee[1]
        if kind == "sem":
            self.point()
        self.drain()
        self.access()
        if kind == "lock":
            self.shared[(number, "held")] = False
        else:
            self.shared[(number, "permits")] += 1

    def call_set(self, callee, arguments, names):
        self.point()
        self.drain()
        self.access()
        self.point()

    def call___exit__(self, callee, arguments, names):
        return self.call_release(callee, arguments, names)

    def call_print(self, callee, arguments, names):
        self.point()
        self.drain()
        self.access()
        self.output += " ".join(str(value) for value in arguments) + "\n"
        self.point()

    # The statements of 2.7: parts that others can come between. The file has a note whether a blank goes before the next item.

    def go_on(self, frame, part):
        """The bytecode has another part, which begins where others could go first."""
        self.thread["part"] = part
        self.thread["checked"] = False
        frame[1] -= 1
        self.point()

    def do_PRINT_ITEM(self, frame, stack, *_):
        part = self.thread.get("part", 0)
        self.access()
        if part == 0:
            has_note = self.shared.get(("note",), False)
            self.shared[("note",)] = False
            return self.go_on(frame, 1 if has_note else 2)
        if part == 1:
            self.output += " "
            return self.go_on(frame, 2)
        if part == 2:
            self.output += str(stack.pop())
            return self.go_on(frame, 3)
        self.shared[("note",)] = True
        self.thread["part"] = 0

    def do_PRINT_NEWLINE(self, frame, stack, *_):
        if self.thread.get("part", 0) == 0:
            self.point()
            self.access()
            self.output += "\n"
            return self.go_on(frame, 1)
        self.access()
        self.shared[("note",)] = False
        self.thread["part"] = 0

    # with

    def do_SETUP_WITH(self, frame, stack, name, argument, target, meaning):
        lock = stack[-1]
        self.call_acquire(["method", lock, "acquire"], [], {})
        stack.pop()
        stack.extend([["method", lock, "__exit__"], True])
        if name == "SETUP_WITH":
            frame[4].append((name, target, len(stack)))

    do_BEFORE_WITH = do_SETUP_WITH

    def do_LOAD_SPECIAL(self, frame, stack, name, argument, target, meaning):
        stack[-1:] = [["method", stack[-1], {"__enter__": "acquire"}.get(meaning, meaning)], "NULL"]

    def do_WITH_CLEANUP(self, frame, stack, *_):
        self.call_release(["method", stack[-2][1], "release"], [], {})
        del stack[-2]
        self.looks()

    def do_WITH_CLEANUP_START(self, frame, stack, *_):
        self.call_release(["method", stack[-2][1], "release"], [], {})
        del stack[-2]
        stack.extend([None, None])
        self.looks()

    def do_WITH_CLEANUP_FINISH(self, frame, stack, *_):
        del stack[-2:]

    def do_END_FINALLY(self, frame, stack, *_):
        if stack[-1] != "NULL" and stack[-1] is not None:
            raise Raised(stack[-1][1])
        stack.pop()

    # Returning

    def do_RETURN_VALUE(self, frame, stack, *_):
        self.leave(frame, stack.pop())

    def do_RETURN_CONST(self, frame, stack, name, argument, *_):
        self.leave(frame, self.constant(self.codes[frame[0]]["constants"][argument]))

    def leave(self, frame, value):
        frames = self.thread["frames"]
        frames.pop()
        self.thread["checked"] = self.rules in ("gil27", "gil32", "gil310") or frame[5] is not None
        if frames:
            frames[-1][3].append(frame[5] if frame[5] is not None else value)


class Stop(Exception):
    """A switch point lies before the next shared access: the step is over."""


# ---- All interleavings ----------------------------------------------------------------------------------------------

def places(dump):
    """The places that threads can share, by the way in which programs are written; by their names."""
    machine = Machine(dump, "nogil")
    machine.contended = set()
    machine.start()
    while len(machine.threads) == 1:
        machine.step(0)
    objects = {name: machine.shared[("g", name)][1] for name in ("c", "e", "d", "r")}
    return {"x": ("g", "x"), "y": ("g", "y"), "f": ("g", "f"), "o": ("g", "o"), "p": ("g", "p"), "w": ("g", "w"), "c.v": (objects["c"], "v"), "e[0]": (objects["e"], 0),
            "e[1]": (objects["e"], 1), "len(r)": (objects["r"], "len"), "d.k": (objects["d"], "k"), "C.w": (-1, "w"), "d.j": (objects["d"], "j")}


class TooLarge(Exception):
    pass


def explore(dump, rules, most, contended, counting=(), drained=()):
    """All outputs, and by how many schedules each comes about; accesses to the places that are given end and begin steps. drained: lists
    that threads share, by the places of their lengths."""
    machine = Machine(dump, rules, *counting)
    machine.contended = contended
    machine.drained = {key for key in drained if machine.is_tso and key[1] == "len"}
    machine.start()
    memo = {}

    def visit():
        key = machine.snapshot()
        if key in memo:
            return memo[key]
        if len(memo) > most:
            raise TooLarge
        result, saved = {}, machine.save()
        for number in range(len(machine.threads)):
            if machine.threads[number]["state"] == "done":
                continue
            try:
                machine.step(number)
                for output, count in visit().items():
                    result[output] = result.get(output, 0) + count
            except Blocked:
                pass
            machine.restore(saved)
        for number in [n for n, thread in enumerate(machine.threads) if thread["stores"]]:
            machine.flush(number)
            for output, count in visit().items():
                result[output] = result.get(output, 0) + count
            machine.restore(saved)
        if not result:
            done = all(thread["state"] == "done" for thread in machine.threads)
            result = {machine.output if done else "deadlock": 1}
        memo[key] = result
        return result
    return visit()


# ---- Comparing ------------------------------------------------------------------------------------------------------

def rules_of(dump):
    major, minor = dump["python"][:2]
    own = "gil27" if major == 2 else "gil32" if minor < 10 else "gil310" if minor == 10 else "gil311"
    return [own] + (["nogil", "tso"] if minor >= 13 else [])


def ask(racecheck, folder, dump, rules, *options):
    """What racecheck says: outputs with numbers of schedules, and which places it takes for shared. Or why it says nothing."""
    path = os.path.join(folder, "p.json")
    with open(path, "w") as file:
        json.dump(dump, file)
    given = ["nogil", "--memory", "tso"] if rules == "tso" else [rules]
    has_statements = re.search("^ +print [^(]", dump["source"], re.M)
    run = subprocess.run([racecheck, "--bytecode", path, "--gil", *given, "--print", "piece" if has_statements else "line", "--json", path + ".result", "--explain",
                          "--compute", "values,counts", "--witnesses", "none"] + list(options), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         universal_newlines=True)
    if not run.stdout or " not covered" in " ".join(run.stdout.split()):
        return run.stderr.strip(), None
    with open(path + ".result") as file:
        outcome = json.load(file)["outcome"]
    named = re.findall(r"^[a-z]+ +(\S+):? ", run.stdout, re.M)
    counts = {one["output"]: int(one["schedules"]) for one in outcome["outcomes"]}
    if int(outcome["deadlocked"]) > 0:
        counts["deadlock"] = int(outcome["deadlocked"])
    return counts, {name.rstrip(":") for name in named}


def check(racecheck, dumps, most=20000):
    """How many programs agree, are refused, are too large; and what differs."""
    sys.setrecursionlimit(100000)
    agree = refused = large = 0
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for number, dump in dumps:
            for rules in rules_of(dump):
                known = places(dump)
                got, named = ask(racecheck, folder, dump, rules)
                if isinstance(got, str):
                    refused += "not covered" in got
                    wrong += [] if "not covered" in got else [(number, rules, got)]
                    continue
                try:
                    # Whatever racecheck takes for shared: what can come out is told by the finest steps.
                    shared = {key for name, key in known.items() if name in named}
                    possible = set(explore(dump, rules, most, set(known.values()), drained=shared))
                    counts = explore(dump, rules, most, shared, drained=shared)
                    counting = (number % 4 + 1, number % 5)
                    counted = explore(dump, rules, most, set(known.values()), counting) if rules == "gil27" else None
                except TooLarge:
                    large += 1
                    continue
                if counted is not None:
                    told, _ = ask(racecheck, folder, dump, rules, "--check-interval", str(counting[0]), "--phase", str(counting[1]))
                    if isinstance(told, str) or set(told) != set(counted):
                        wrong.append((number, "%s, interval %d, phase %d" % (rules, *counting), "got %r" % (told,)))
                        continue
                if set(got) == possible and got == counts:
                    agree += 1
                else:
                    wrong.append((number, rules, "possible %r\n#   counted %r\n#   got     %r\n#   shared %s" % (
                        sorted(possible), counts, got, sorted(named & set(known)))))
    return agree, refused, large, wrong


def report(number, name, result):
    agree, refused, large, wrong = result
    is_good = not wrong and agree > 2 * (refused + large)
    print("%s %d - %s: %d agree, %d not covered, %d too large, %d differ" % ("ok" if is_good else "not ok", number, name, agree, refused, large,
                                                                            len(wrong)))
    for one in wrong[:5]:
        print("# program %s, %s: %s" % one)
    return not is_good


def write_all(interpreter, seed, count):
    is_old = not os.path.isdir(interpreter) and b"Python 2" in subprocess.check_output([interpreter, "-V"], stderr=subprocess.STDOUT)
    return compile_all(interpreter, [("p.py", write_program(number, is_old)) for number in range(seed, seed + count)])


def check_kept(racecheck, stride, subject):
    first, path = subject
    return os.path.basename(path), check(racecheck, list(enumerate(kept(path)))[first::stride])


def check_compiled(racecheck, seed, count, interpreter):
    dumps = write_all(interpreter, seed, count)
    return "Python " + version_of(dumps[0]), check(racecheck, list(enumerate(dumps, seed)))


def report_all(function, arguments, subjects):
    """A process a processor."""
    failures = 0
    with ProcessPoolExecutor() as pool:
        tests = [pool.submit(function, *arguments, subject) for subject in subjects]
        for number, test in enumerate(tests, 1):
            failures += report(number, *test.result())
    print("1..%d" % len(subjects))
    return failures > 0


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "kept":
        stride = int(arguments[1])
        return report_all(check_kept, [arguments[0], stride], [(number % stride, path) for number, path in enumerate(arguments[2:])])
    if what == "check":
        return report_all(check_compiled, [arguments[0], int(arguments[1]), int(arguments[2])], arguments[3:])
    if what == "show":
        print(write_program(int(arguments[0])))
    else:
        for interpreter in arguments[2:]:
            dumps = write_all(interpreter, int(arguments[0]), int(arguments[1]))
            keep("oracle", version_of(dumps[0]), dumps)
    return 0


if __name__ == "__main__":
    sys.exit(main())
