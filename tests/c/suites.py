#!/usr/bin/env python3
"""suites.py: programs of public suites, whose verdicts are known, before racecheck.

    suites.py RACECHECK nidhugg FOLDER     tests/smoke of https://github.com/nidhugg/nidhugg
    suites.py RACECHECK sctbench FOLDER    benchmarks/concurrent-software-benchmarks of https://github.com/mc-imperial/sctbench

The folders are fetched by hand, and nothing of them is kept here. Each program is read as it is, on sequentially consistent memory; what is
asked is whether an assertion, or whatever else is an error of a program, can fail; of sctbench, whether it can deadlock, too. Prints a line a program: what is known, what racecheck
says, and in what time. The status is 0 where no verdict contradicts what is known; what is not read, or not decided in time, is counted."""
import collections
import pathlib
import re
import subprocess
import sys
import time

SECONDS = 20
ENDS = {0: "safe", 1: "unsafe", 2: "not read", 3: "undecided"}


def has_assertion(path):
    """Whether a program, with what it includes of its own, asserts something."""
    text = path.read_text()
    own = [path.parent / name for name in re.findall(r'^ *#include "(.*)"', text, re.M)]
    return "assert(" in text or any(has_assertion(file) for file in own if file.exists())


def nidhugg(folder):
    """What Nidhugg itself said under --sc: "NAME Allow : TRACES" where an assertion can fail, else Forbid."""
    for line in (folder / "reference.results.txt").read_text().splitlines():
        words = line.split()
        path = folder / "C-tests" / ((words or [""])[0] + ".c")
        if len(words) > 1 and words[1] == "Forbid":
            yield path, "safe"
        elif len(words) > 1 and words[1] == "Allow" and has_assertion(path):
            yield path, "unsafe"  # what it finds in a program without assertions is something else


def sctbench(folder):
    """The verdict is part of the name: lazy01_bad.c, din_phil2_sat.c; lazy01_ok.c, din_phil2_unsat.c."""
    for path in sorted(folder.rglob("*.c")):
        yield path, "unsafe" if path.stem.endswith(("_bad", "_sat")) else "safe"


# How each is read, and with which options. Some of Nidhugg's forget a header that its own compiler has included.
SUITES = {
    "nidhugg": (nidhugg, ["--cc", "gcc -O0 -include stdint.h", "--assert", "no-error"]),
    "sctbench": (sctbench, ["--assert", "no-error", "--assert", "no-deadlock"]),
}


def ask(racecheck, path, options):
    """What racecheck says, in a word, and why it does not say more."""
    command = [racecheck, str(path), *options, "--compute", "values", "--witnesses", "none", "--timeout", str(SECONDS), "--max-memory", "2G"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=10 * SECONDS)
    end = ENDS.get(run.returncode, "status %d" % run.returncode)
    return end, "" if run.returncode < 2 else run.stderr.strip().splitlines()[-1]


def main(racecheck, suite, folder):
    counted = collections.Counter()
    read, options = SUITES[suite]
    for path, known in read(pathlib.Path(folder)):
        begun = time.monotonic()
        said, why = ask(racecheck, path, options)
        print("%-42s %-7s %-10s %6.2f s  %s" % (path.stem, known, said, time.monotonic() - begun, why[:100]), flush=True)
        counted["as known" if said == known else "contradicts" if said in ("safe", "unsafe") else said] += 1
    print(", ".join("%d %s" % (count, what) for what, count in counted.most_common()))
    return counted["contradicts"] > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
