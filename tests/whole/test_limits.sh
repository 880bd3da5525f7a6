#!/bin/sh
# test_limits.sh: limits hold, whatever the command does when they are reached, and its end leaves nothing behind; prints TAP.
set -u
: "${RACECHECK:?must name the program}"
python=${PYTHON:-python3}
if ! command -v "$python" >/dev/null; then
    echo '1..0 # SKIP there is no Python'
    exit 0
fi
exec "$python" - <<'END'
import os, resource, shutil, signal, subprocess, sys, tempfile, time

racecheck = os.environ["RACECHECK"]
sanitized = bool(os.environ.get("SANITIZERS"))
failures = 0
number = 0
place = tempfile.mkdtemp(prefix="racecheck-limits.")
os.chdir(place)


def tell(problems, name):
    global failures, number
    number += 1
    failures += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {number} - {name}", flush=True)
    for problem in problems:
        print(f"# {problem}", flush=True)


def skip(name, reason):
    global number
    number += 1
    print(f"ok {number} - {name} # SKIP {reason}", flush=True)


def run(*arguments, **options):
    return subprocess.run([racecheck, *arguments], capture_output=True, text=True, timeout=120, **options)


def write(name, text):
    with open(name, "w") as file:
        file.write(text)


def leftovers():
    return [name for name in os.listdir(".") if name.startswith(".racecheck")]


# ---- Time ----------------------------------------------------------------------------------------------------------

write("defaults.s", ".var x\n" + "".join(f".default s{i}, {i}\n" for i in range(50000)) + ".main\nmov $s49999, x\n")
write("threads.s", ".var x\n" + "".join(f".thread t{i}\nmov $1, x\n" for i in range(50000)))
write("parameters.s", ".var x\n.scheduler tick" + "".join(f", p{i} = {i}" for i in range(50000)) + "\n.main\nmov $1, x\n")
write("addresses.s", ".var x\n.main\n" + "".join(f"mov ${i}, {4 * (i % 4000)}\n" for i in range(50000)))

problems = []
for name, status in (("defaults.s", 0), ("threads.s", 2), ("parameters.s", 2), ("addresses.s", 0)):
    start = os.times()
    result = run(name, "--threads", "1", "--compute", "extremes")
    end = os.times()
    used = end.children_user + end.children_system - start.children_user - start.children_system
    if result.returncode != status or (used > 5 and not sanitized):
        problems.append(f"{name}: status {result.returncode}, {used:.1f} s: {result.stderr[:200]}")
tell(problems, "texts with many names are assembled soon")

# The clock of a busy machine is not ours: what is allowed here beyond the 0.3 s is for its other work.
slow = {
    "assembling": ["--threads", "64", "long.s"],
    "a search": ["--threads", "6", "--iters", "30", "--slice", "off"],
    "a fold": ["--threads", "2", "--iters", "3000", "--compute", "counts"],
    "witnesses": ["--threads", "3", "--iters", "60", "--witnesses", "all", "--compute", "all"],
    "a report": ["report", "--threads", "3", "--iters", "40", "--compute", "counts", "-o", "report.html"],
    "an export": ["export", "--promela", "--threads", "6", "--iters", "40", "-o", "model.pml"],
    "a certificate": ["--threads", "4", "--iters", "40", "--certificate", "certificate"],
}
write("long.s", ".var x\n.main\n.rept 60000\nmov SELF, %ax\n.endr\n".replace("SELF", "$SELF"))
problems = []
for what, arguments in slow.items():
    start = time.monotonic()
    result = run(*arguments, "--timeout", "0.3", "--quiet") if arguments[0] not in ("report", "export") else run(
        *arguments, "--timeout", "0.3")
    took = time.monotonic() - start
    if took > (1.5 if not sanitized else 10):
        problems.append(f"{what}: {took:.2f} s with a limit of 0.3 s")
    if result.returncode not in (0, 3) or (result.returncode == 3 and "INCOMPLETE" not in result.stderr):
        problems.append(f"{what}: status {result.returncode}: {result.stderr[:200]}")
    problems += [f"{what}: left {name}" for name in leftovers()]
tell(problems, "--timeout ends every phase")

# ---- Memory --------------------------------------------------------------------------------------------------------


def peak(arguments):
    child = os.fork()
    if child == 0:
        nowhere = os.open("/dev/null", os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.execv(racecheck, [racecheck, *arguments])
    _, status, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024


write("text.s", ".var x\n.main\n" + "mov x, %ax\n" * 300000)
write("unrolled.s", ".var x\n.main\n.rept 2000000\nmov x, %ax\n.endr\n")
hungry = [
    ["text.s"],
    ["unrolled.s"],
    ["--threads", "4", "--iters", "50", "--slice", "off"],
    ["--threads", "3", "--iters", "40", "--compute", "counts"],
    ["--threads", "2", "--iters", "500", "--compute", "all", "--witnesses", "all", "--json", "/dev/null"],
    ["report", "--threads", "2", "--iters", "200", "-o", "/dev/null"],
]
problems = []
for limit in (32, 64) if os.environ.get("LONG_TESTS") else (32,):
    for arguments in hungry:
        status, used = peak([*arguments, "--max-memory", f"{limit}M", "--timeout", "30"])
        if used > 1.05 * limit or status not in (0, 3):
            problems.append(f"{' '.join(arguments)}: {used:.1f} MB with a limit of {limit} MB, status {status}")
if sanitized:
    skip("--max-memory counts everything", "a sanitizer has its own allocator")
else:
    tell(problems, "--max-memory counts everything")

# ---- Signals -------------------------------------------------------------------------------------------------------

run("--threads", "2", "--iters", "2", "--witness", "witness.json", "--quiet")
os.mkfifo("never")
long_search = ["--threads", "6", "--iters", "30", "--slice", "off"]
busy = {
    "check": [*long_search, "--json", "result.json"],
    "report": ["report", *long_search, "-o", "report.html"],
    "export": ["export", "--promela", *long_search, "-o", "model.pml"],
    "sweep": ["sweep", *long_search[2:], "threads=5..6", "-o", "table"],
    "check of a pipe": ["never"],
    "replay of a pipe": ["replay", "never"],
    "assign of a pipe": ["assign", "--kind", "values", "--roster", "never", "-o", "course"],
}


# Whether a process has begun to look after its signals, by a handler or by a thread that waits for them.
def catches(process):
    with open(f"/proc/{process.pid}/status") as file:
        masks = [int(line.split()[1], 16) for line in file if line.startswith(("SigCgt", "SigBlk"))]
    return any(mask >> (signal.SIGTERM - 1) & 1 for mask in masks)


problems = []
for number_of_signal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    processes = {what: subprocess.Popen([racecheck, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                 for what, arguments in busy.items()}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not all(map(catches, processes.values())):
        time.sleep(0.05)
    time.sleep(0.3)
    for process in processes.values():
        process.send_signal(number_of_signal)
    for what, process in processes.items():
        try:
            message = process.communicate(timeout=20)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            message = process.communicate()[1]
        if process.returncode != 130:
            problems.append(f"{what}, {number_of_signal.name}: status {process.returncode}: {message[:200]}")
    problems += [f"{number_of_signal.name}: left {name}" for name in leftovers()]
tell(problems, "signals end every command with 130 and leave nothing")

def commands():
    """The commands of all processes, as the kernel has them: a NUL behind each word."""
    told = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/cmdline") as file:
                told.append(file.read())
        except (OSError, UnicodeDecodeError):
            pass
    return told


# A compiler that has started something of its own: neither of them goes on, and their folder goes, too.
with open("slow", "w") as file:
    file.write("#!/bin/sh\ntouch begun\nsleep 613 &\nwait\n")
os.chmod("slow", 0o755)
os.mkdir("own")
with open("some.c", "w") as file:
    file.write("int main(void) { return 0; }\n")
problems = []
for arguments in (["--cc", "./slow", "some.c"], ["sweep", "cc=./slow", "some.c"]):
    process = subprocess.Popen([racecheck, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "TMPDIR": os.path.abspath("own")})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not os.path.exists("begun"):
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    message = process.communicate(timeout=20)[1]
    if process.returncode != 130:
        problems.append(f"{' '.join(arguments)}: status {process.returncode}: {message[:200]}")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and "sleep\x00613\x00" in commands():
        time.sleep(0.05)
    if "sleep\x00613\x00" in commands():
        problems.append(f"{' '.join(arguments)}: what the compiler has started goes on")
    problems += [f"{' '.join(arguments)}: left {name}" for name in os.listdir("own")]
    os.unlink("begun")
tell(problems, "a signal ends a compiler with all that it has started")

problems = []
sweep = subprocess.Popen([racecheck, *busy["sweep"]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
workers = []
for _ in range(100):
    time.sleep(0.1)
    with open(f"/proc/{sweep.pid}/task/{sweep.pid}/children") as file:
        workers = file.read().split()
    if workers:
        break
sweep.kill()
sweep.wait()


# Whether it is there, and more than an entry that nobody has asked for.
def lives(worker):
    try:
        with open(f"/proc/{worker}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


for _ in range(50):
    if any(lives(worker) for worker in workers):
        time.sleep(0.1)
for worker in workers:
    if lives(worker):
        problems.append(f"process {worker} goes on")
        os.kill(int(worker), signal.SIGKILL)
if not workers:
    problems.append("the sweep has no processes")
tell(problems, "a sweep that is killed takes its processes along")

# ---- Files ---------------------------------------------------------------------------------------------------------

program = ".var x\n.main\nmov x, %ax\nadd $1, %ax\nmov %ax, x\n"
shutil.rmtree("course", ignore_errors=True)
run("assign", "--kind", "values", "--count", "1", "--seed", "1", "-o", "course")
os.mkdir("handed-in")


def originals():
    for name in ("program.s", "hard.s", "soft.s"):
        if os.path.lexists(name):
            os.unlink(name)
    write("program.s", program)
    os.link("program.s", "hard.s")
    os.symlink("program.s", "soft.s")
    write("handed-in/student-1.txt", "student: student-1\nvalues: 1\n")


key = os.path.join("course", "keys", sorted(os.listdir("course/keys"))[0])
with open(key) as file:
    key_text = file.read()
with open("witness.json") as file:
    witness_text = file.read()
for link, target in (("key", key), ("witness", "witness.json"), ("answer", "handed-in/student-1.txt")):
    os.symlink(target, link)
problems = []
for alias in ("program.s", "./program.s", "hard.s", "soft.s"):
    for arguments in (
        ["program.s", "-o", alias], ["program.s", "--json", alias], ["program.s", "--witness", alias],
        ["program.s", "--dot", alias], ["program.s", "--certificate", alias], ["program.s", "--graph", alias],
        ["report", "program.s", "-o", alias], ["export", "--promela", "program.s", "-o", alias],
        ["sweep", "program.s", "threads=1..2", "-o", alias], ["sweep", "program.s", "threads=1..2", "--csv", alias],
    ):
        originals()
        result = run(*arguments)
        with open("program.s") as file:
            if file.read() != program or result.returncode != 2:
                problems.append(f"{' '.join(arguments)}: status {result.returncode}: {result.stderr[:100]}")
for arguments, name, text in (
    (["replay", "witness.json", "-o", "witness"], "witness.json", witness_text),
    (["replay", "witness.json", "--dot", "witness.json"], "witness.json", witness_text),
    (["grade", "course", "handed-in", "-o", "key"], key, key_text),
    (["grade", "course", "handed-in", "-o", "answer"], "handed-in/student-1.txt", None),
    (["grade", "--bundle", "gradescope", "course", "-o", "key"], key, key_text),
):
    originals()
    result = run(*arguments)
    with open(name) as file:
        if file.read() != (text or "student: student-1\nvalues: 1\n") or result.returncode != 2:
            problems.append(f"{' '.join(arguments)}: status {result.returncode}: {result.stderr[:100]}")
originals()
with open("program.s") as file:
    result = run("-", "-o", "hard.s", stdin=file)
with open("program.s") as file:
    if file.read() != program or result.returncode != 2:
        problems.append(f"standard input: status {result.returncode}: {result.stderr[:100]}")
os.symlink("program.s", "twice")
result = run("--threads", "2", "--iters", "1", "-o", "new", "--json", "new")
if result.returncode != 2:
    problems.append(f"two documents in one file: status {result.returncode}")
tell(problems, "no output destroys an input, by whatever name")

# ---- Surroundings --------------------------------------------------------------------------------------------------

problems = []
for closed in ("", "<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"):
    for name in ("table", "table.json"):
        if os.path.exists(name):
            os.unlink(name)
    command = f'"$0" sweep threads=1..2 iters=2 -o table --json table.json {closed}'
    result = subprocess.run(["sh", "-c", command, racecheck], capture_output=True, text=True, timeout=60)
    tables = [open(name).read() for name in ("table", "table.json") if os.path.exists(name)]
    if not closed:
        expected = tables
    if result.returncode != 0 or tables != expected or len(tables) != 2:
        problems.append(f"'{closed}': status {result.returncode}: {result.stderr[:100]}")
tell(problems, "a sweep does without standard streams")

plain = run("program.s", "--threads", "2", "--quiet", "--json", "-")
strict = run("program.s", "--threads", "2", "--quiet", "--json", "-", env={**os.environ, "POSIXLY_CORRECT": "1"})
tell([] if plain.stdout == strict.stdout and strict.returncode == 0 else [strict.stderr], "POSIXLY_CORRECT changes nothing")

shutil.rmtree(place, ignore_errors=True)
print(f"1..{number}")
sys.exit(failures > 0)
END
