# Executes a Python program along a schedule, for racecheck (docs/python.md). Runs on CPython 3.7 and later.
#
#     python3 -E -s -S -c TEXT <SCRIPT
#
# The script is JSON: the program, and the events of the schedule in their order. An event is that a thread executes a certain bytecode, or
# writes a piece of output; or, where it waits, looks whether that was over in time, or comes back. Whoever comes to an event waits until it is
# the next one; and only the thread whose event is next goes on at all. Time stands still: it is the schedule that says when a limit is over.
# What is found is JSON on standard output.
import sys
sys.path[:] = [path for path in sys.path if path not in ("", ".")]
import json
import os
import queue
import random
import re
import threading
import time
import traceback
import _thread

THREAD, KIND, TOTAL, CODE, BYTECODE, GIVEN = range(6)
WAITS_SECONDS, QUIET_SECONDS, LOOK_SECONDS = 5.0, 0.5, 0.05
COUNTED = re.compile("(LOAD|STORE)_(GLOBAL|NAME|ATTR|METHOD)|(STORE|BINARY)_SUBSCR|CALL_METHOD|CALL_FUNCTION|CALL(_KW)?$")


class Thread:
    """A thread of the program: which events are its own, and how far it is."""

    def __init__(self, number, events, finishes):
        self.number, self.events, self.finishes = number, events, finishes
        self.next, self.total, self.place = 0, 0, (0, 0)
        self.given, self.limit, self.time = None, None, 0.0  # a thread that is started, or what is drawn at random; how it waits; its clock
        self.gate, self.is_held = _thread.allocate_lock(), False
        self.gate.acquire()


class Run:
    """One thread at a time goes on: `busy`, who is executing its last event, else the one whose event is next."""

    def __init__(self, script, codes, channel):
        self.script, self.codes, self.channel = script, codes, channel
        self.events, self.position, self.busy, self.is_free = script["events"], 0, None, False
        own = [[event for event in self.events if event[THREAD] == number] for number in range(len(script["threads"]))]
        self.threads = [Thread(number, own[number], finishes) for number, finishes in enumerate(script["finishes"])]
        self.mutex, self.ticks, self.printed, self.known, self.over = _thread.allocate_lock(), 0, [], {}, _thread.allocate_lock()
        self.counted = [[bool(COUNTED.match(one[0])) for one in code["instructions"]] for code in codes]

    def me(self):
        return self.known.get(_thread.get_ident())

    # Whose turn it is

    def owner(self):
        return self.threads[self.events[self.position][THREAD]] if self.position < len(self.events) else None

    def wake_next(self):
        """With the mutex: whoever is next may be waiting."""
        if self.busy is None and self.owner() is not None and self.owner().is_held:
            self.owner().is_held = False
            self.owner().gate.release()

    def let_go(self, thread):
        """What it was executing is done."""
        with self.mutex:
            if self.busy is thread:
                self.busy = None
            self.wake_next()

    def hold(self, thread):
        """Until the next event is its own."""
        while True:
            with self.mutex:
                if self.is_free or (self.busy is None and self.owner() is thread):
                    return
                thread.is_held = True
            thread.gate.acquire()

    def consume(self, thread):
        with self.mutex:
            if not self.is_free:
                thread.next += 1
                self.position += 1
                self.busy = thread
            self.ticks += 1

    def free_all(self):
        with self.mutex:
            self.is_free = True
            for thread in self.threads:
                if thread.is_held:
                    thread.is_held = False
                    thread.gate.release()

    # What threads do

    def bytecode(self, code, index):
        thread = self.me()
        if thread is None:
            return
        thread.place = (code, index)
        thread.total += self.counted[code][index]
        self.ticks += 1
        if self.is_free:
            return
        self.let_go(thread)
        if thread.next == len(thread.events):
            if not thread.finishes:
                self.hold(thread)
            return
        self.hold(thread)
        event = thread.events[thread.next]
        if self.is_free:
            return
        is_there = (code, index) == (event[CODE], event[BYTECODE])
        is_last = thread.total == event[TOTAL] and self.counted[code][index] and self.counted[event[CODE]][event[BYTECODE]]
        if thread.total > event[TOTAL] or (is_last and not is_there):
            self.leave(thread, "executes another bytecode")
        if event[KIND] == "op" and thread.total == event[TOTAL] and is_there:
            thread.given = event[GIVEN]
            self.consume(thread)

    def expects(self, thread, kind):
        """Whether its next event is one within the bytecode that it executes."""
        if thread is None or self.is_free or thread.next == len(thread.events):
            return False
        event = thread.events[thread.next]
        return event[KIND] == kind and event[TOTAL] == thread.total

    def special(self, thread, kind):
        """Whether this is an event within a bytecode, which has then its turn."""
        if not self.expects(thread, kind):
            return False
        self.let_go(thread)
        self.hold(thread)
        self.consume(thread)
        return True

    def write(self, text):
        thread = self.me()
        if text and thread is not None and not self.script["lines"] and not self.special(thread, "write") and not self.is_free:
            self.leave(thread, "prints %r" % text)
        with self.mutex:
            self.printed.append(text)

    def end(self, thread):
        """Of its code."""
        if thread.next < len(thread.events) and not self.is_free:
            self.leave(thread, "comes to its end")
        self.let_go(thread)

    # What is found

    def report(self, end, **more):
        self.over.acquire()  # for ever: the first report is the only one
        with self.mutex:
            text = "".join(self.printed)
        more.update({"end": end, "output": text, "python": "%d.%d.%d" % sys.version_info[:3],
                     "values": {name: self.value(name) for name in self.script["observe"]}})
        sys.stderr.flush()
        with os.fdopen(self.channel, "w", encoding="utf-8") as stream:
            json.dump(more, stream)
        os._exit(0)

    def leave(self, thread, what):
        event = thread.events[thread.next] if thread.next < len(thread.events) else None
        code, index = thread.place
        line, column = self.codes[code]["instructions"][index][3:5]
        more = {"expected": None}
        if event is not None:
            more["expected"] = [max(0, number) for number in self.codes[event[CODE]]["instructions"][event[BYTECODE]][3:5]]
        self.report("left", event=self.position, thread=thread.number, what=what, at=[line, max(0, column)], **more)

    def value(self, name):
        """What a name means in the module: "c.v", "e[0]", "d.k" for d['k'], "len(e)"; None where it means nothing, a text where that is no integer."""
        is_length = name.startswith("len(")
        name = name[len("len("):-1] if is_length else name
        parts = re.findall(r"[^.\[\]]+", name)
        try:
            value = self.space[parts[0]]
            for part in parts[1:]:
                key = int(part) if re.match(r"-?\d+$", part) else part.strip("'")
                value = value[key] if isinstance(value, (list, tuple, dict)) else getattr(value, part)
            value = len(value) if is_length else value
            return int(value) if isinstance(value, int) and abs(value) < 2 ** 63 else repr(value)[:200]
        except Exception:
            return None

    # Looking on

    def watch(self):
        """In a thread of its own: whether nothing moves any more, and what that means."""
        last, since = None, time.monotonic()
        while True:
            REAL_SLEEP(LOOK_SECONDS)
            now = (self.position, self.ticks)
            if now != last:
                last, since = now, time.monotonic()
            quiet, is_over = time.monotonic() - since, self.position == len(self.events)
            if is_over and self.script["end"] == "stopped" and (self.busy is None or quiet > QUIET_SECONDS):
                self.report("stopped")
            elif is_over and self.script["end"] == "deadlock" and not self.is_free and (self.busy is None or quiet > QUIET_SECONDS):
                self.free_all()
                last, since = None, time.monotonic()
            elif self.is_free and quiet > QUIET_SECONDS:
                self.report("deadlock")
            elif quiet > WAITS_SECONDS:
                self.leave(self.busy or self.owner() or self.threads[0], "waits, and does not go on")

    def main(self, program):
        self.space = {"__name__": "__main__", "__builtins__": __builtins__, "__file__": self.script["file"]}
        thread = self.threads[0]
        self.known[_thread.get_ident()] = thread
        threading.Thread(target=self.watch, daemon=True).start()
        patch(self)
        trace(self, program)
        try:
            exec(program, self.space)
        except BaseException:
            traceback.print_exc()
        while self.special(thread, "end"):
            pass
        self.end(thread)
        for other in threading.enumerate():
            if other is not threading.current_thread() and not other.daemon:
                other.join()
        self.report("finished")


class Output:
    """Standard output, which the program prints to."""
    encoding, errors = "utf-8", "strict"

    def __init__(self, run):
        self.write = lambda text: run.write(text) or len(text)

    def flush(self):
        pass

    def isatty(self):
        return False


# ---- The library ---------------------------------------------------------------------------------------------------

REAL_SLEEP = time.sleep


def patch(run):
    """Whoever does what the schedule decides is led there."""
    patch_threads(run)
    patch_conditions(run)
    patch_time(run)
    sys.stdout = Output(run)


def patch_threads(run):
    """Threads that begin are known. To join one for some time is over at once; it has come to its end where its events have."""
    Real = threading.Thread
    bootstrap, start, join, is_alive, start_raw = Real._bootstrap, Real.start, Real.join, Real.is_alive, _thread.start_new_thread

    def take_child():
        thread = run.me()
        child = thread.given if thread is not None else None
        if thread is not None and child is None and not run.is_free:
            run.leave(thread, "starts a thread")
        if thread is not None:
            thread.given = None
        return child

    def live(child, body):
        if child is None:
            return body()
        run.known[_thread.get_ident()] = run.threads[child]
        try:
            return body()
        finally:
            run.end(run.threads[child])

    def start_thread(self):
        self.__dict__["racecheck thread"] = take_child()
        start(self)

    def begin(self):
        live(self.__dict__.get("racecheck thread"), lambda: bootstrap(self))

    def start_new_thread(function, args, kwargs={}):
        child = take_child()

        def body():
            trace_thread(run)
            return live(child, lambda: function(*args, **kwargs))
        return start_raw(body, ())

    def await_end(self):
        child = self.__dict__.get("racecheck thread")
        is_over = child is not None and run.threads[child].finishes and run.threads[child].next == len(run.threads[child].events)
        if is_over and run.me() is not None and self is not threading.current_thread():
            join(self)

    def join_thread(self, timeout=None):
        if timeout is None or run.me() is None or run.is_free:
            return join(self, timeout)
        await_end(self)

    def look_alive(self):
        await_end(self)
        return is_alive(self)
    Real._bootstrap, Real.start, Real.join, Real.is_alive = begin, start_thread, join_thread, look_alive
    _thread.start_new_thread = start_new_thread


def patch_conditions(run):
    """Who waits at a condition lets others go on, and comes back when it is its turn. Who waits for some time looks when the schedule does."""
    wait, wait_for, allocate_lock = threading.Condition.wait, threading.Condition.wait_for, threading._allocate_lock
    OWN, INNER = 1, 2  # the program's own wait, or one within a method of the library

    class Alarm:
        """The lock by which a thread waits to be woken, for a limited time."""

        def __init__(self):
            self.lock = allocate_lock()
            self.release = self.lock.release

        def acquire(self, blocking=True, timeout=-1):
            thread = run.me()
            if (blocking and timeout < 0) or run.is_free:
                return self.lock.acquire(blocking, timeout)
            if not run.special(thread, "look") and thread.limit == OWN:
                return self.lock.acquire()  # the schedule is over before
            is_woken = self.lock.acquire(False)
            thread.time += 0 if is_woken else max(timeout, 0)
            return is_woken

    def allocate_for_wait():
        thread = run.me()
        return Alarm() if thread is not None and thread.limit else allocate_lock()

    def limit_of(caller):
        is_own = id((caller.f_back if caller.f_code is wait_for.__code__ else caller).f_code) in run.numbers
        return OWN if is_own else INNER

    def hook(self):
        release, restore = self._release_save, self._acquire_restore

        def release_save():
            saved, thread = release(), run.me()
            if thread is not None and run.busy is thread and (thread.limit != INNER or run.expects(thread, "look")):
                run.let_go(thread)
            return saved

        def acquire_restore(saved):
            run.special(run.me(), "wake")
            restore(saved)
        self._release_save, self._acquire_restore, self.__dict__["racecheck"] = release_save, acquire_restore, True

    def wait_at(self, timeout=None):
        thread = run.me()
        if "racecheck" not in self.__dict__:
            hook(self)
        if thread is None:
            return wait(self, timeout)
        thread.limit = None if timeout is None else limit_of(sys._getframe(1))
        try:
            return wait(self, timeout)
        finally:
            thread.limit = None
    threading.Condition.wait, threading._allocate_lock = wait_at, allocate_for_wait


def patch_time(run):
    """Time stands still; whoever waits for a lock for some time has it at once or not at all; what is drawn at random is what the schedule draws."""
    real_time, wait_for, Simple = time.monotonic, threading.Condition.wait_for, queue.SimpleQueue

    def clock():
        thread = run.me()
        if thread is None or run.is_free:
            return real_time()
        if sys._getframe(1).f_code is wait_for.__code__ and thread.given is not None:  # whether time is left is drawn
            is_left, thread.given = thread.given, None
            return thread.time if is_left else float("inf")
        return thread.time

    class Lock:
        """One of which nothing but acquire() for some time is other than of the real one."""

        def __init__(self, lock):
            self.lock, self.release = lock, lock.release

        def acquire(self, blocking=True, timeout=-1):
            is_limited = blocking and timeout > 0 and run.me() is not None and not run.is_free
            return self.lock.acquire(False) if is_limited else self.lock.acquire(blocking, timeout)

        def __enter__(self):
            return self.lock.acquire()

        def __exit__(self, *all):
            self.lock.release()

        def __getattr__(self, name):
            return getattr(self.__dict__["lock"], name)

        def __repr__(self):
            return repr(self.lock)

    class SimpleQueue(Simple):
        def get(self, block=True, timeout=None):
            is_limited = block and timeout is not None and run.me() is not None and not run.is_free
            return Simple.get(self, False) if is_limited else Simple.get(self, block, timeout)

    def drawn(real, place):
        def draw(*all, **named):
            thread = run.me()
            number = thread.given if thread is not None and not run.is_free else None
            if number is None:
                return real(*all, **named)
            thread.given = None
            return place(number, *all, **named)
        return draw
    time.sleep, threading._time, queue.time, queue.SimpleQueue = lambda seconds: None, clock, clock, SimpleQueue
    make, make_reentrant = _thread.allocate_lock, threading.RLock
    threading.Lock = _thread.allocate_lock = _thread.allocate = lambda: Lock(make())
    threading.RLock = lambda: Lock(make_reentrant())
    random.randint = drawn(random.randint, lambda number, a, b: a + number)
    random.randrange = drawn(random.randrange, lambda number, start, stop=None: number if stop is None else start + number)
    random.choice = drawn(random.choice, lambda number, seq: seq[number])


# ---- Bytecodes -----------------------------------------------------------------------------------------------------

def number_codes(program, codes, decode):
    """The number of each code object, and of each its bytecodes by their offsets; in the order of the dump."""
    objects, numbers = [program], {}
    for number, code in enumerate(objects):
        objects.extend(value for value in code.co_consts if isinstance(value, type(program)))
        numbers[id(code)] = number, dict((one[0], index) for index, one in enumerate(decode(code)))
    return objects, numbers


def trace(run, program):
    run.objects, run.numbers = number_codes(program, run.codes, run.decode)
    if hasattr(sys, "monitoring"):
        tool = sys.monitoring.DEBUGGER_ID
        sys.monitoring.use_tool_id(tool, "racecheck")

        def look(code, offset):
            number, indexes = run.numbers[id(code)]
            run.bytecode(number, indexes[offset])
        sys.monitoring.register_callback(tool, sys.monitoring.events.INSTRUCTION, look)
        for code in run.objects:
            sys.monitoring.set_local_events(tool, code, sys.monitoring.events.INSTRUCTION)
        return
    threading.settrace(lambda *all: tracer(run)(*all))
    trace_thread(run)


def trace_thread(run):
    if not hasattr(sys, "monitoring"):
        sys.settrace(tracer(run))


def tracer(run):
    def local(frame, event, argument):
        if event == "opcode":
            number, indexes = run.numbers[id(frame.f_code)]
            run.bytecode(number, indexes[frame.f_lasti])
        return local

    def whole(frame, event, argument):
        if id(frame.f_code) not in run.numbers:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return local
    return whole


def main():
    channel = os.dup(1)
    os.dup2(2, 1)
    script = json.load(sys.stdin)
    helper = {"__name__": "helper", "sys": sys}
    exec(script["helper"], helper)
    codes = json.loads(json.dumps(helper["dump"](script["source"].encode("utf-8"), script["file"])))["codes"]
    run = Run(script, codes, channel)
    run.decode, run.space = helper["decode"], {}
    if codes != script["codes"]:
        run.report("other bytecode")
    run.main(compile(script["source"], script["file"], "exec", 0, True))


main()
