#!/usr/bin/env python3
"""language.py: programs that try out the language, and what real interpreters print for them.

    language.py keep INTERPRETER...   writes language-VERSION.json.gz beside this file: what these compile (compilers.py), and print
    language.py check RACECHECK       asks racecheck for what can be printed, by the fixtures; prints TAP
    language.py some RACECHECK        the same of a third of the programs in each version, of each version others
    language.py run RACECHECK PYTHON  does both at once with one interpreter; prints TAP

Each is a function, body(), that is called by the main thread alone, and then by a thread: racecheck must say that this is printed and
nothing else can be. Where it does not cover something it has to say so: then the program has no place here."""
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from compilers import compile_all, fixture, keep, kept, run_all, version_of

VERSIONS = ["2.7", "3.6", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"]

BEFORE = "from __future__ import print_function\nimport sys, threading\nlock = threading.Lock()\n"
BEHIND = "body()\nthread = threading.Thread(target=body)\nthread.start()\nthread.join()\n"

# Name, the first version, the program.
PROGRAMS = [
    ("raise and except", 207, """
class E(Exception): pass
class F(E):
    def __init__(self, n): E.__init__(self, "n is %d" % n)
def f(n):
    try:
        if n == 0: raise F(3)
        if n == 1: return 1 // 0
        if n == 2: raise KeyError("a")
        if n == 3: raise E
        if n == 4: return [1][2]
        if n == 5: return {"k": 1}["l"]
        if n == 6: int("x")
        assert n != 7, "seven"
        return n
    except F as e: return str(e)
    except (ZeroDivisionError, KeyError) as e: return "zero or key"
    except E: return "E"
    except LookupError as e: return str(e)
    except Exception as e: return isinstance(e, AssertionError)
def body():
    for i in range(9): print(i, f(i))
"""),
    ("else and finally", 207, """
def f(n):
    try:
        if n == 1: raise ValueError("one")
        if n == 2: return "two"
    except ValueError as e:
        print("except", e)
    else:
        print("else")
        if n == 3: return "three"
    finally:
        print("finally", n)
    return "end"
def body():
    for n in range(4): print(f(n))
"""),
    ("leaving loops", 207, """
def f(n):
    for i in range(4):
        try:
            if i == 1: continue
            if i == n: break
            print("round", i)
        finally:
            print("behind", i)
            if n == 7: break
    while True:
        with lock:
            if n == 2: return "returned"
            break
    for i in range(3):
        try:
            with lock:
                if i == 0: continue
                if i == 1: raise ValueError(i)
                return i
        except ValueError:
            continue
def body():
    for n in (2, 3, 7): print(f(n))
    print(lock.acquire(False))
    lock.release()
"""),
    ("finally swallows", 207, """
def f(n):
    try:
        if n: raise ValueError(n)
        return "in"
    finally:
        return "out"
def g():
    while True:
        try:
            1 // 0
        finally:
            break
    return "g"
def body(): print(f(0), f(1), g())
"""),
    ("nested and again", 207, """
def f(n):
    try:
        try:
            if n == 0: raise ValueError("inner")
            if n == 1: raise KeyError("other")
            1 // 0
        except ValueError:
            print("again")
            raise
        finally:
            print("first")
    except ValueError as e:
        print("caught", e)
    except KeyError:
        try:
            raise IndexError("in a handler")
        except IndexError as e:
            print(e)
        print("still")
def body():
    f(0); f(1)
    try: f(2)
    except ZeroDivisionError: print("zero")
    except: print("bare")
    try: raise NotImplementedError
    except RuntimeError as e: print("derived", str(e) == "")
"""),
    ("from", 306, """
def body():
    try:
        try: 1 // 0
        except ZeroDivisionError as e: raise ValueError("worse") from e
    except ValueError as e: print(e, len(e.args))
    try: raise KeyError("k") from None
    except KeyError as e: print(e)
"""),
    ("managers", 207, """
class M(object):
    def __init__(self, quiet): self.quiet = quiet
    def __enter__(self):
        print("enter")
        return self
    def __exit__(self, type, value, traceback):
        print("exit", type is None)
        return self.quiet
def f(quiet, n):
    with M(quiet) as m:
        if n == 0: return "returned"
        if n == 1: raise ValueError("v")
        if n == 2: print("inside", m.quiet)
    return "behind"
def body():
    for n in range(3): print(f(True, n))
    try: f(False, 1)
    except ValueError as e: print("came out", e)
    for i in range(2):
        with M(True):
            if i == 0: continue
            break
"""),
    ("locks are given back", 207, """
def f():
    with lock:
        raise ValueError
def body():
    for i in range(2):
        try: f()
        except ValueError: print("v")
    try: lock.release()
    except Exception: print("free")
    lock.acquire()
    try: 1 // 0
    except ZeroDivisionError: pass
    finally: lock.release()
    print(lock.acquire(False))
    lock.release()
"""),
    ("generators", 207, """
def g(n):
    for i in range(n):
        yield i * i
def h():
    try:
        yield 1
        yield 2
    finally:
        print("over")
def e():
    yield 1
    raise ValueError("g")
def body():
    for v in g(3): print(v)
    print(sum(g(4)), list(g(3)), max(g(3)), tuple(g(2)))
    print(list(h()))
    it = g(2)
    print(next(it), next(it))
    try: next(it)
    except StopIteration: print("stop")
    try:
        for v in e(): print(v)
    except ValueError as x: print(x)
    for a in g(3):
        for b in g(2): print(a, b)
        if a == 1: break
    print(sum(x * 2 for x in (1, 2, 3)), sum(i for i in g(4) if i), any(x > 1 for x in (1, 2)), all([]))
    print(",".join(str(i) for i in g(3)))
"""),
    ("arguments", 207, """
def f(a, b=2, *c, **d):
    return (a, b, c, d.get("x"), len(d))
def g(**d): return f(1, **d)
def body():
    print(f(1), f(1, 3), f(1, 3, 4, 5), f(1, x=7), g(b=5, x=6), g())
    t, m = (1, 2, 3), {"x": 4}
    print(f(*t), f(*t, **m), f(0, *t, **m), f(b=1, a=2))
"""),
    ("closures", 207, """
def counter():
    n = [0]
    def up():
        n[0] += 1
        return n[0]
    return up
def adder(k):
    def add(x, more=1): return x + k + more
    return add
def body():
    up = counter()
    print(up(), up(), adder(3)(4), adder(1)(1, more=0))
    fs = [lambda x, i=i: x + i for i in range(3)]
    print([f(1) for f in fs])
"""),
    ("nonlocal", 306, """
def body():
    n = 0
    def up(k):
        nonlocal n
        n += k
        return n
    up(1)
    print(up(2), n, f"{n} is {n!r}", f"{up(1)}")
"""),
    ("walrus", 308, """
def body():
    values = [3, 1, 0, 5]
    at = 0
    while (v := values[at]) != 0:
        print(v)
        at += 1
"""),
    ("classes", 207, """
class A(object):
    made = 0
    def __init__(self, v):
        A.made += 1
        self._v = v
    @property
    def v(self): return self._v
    @v.setter
    def v(self, value): self._v = value * 2
    def who(self): return "A"
class B(A):
    def __init__(self, v):
        super(B, self).__init__(v + 1)
    def who(self): return "B" + super(B, self).who()
def body():
    a, b = A(1), B(1)
    a.v = 5
    b.v += 1
    print(a.v, b.v, a.who(), b.who(), A.made)
"""),
    ("containers", 207, """
def body():
    a = [5, 3, 9]
    a[1] = 4
    a[-1] += 1
    print(a, a.pop(), a.pop(0), a, 4 in a, 7 not in a, len(a))
    d = {"x": 1}
    for k in ("y", "z"): d[k] = len(d)
    del d["y"]
    print(d["z"], "y" in d, len(d), d.get("q", 0))
    x, y = 1, 2
    x, y = y, x
    print(x, y, 1 < x < 3, x if x > 5 else -x, x is None, not x)
    print(min(3, 1), max([1, 4, 2]), sum([1, 2, 3]), abs(-3), divmod(7, 2), divmod(-7, 2), -7 % 3, -7 // 2)
    for i, v in enumerate(["a", "b"]): print(i, v)
    for p, q in zip((1, 2, 3), "" or (4, 5)): print(p, q)
    print([i for i in range(5) if i % 2], "-".join(["a", "b"]), "Ab".upper(), "Ab".lower())
    print([1, 2, 1].count(1), [1, 2].index(2), list(reversed([1, 2])))
    try: [].pop()
    except IndexError as e: print(e)
    try: a, b = (1, 2, 3)
    except ValueError: print("many")
"""),
    ("output", 207, """
def body():
    sys.stdout.write("one ")
    print("two", "three", sep="-", end="!", file=sys.stdout)
    print()
    sys.stdout.flush()
    print("%d %s %r" % (1, "a", "b"))
"""),
    ("conversions", 207, """
def body():
    print("%5d|%-5d|%05d|%+d|% d|%x|%X|%o|%#x|%s|%5s|%-5s|%.1s|%r|%5r|%%|%3d" % (42, 42, 42, 42, 42, 255, 255, 8, 255, "q", "q", "q", "xyz", "r", "r", True))
    print("%05d|%6.2f|%.3d|%i|%-8.3f|%s" % (-42, 3, 7, 9, 2.675, (1, "a")))
    print("{0} {1}".format(1, "a"), "{1} {0} {1}".format("a", 5), "{n:>4} {m!r}".format(n=3, m="s"), "{0:>{w}}|{1:0{w}d}".format("a", 4, w=5))
    print("{{}} {0:<4}|{0:^5}|{0:*>4}|{0:+}|{0:x}|{1:.2f}|{2:7,}|{3:5}|{3:>5.1}|".format(7, 1.5, 12345, "ab"))
    print(format(5, "03d"), format("a"), repr("it's"), repr('a"b'), repr("t\\tn\\n"), ["it's", "x"], str((1, "b")))
    for wrong in ("%d %d", "no"):
        try: print(wrong % 1)
        except TypeError as e: print(e)
    for wrong in ("{0:d}", "{0:x}"):
        try: print(wrong.format("a"))
        except ValueError as e: print(e)
"""),
    ("f-strings", 306, """
def body():
    name, big, w = "ab", 1234567, 6
    print(f"{big:,}|{big:_}|{big:12d}|{big:<12}|{big:^12}|{big:*>12}|{big:012}|{-big:012d}|{big:+}|{big: d}|{big:x}|{big:#x}|{big:#010X}|{big:o}|{big:b}")
    print(f"{name}|{name:5}|{name:>5}|{name:^5}|{name:-^6}|{name:.1}|{name!r:>6}|{name!s:4}|{True:5}|{True}|{True:d}|{3:.2f}|{1.5:8.3f}|{None!s:>5}")
    print(f"{big:{w + 4}}|{name:{w}}|{name:>{w}s}|{'x':*^{w}}|{{}}")
"""),
    ("f-strings that name", 308, """
def body():
    name, big = "ab", 1234567
    print(f"{name=}|{big=}|{big=:>9}|{big + 1 = }|{name=!s}")
"""),
    ("several bases", 300, """
class Root(object):
    tag = "root"
    def __init__(self): self.log = ["Root"]
    def who(self): return "Root"
    def say(self): return "say Root"
class A(Root):
    def __init__(self):
        super(A, self).__init__()
        self.log.append("A")
    def who(self): return "A" + super(A, self).who()
class B(Root):
    tag = "b"
    def __init__(self):
        super(B, self).__init__()
        self.log.append("B")
    def who(self): return "B" + super(B, self).who()
    def say(self): return "say B"
class C(A, B):
    def __init__(self):
        super(C, self).__init__()
        self.log.append("C")
    def who(self): return "C" + super(C, self).who()
class Mixin(object):
    def hello(self): return "hello from " + self.label
    def run(self): print("mixin run")
class W(Mixin, threading.Thread):
    def __init__(self, label):
        threading.Thread.__init__(self)
        self.label = label
class V(threading.Thread, Mixin):
    def __init__(self, label):
        super(V, self).__init__()
        self.label = label
class E1(Exception): pass
class E2(E1, ValueError): pass
class D(C): pass
def body():
    c = C(); d = D()
    print(c.who(), c.log, c.say(), c.tag, C.tag, isinstance(c, B), isinstance(c, (int, Root)), d.who(), isinstance(d, (int, str)))
    try: raise E2("x")
    except ValueError as e: print("V", e)
    try: raise E2("y")
    except E1 as e: print("E1", e)
    try:
        class X(Mixin, Root, A): pass
    except TypeError as e: print("no order", len(str(e)))
    w = W("w")
    print(w.hello())
    if threading.current_thread().name != "x": w.run()
    v = V("v")
    print(v.hello())
"""),
    ("mixins", 207, """
class Named(object):
    def name_of(self): return "named " + self.label
class Loud(Named):
    def call(self): return self.name_of().upper()
class Counting(object):
    def __init__(self): self.count = 0
    def add(self): self.count += 1
class Both(Loud, Counting):
    def __init__(self, label):
        Counting.__init__(self)
        self.label = label
class Wrong(ValueError, IndexError): pass
def body():
    both = Both("x")
    both.add()
    print(both.call(), both.count, isinstance(both, (Named, int)), isinstance(both, (str, int)))
    try: raise Wrong("w")
    except LookupError as e: print("lookup", e)
    try: raise Wrong("w")
    except (KeyError, ValueError) as e: print("value", e)
"""),
    ("generators that are closed", 207, """
def guarded(n):
    try:
        for i in range(n):
            try:
                yield i
            except ValueError: print("never")
    finally:
        print("closed", n)
def locked():
    with lock:
        yield 1
        yield 2
def echo():
    got = yield "first"
    while got is not None:
        got = yield got * 2
def early(n):
    for i in guarded(5):
        if i == n: return i
    return -1
def body():
    for i in guarded(2): print(i)
    for i in guarded(3):
        if i == 1: break
    print("behind")
    print(early(2), early(9))
    for i in locked():
        print(lock.acquire(False))
        break
    print(lock.acquire(False)); lock.release()
    g = guarded(4)
    print(next(g), next(g))
    g.close()
    print(next(g, "end"))
    g = guarded(7); next(g); g = None
    print("gone")
    try:
        for i in guarded(6): raise ValueError("in loop")
    except ValueError as e: print(e)
    e = echo()
    print(next(e), e.send(3), e.send(4))
    try: e.send(None)
    except StopIteration: print("stopped")
    print(list(guarded(1)))
    it = iter([1, 2])
    print(next(it), next(it), next(it, None))
"""),
    ("generators that handle", 307, """
def handled():
    try: raise KeyError("k")
    except KeyError:
        yield 1
        try: raise
        except KeyError as e: yield str(e)
def stops():
    yield 1
    raise StopIteration
def body():
    print([x for x in handled()])
    try: print("never", list(stops()))
    except RuntimeError as e: print(e)
"""),
    ("slices and sorting", 207, """
def body():
    a = [3, 1, 2, 5, 4]
    print(a[:], a[1:], a[:2], a[1:3], a[-2:], a[:-1], a[::2], a[::-1], a[3:0:-1], a[9:], a[2:2])
    print((1, 2, 3)[1:], "hello"[1:3], "hello"[::-1], "hello"[-3:])
    n = 2
    print(a[n:], a[:n], a[n:n + 1], "abc"[n:])
    print(sorted(a), sorted(a, reverse=True), sorted(["c", "a"]), a)
    a.sort(); print(a)
    a.extend([7, 8]); a.extend(range(2)); print(a, max(a), min(a))
    a.sort(reverse=True); print(a)
    del a[1]; a.pop(0); print(a)
    try: print(a[::0])
    except ValueError as e: print(e)
    try: a[20] = 1
    except IndexError as e: print(e)
    del a[-1]
    print(a == [5, 4, 3, 2, 1, 1, 0], len(a[1:]), 3 in a[:2])
"""),
    ("yield from", 300, """
x = 0
def inner(n):
    global x
    for i in range(n):
        got = yield i
        x += int(1)
        if got: print("got", got)
    return n * 10
def outer():
    a = yield from inner(2)
    b = yield from [5, 6]
    c = yield from inner(1)
    d = yield from range(2)
    return a + c
def top():
    r = yield from outer()
    print("r", r)
    try:
        yield from guarded()
    finally: print("top")
def guarded():
    try:
        yield 100
        yield 101
    finally: print("closed")
def body():
    print(list(top()))
    g = top()
    print(next(g), g.send("hello"), [v for v in g])
    try: next(g)
    except StopIteration as e: print("stop")
    def plain():
        yield from guarded()
    for v in plain():
        break
    print("left")
"""),
    ("None in the place of an object", 207, """
N = None
class C(object): pass
def store(): N.v = 1
def item(): N[0] = 1
def delete(): del N[0]
def loop():
    for i in N: print(i)
def unpack(): a, b = N
def manage():
    with N: print("in")
def in_place():
    n = 3
    n -= N
def in_list():
    n = [3]
    n += N
def chosen(): return [i for i in N]
def unset():
    print(later)
    later = 1
def free():
    def inner(): return later
    inner()
    later = 1
def own():
    def inner(): return later
    print(later)
    later = 1
def missing(): return nobody
def argument(n):
    def inner(): return n, other
    print(other)
    other = 1
def body():
    for f in (lambda: N.v, lambda: N.v(), store, lambda: N[0], item, delete, lambda: len(N), loop, unpack, manage, in_place, in_list,
              lambda: N + 1, lambda: 1 - N, lambda: "a" + N, lambda: N + "a", lambda: [1] + N, lambda: N + [1], lambda: (1,) + N,
              lambda: N * 2, lambda: N * "a", lambda: N // 2, lambda: N % 2, lambda: N ** 2, lambda: N << 1, lambda: N & True,
              lambda: -N, lambda: ~N, lambda: +N, lambda: 1 in N, lambda: N(), lambda: N[1:2], lambda: [1][N], chosen, unset, free, own,
              missing, lambda: argument(1), lambda: C().v, lambda: list(N), lambda: tuple(N), lambda: sum(N), lambda: sum([1, N]),
              lambda: sorted(N), lambda: enumerate(N), lambda: ",".join(N), lambda: [].extend(N), lambda: abs(N), lambda: max(N),
              lambda: reversed(N), lambda: any(N), lambda: 1.5 + N, lambda: {} + N):
        try: print(f())
        except AttributeError as e: print("attribute", e)
        except TypeError as e: print("type", e)
        except UnboundLocalError as e: print("local", e)
        except NameError as e: print("name", e)
    print(N, N is None, N == None, N != 1, not N, bool(N), N in (1, None))
"""),
    ("a number in the place of an object", 207, """
N = 7
def store(): N.v = 1
def item(): N[0] = 1
def loop():
    for i in N: print(i)
def unpack(): a, b = N
def body():
    for f in (lambda: N.v, lambda: N.v(), store, lambda: N[0], item, lambda: len(N), loop, unpack, lambda: 1 in N, lambda: N(),
              lambda: list(N), lambda: sum(N), lambda: max(N), lambda: True.v):
        try: print(f())
        except AttributeError as e: print("attribute", e)
        except TypeError as e: print("type", e)
"""),
    ("the order of None", 207, """
N = None
def body():
    for f in (lambda: N < 1, lambda: 1 >= N, lambda: N <= N, lambda: N > N, lambda: "a" > N, lambda: N >= [1]):
        try: print(f())
        except TypeError as e: print(e)
"""),
    ("classes and objects", 207, """
class V(object):
    made = 0
    def __init__(self, n): self.n = n; V.made += 1
    def __eq__(self, o): return isinstance(o, V) and self.n == o.n
    def __lt__(self, o): return self.n < o.n
    def __call__(self, k, m=1): return self.n * k + m
    def __len__(self): return self.n
    @classmethod
    def of(cls, n): return cls(n + 1)
    @staticmethod
    def double(n): return 2 * n
    @property
    def twice(self): return V.double(self.n)
class W(V):
    made = 5
class N(object):
    def __new__(cls, n=0):
        print("new", n)
        self = super(N, cls).__new__(cls)
        self.k = n
        return None if n == 3 else self
    def __init__(self, n=0): print("init", n)
def body():
    a = V(1); b = V.of(0); c = W.of(2)
    print(a == b, a < c, a(3), a(2, m=5), len(c), c.twice, W.double(4), c.double(3), type(a) is V)
    print(V.made > 2, W.made, c.made)
    W.made += 1
    print(W.made, a == 1, a is b)
    W.made = 5
    x = N(2); print(x.k); y = N(3); print(y); N()
    s = object(); print(s is s, s == object(), s is None)
    try: object().v
    except AttributeError as e: print(e)
    try: V.missing
    except AttributeError as e: print(e)
    class P(object): pass
    try: P(1)
    except TypeError as e: print(e)
    print(V.__name__, P.__name__)
"""),
    ("letters, bits, lists, del", 207, """
def body():
    for c in "ab": print(c)
    print(list("xyz"), tuple("ab"), sorted("hello"), [c for c in "abc"])
    for i, c in enumerate("xy"): print(i, c)
    for a, b in zip("ab", [1, 2]): print(a, b)
    d = {"k": 1}
    for k in d: print(k, d[k])
    try:
        for k in d: d["l"] = 2
    except RuntimeError as e: print(e)
    x = 5
    print(x ** 2, x << 3, x >> 1, -x >> 1, x & 6, x | 8, x ^ 1, ~x, abs(-x), abs(True), 2 ** 0)
    try: x << -1
    except ValueError as e: print(e)
    items = [3, 1, 2, 1]
    items.remove(1); items.insert(1, 9); items.reverse(); print(items, items.index(9), items.count(1))
    items.insert(-1, 5); items.insert(99, 6); print(items); items.sort(); print(items)
    try: items.remove(77)
    except ValueError as e: print(e)
    try: [].index(1)
    except ValueError as e: print(type(e).__name__)
    y = 1
    del y
    try: print(y)
    except UnboundLocalError as e: print("unbound")
    try:
        del y
    except UnboundLocalError as e: print("unbound", e)
    if x == 0: z = 1
"""),
    ("what objects and containers look like", 207, """
class A(object):
    def __init__(self, n): self.n = n
    def __repr__(self): return "<A %s>" % self.n
class E(Exception):
    def __init__(self, n): self.n = n
    def __str__(self): return "E%d" % self.n
class B(A):
    def __str__(self): return "B" + repr(self)
def body():
    a, b = A(1), B([A(2), 3])
    print(a); print(b); print([a, b], (a,), {"k": b}); print("%s %r %s" % (a, b, [a]), "{} {!r}".format(a, 1), str(b), repr(b))
    print({}, {1: "x"}, {"a": [1, (2,)]}.values if False else 0)
    try: raise E(3)
    except E as e: print(e, str(e))
    print(sorted([(2, "b"), (1, "z"), (1, "a")]), sorted({"b": 1, "a": 2}.items()), list({"k": 1}))
"""),
    ("texts, unpacking, exceptions as text", 207, """
def body():
    print(" a b ".strip() + "|", " a".lstrip(), "b ".rstrip(), "xxaxx".strip("x"), "a,b,,c".split(","), " a  b ".split(), "".split(), "".split(","))
    print("abcb".replace("b", "xy"), "abc".startswith("ab"), "abc".endswith("bc"), "abc".find("c"), "abc".find("z"), "abab".count("ab"), "12".isdigit(), "".isdigit())
    print("[" + "ab".ljust(4) + "ab".rjust(4) + "ab".center(5) + "abc".center(6) + "5".zfill(3) + "-5".zfill(4) + "ab".rjust(4, "*") + "]", chr(65), ord("a"))
    for w in (1, 2, 3):
        try:
            a, b = range(w)
            print(a, b)
        except ValueError as e: print(e)
    x, y = "pq"
    print(x, y)
    try: raise ValueError("a", 1)
    except ValueError as e: print(e, repr(e), e.args, [e])
    try: raise KeyError("k")
    except KeyError as e: print(e, repr(e), type(e).__name__)
"""),
    ("annotations, starred unpacking", 306, """
from typing import List, Optional, Dict
class Acc:
    balance: int = 0
    def __init__(self, n: int) -> None:
        self.n: int = n
    def add(self, k: int, xs: Optional[List[int]] = None, m: "Dict[str, int]" = None) -> int:
        y: int = k
        self.n += y
        return self.n
total: int = 0
def body():
    a, *b = [1, 2, 3]
    print(a, b)
    x, *y, z = "abcd"
    print(x, y, z)
    *p, q = (1,)
    print(p, q)
    try: a, b, *c = [1]
    except ValueError as e: print(e)
    print(Acc(2).add(3), Acc.balance, total)
"""),
    ("TypeError of operators and calls", 207, """
def f(x): return x
def g(a, b, c=3): return a
def h(): return 0
def k(a, b, c): return a
o = object()
def body():
    for c in (lambda: 1 + o, lambda: int(None), lambda: f(), lambda: f(1, 2), lambda: "a" + 1, lambda: 1 + "a", lambda: "a" - 1, lambda: [1] + 2,
              lambda: (1,) + [2], lambda: [1] * "a", lambda: "a" * "b", lambda: {} + 1, lambda: {} * 2, lambda: int([1]), lambda: int("x"), lambda: int(""), lambda: int(" 7 "),
              lambda: g(1), lambda: g(), lambda: g(1, 2, 3, 4), lambda: h(1), lambda: k(1), lambda: k(), lambda: f(1, x=2), lambda: [1] + o, lambda: o * 3):
        try: print(c())
        except (TypeError, ValueError) as e: print(type(e).__name__, e)
"""),
    ("TypeError of orders, keyword-only arguments", 306, """
o = object()
def f(a): return a
def w(*, k): return k
def body():
    x = [1]
    for c in (lambda: "a" < 1, lambda: 1 >= "a", lambda: [1] < (1,), lambda: o < o, lambda: {} < {}, lambda: None < None, lambda: w()):
        try: print(c())
        except TypeError as e: print(e)
    try: x += 5
    except TypeError as e: print(e)
    try: x -= "a"
    except TypeError as e: print(e)
"""),
    ("what elements of objects are, and more errors", 207, """
class V(object):
    def __init__(self): self.d = {}
    def __getitem__(self, k): return self.d[k]
    def __setitem__(self, k, v): self.d[k] = v
    def __iter__(self):
        for k in sorted(self.d): yield k
def body():
    v = V(); v["a"] = 1; v["b"] = v["a"] + 1
    print([k for k in v], v["b"], [(k, v[k]) for k in v])
    for c in (lambda: min([]), lambda: max(()), lambda: [].pop(), lambda: [1][5], lambda: (1,)[2], lambda: {}["x"], lambda: v["zz"], lambda: [].pop(3), lambda: [1].pop(9),
              lambda: "abc".index("z") if 0 else 1, lambda: sum(["a"]) if 0 else 2, lambda: next(iter([])), lambda: 1 // 0, lambda: 1 % 0, lambda: divmod(1, 0), lambda: ",".join([1]),
              lambda: list(5), lambda: len(3), lambda: range(1, 2, 0) if 0 else 3, lambda: int("1.5")):
        try: print(c())
        except Exception as e: print(type(e).__name__, e)
"""),
]


def run_programs(interpreter, texts):
    """What programs print. Pyodide's interpreters have no threads: there body() is called twice."""
    if os.path.isdir(interpreter):
        return run_all(interpreter, [("p.py", text.replace(BEHIND, "body()\nbody()\n")) for text in texts])
    return [subprocess.run([interpreter, "-E", "-s", "-S", "-c", text], stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
            for text in texts]


def dump(interpreter):
    """What an interpreter compiles and prints: {name: [dump, output]}, and its version."""
    version = version_of(compile_all(interpreter, [("p.py", "pass")])[0])
    number = int(version.split(".")[0]) * 100 + int(version.split(".")[1])
    texts = {name: BEFORE + program.lstrip("\n") + BEHIND for name, least, program in PROGRAMS if number >= least}
    dumps = compile_all(interpreter, [("p.py", text) for text in texts.values()])
    outputs = run_programs(interpreter, list(texts.values()))
    return {name: [one, output] for name, one, output in zip(texts, dumps, outputs)}, version


def ask(racecheck, folder, dumped):
    path = os.path.join(folder, "dump.json")
    with open(path, "w") as file:
        json.dump(dumped, file)
    asked = subprocess.run([racecheck, "--bytecode", path, "--json", "-", "--quiet", "--witnesses", "none", "--print", "line",
                            "--compute", "values", "--jobs", "1"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if asked.returncode != 0:
        return asked.stderr.strip()
    outcome = json.loads(asked.stdout)["outcome"]
    outputs = [one["output"] for one in outcome["outcomes"]]
    return outputs[0] if len(outputs) == 1 and not outcome["failure"] else [outcome["failure"]] + outputs


def check(racecheck, number, name, dumps):
    """Asks about all of them; a line for the version, and whether something is wrong."""
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for program, (dumped, output) in dumps.items():
            got = ask(racecheck, folder, dumped)
            if got != output:
                wrong.append("# %s: %r in place of %r" % (program, got, output))
    said = "%s %d - Python %s: %d programs print what they really print" % ("not ok" if wrong else "ok", number, name, len(dumps))
    return "\n".join([said] + wrong), bool(wrong)


def main():
    if sys.argv[1] == "keep":
        for interpreter in sys.argv[2:]:
            dumps, version = dump(interpreter)
            keep("language", version, dumps)
        return 0
    if sys.argv[1] == "run":
        dumps, version = dump(sys.argv[3])
        subjects = [(version, dumps)]
    else:
        versions = [version for version in VERSIONS if os.path.exists(fixture("language", version))]
        subjects = [(version, kept(fixture("language", version))) for version in versions]
    if sys.argv[1] == "some":
        subjects = [(version, dict(list(dumps.items())[number % 3::3])) for number, (version, dumps) in enumerate(subjects)]
    print("1..%d" % len(subjects))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda subject: check(sys.argv[2], *subject), [(number, *one) for number, one in enumerate(subjects, 1)]))
    print("\n".join(said for said, _ in results))
    failures = sum(is_wrong for _, is_wrong in results)
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
