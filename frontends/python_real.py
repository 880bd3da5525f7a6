# Executes a Python program along a schedule, for racecheck (docs/python.md). Runs on CPython 3.7 and later.
#
#     python3 -E -s -S -c TEXT <SCRIPT
#
# The script is JSON: the program, and the events of the schedule in their order. An event is that a thread executes a certain bytecode, or
# writes a piece of output, or comes back from waiting at a condition. Whoever comes to an event waits until it is the next one; and
# only the thread whose event is next goes on at all. What is found is JSON on standard output.
import sys
sys.path[:] = [path for path in sys.path if path not in ("", ".")]
import json
import os
import re
import threading
import time
import traceback
import _thread

THREAD, KIND, TOTAL, CODE, BYTECODE, CHILD = range(6)
WAITS_SECONDS, QUIET_SECONDS, LOOK_SECONDS = 5.0, 0.5, 0.05
COUNTED = re.compile("(LOAD|STORE)_(GLOBAL|NAME|ATTR|METHOD)|(STORE|BINARY)_SUBSCR|CALL_METHOD|CALL_FUNCTION|CALL(_KW)?$")


class Thread:
    """A thread of the program: which events are its own, and how far it is."""

    def __init__(self, number, events, finishes):
        self.number, self.events, self.finishes = number, events, finishes
        self.next, self.total, self.place, self.child = 0, 0, (0, 0), None
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
            thread.child = event[CHILD]
            self.consume(thread)

    def special(self, thread, kind):
        """Whether this is an event within a bytecode, which has then its turn."""
        if thread is None or self.is_free or thread.next == len(thread.events):
            return False
        event = thread.events[thread.next]
        if event[KIND] != kind or event[TOTAL] != thread.total:
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
    """Threads that begin are known, sleeping takes no time, and who waits at a condition lets others go on."""
    bootstrap, start, start_raw, wait = (threading.Thread._bootstrap, threading.Thread.start, _thread.start_new_thread,
                                         threading.Condition.wait)

    def take_child():
        thread = run.me()
        child = thread.child if thread is not None else None
        if thread is not None and child is None and not run.is_free:
            run.leave(thread, "starts a thread")
        if thread is not None:
            thread.child = None
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

    def wait_at(self, timeout=None):
        if "racecheck" not in self.__dict__:
            release, restore = self._release_save, self._acquire_restore

            def release_save():
                saved, thread = release(), run.me()
                if thread is not None and run.busy is thread:
                    run.let_go(thread)
                return saved

            def acquire_restore(saved):
                run.special(run.me(), "wake")
                restore(saved)
            self._release_save, self._acquire_restore, self.__dict__["racecheck"] = release_save, acquire_restore, True
        return wait(self, timeout)
    threading.Thread._bootstrap, threading.Thread.start, threading.Condition.wait = begin, start_thread, wait_at
    _thread.start_new_thread = start_new_thread
    time.sleep = lambda seconds: None
    sys.stdout = Output(run)


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
