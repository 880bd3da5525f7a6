#!/usr/bin/env python3
"""real.py: what racecheck says of Python programs, beside what a real interpreter does.

    real.py examples RACECHECK PYTHON MOST RUNS FILE...    witnesses of these programs, and so many runs that nobody guides; prints TAP
    real.py programs RACECHECK PYTHON MOST SEED COUNT      witnesses of generated programs (oracle.py writes them)

MOST witnesses of a program, the first ones and the last. Each is executed by the interpreter (racecheck replay --real) and must end as it says. What a program prints when it
runs by itself, with threads that switch as often as they can, must be one of the outputs that racecheck lists."""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import oracle  # noqa: E402

OFTEN = """import sys, time
sys.setswitchinterval(1e-6)
sleep = time.sleep
time.sleep = lambda seconds: sleep(seconds / 100)
exec(compile(open(sys.argv[1]).read(), sys.argv[1], 'exec'), {'__name__': '__main__'})
"""


def check(racecheck, python, path, options):
    """The result of a check as JSON, or None with the reason."""
    run = subprocess.run([racecheck, "--python", python, "-q", "--json", "-", "--witnesses", "all"] + options + [path],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if not run.stdout:
        return None, run.stderr.decode().strip()
    return json.loads(run.stdout.decode()), ""


def replay(racecheck, python, witness, folder):
    """What is wrong with a witness; "" where it ends as it says."""
    path = os.path.join(folder, "witness.json")
    with open(path, "w") as stream:
        json.dump(witness, stream)
    run = subprocess.run([racecheck, "replay", "--real", "--python", python, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode == 0:
        return ""
    words = " ".join(run.stdout.decode().split())
    return run.stderr.decode().strip() + ": " + words[words.rfind("executed "):] + " (schedule %s)" % witness["schedule"]


def some(witnesses, most):
    return witnesses if len(witnesses) <= most else witnesses[:most - most // 2] + witnesses[-(most // 2):]


def replay_all(racecheck, python, path, options, folder, most):
    """Returns how many witnesses were executed, the result, and what is wrong."""
    result, reason = check(racecheck, python, path, options)
    if result is None:
        return 0, None, reason
    witnesses = some(result["witnesses"], most)
    for witness in witnesses:
        wrong = replay(racecheck, python, witness, folder)
        if "a real run is led only through them" in wrong:
            return 0, result, ""
        if wrong:
            return 0, result, "%s %s: %s" % (witness["end"], json.dumps(witness["output"]), wrong)
    return len(witnesses), result, ""


def run_free(racecheck, python, path, runs):
    """What is wrong with runs that nobody guides: each output must be a possible one."""
    outputs = sorted({subprocess.run([python, "-E", "-c", OFTEN, path], stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
                      for _ in range(runs)})
    claims = [word for output in outputs for word in ("--assert", "possible output == " + json.dumps(output))]
    run = subprocess.run([racecheck, "--python", python, "--witnesses", "none"] + claims + [path], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT)
    words = " ".join(run.stdout.decode().split())
    return words if "violated" in words or run.returncode not in (0, 1) else ""  # 1: an exception is among what can happen


def examples(racecheck, python, most, runs, paths):
    print("1..%d" % (2 * len(paths)))
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(paths):
            count, result, wrong = replay_all(racecheck, python, path, [], folder, int(most))
            name = os.path.basename(path)
            print("%s %d - %s: %d witnesses, executed for real %s" % ("not ok" if wrong else "ok", 2 * number + 1, name, count, wrong))
            wrong = run_free(racecheck, python, path, int(runs))
            print("%s %d - %s: %s free runs %s" % ("not ok" if wrong else "ok", 2 * number + 2, name, runs, wrong))
            sys.stdout.flush()


def programs(racecheck, python, most, seed, count):
    print("1..1")
    done = executed = 0
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.py")
        while done < int(count):
            with open(path, "w") as stream:
                stream.write(oracle.write_program(int(seed) + done))
            number, result, wrong = replay_all(racecheck, python, path, ["--max-states", "200000"], folder, int(most))
            if result is not None and wrong:
                failures.append("seed %d: %s" % (int(seed) + done, wrong))
                print("# " + failures[-1])
            executed += number
            done += 1
    print("%s 1 - %d witnesses of %d generated programs, executed for real" % ("not ok" if failures else "ok", executed, done))


if __name__ == "__main__":
    if sys.argv[1] == "examples":
        examples(*sys.argv[2:6], sys.argv[6:])
    else:
        programs(*sys.argv[2:7])
