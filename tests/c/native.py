#!/usr/bin/env python3
"""native.py RACECHECK MOST FILE... [--OPTION VALUE]: for each program a witness of each outcome, MOST of them at most, sc, executed by the processor,
ends with it; and a deadlock, where there is one."""
import json
import os
import subprocess
import sys
import tempfile


def run(*arguments):
    return subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def spread(items, most):
    """As many as that, from all over."""
    return items if len(items) <= most else [items[i * (len(items) - 1) // max(most - 1, 1)] for i in range(most)]


def main():
    racecheck, most, *rest = sys.argv[1:]
    files = [word for word in rest if word.endswith((".c", ".cpp"))]
    options = [word for word in rest if not word.endswith((".c", ".cpp"))]
    compilers = [word for name, value in zip(options, options[1:]) if name in ("--cc", "--cxx") for word in (name, value)]
    failures = led = 0
    for path in files:
        with tempfile.TemporaryDirectory() as folder:
            result, witness = os.path.join(folder, "result.json"), os.path.join(folder, "witness.json")
            done = run(racecheck, path, "--memory", "sc", *options, "--witnesses", "all", "-q", "--json", result)
            if done.returncode not in (0, 1):
                print(f"{path}: status {done.returncode}: {done.stderr[:300]}")
                failures += 1
                continue
            with open(result) as stream:
                witnesses = json.load(stream)["witnesses"]
            wanted = [w for w in witnesses if w["end"] in ("value", "deadlock")]
            if not wanted:
                print(f"{path}: there is no witness")
                failures += 1
            for chosen in spread(wanted, int(most)):
                with open(witness, "w") as stream:
                    json.dump(chosen, stream)
                done = run(racecheck, "replay", "--real", *compilers, "-q", witness)
                led += 1
                if done.returncode != 0:
                    failures += 1
                    report = run(racecheck, "replay", "--real", *compilers, witness)
                    print(f"{path}: {chosen['schedule']}: status {done.returncode}: {done.stderr}{report.stdout[-600:]}")
    print(f"{led} witnesses were executed")
    return failures > 0 or led == 0


sys.exit(main())
