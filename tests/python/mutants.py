#!/usr/bin/env python3
"""mutants.py RACECHECK SEED COUNT: dumps with damage, which racecheck must answer or refuse: no crash, no hang, one line of error.

The dumps are those that lie beside this file; each mutant has up to four changes in names, arguments, targets, order, constants,
or in what a code says of itself. Prints TAP."""
import glob
import json
import os
import random
import subprocess
import sys

from compilers import kept

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 60


def read_dumps():
    dumps = []
    for path in sorted(glob.glob(os.path.join(HERE, "*.json.gz"))):
        found = kept(path)
        dumps += list(found.values()) if isinstance(found, dict) else found
    return [one[0] if isinstance(one, list) else one for one in dumps]  # language.py keeps what they print, too


def change(pick, dump, names):
    code = pick.choice(dump["codes"])
    instructions, kind = code["instructions"], pick.randrange(10)
    at, other = pick.randrange(len(instructions)), pick.randrange(len(instructions))
    if kind == 0:
        instructions[at][0] = pick.choice(names)
    elif kind == 1:
        instructions[at][1] = pick.choice([-1, 0, 1, 2, 3, 255, 256, 1 << 31, 1 << 62, pick.randrange(20)])
    elif kind == 2:
        instructions[at][2] = pick.choice([-1, other])
    elif kind == 3:
        instructions[at], instructions[other] = instructions[other], instructions[at]
    elif kind == 4 and code["constants"]:
        code["constants"][pick.randrange(len(code["constants"]))] = pick.choice(
            [None, True, {"int": "7"}, {"str": "x"}, {"tuple": []}, {"code": pick.randrange(len(dump["codes"]))}, {"int": "9" * 20}])
    elif kind == 5:
        code["arguments"] = pick.randrange(4)
    elif kind == 6:
        code["flags"] = pick.randrange(64)
    elif kind == 7 and code["names"]:
        code["names"][pick.randrange(len(code["names"]))] = pick.choice(["x", "lock", "print", "Thread", "start", "super", "__init__"])
    elif kind == 8:
        code[pick.choice(["cells", "free", "locals"])] = pick.choice([[], ["a"], ["a", "b", "n"]])
    else:
        dump["python"] = pick.choice([[2, 7, 1], [3, 6, 1], [3, 8, 1], [3, 10, 1], [3, 11, 1], [3, 12, 1], [3, 13, 1], [3, 14, 0]])


def main():
    racecheck, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    pick, dumps, answers, wrong = random.Random(seed), read_dumps(), {}, []
    names = sorted({one[0] for dump in dumps for code in dump["codes"] for one in code["instructions"]})
    for number in range(count):
        dump = json.loads(json.dumps(pick.choice(dumps)))
        for _ in range(pick.randint(1, 4)):
            change(pick, dump, names)
        command = [racecheck, "--bytecode", "-", "--quiet", "--max-states", "3000", "--timeout", "20"]
        try:
            run = subprocess.run(command, input=json.dumps(dump).encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS)
            status, said = run.returncode, run.stderr.decode(errors="replace")
        except subprocess.TimeoutExpired:
            status, said = "hang", ""
        answers[status] = answers.get(status, 0) + 1
        if status not in (0, 2, 3) or (status == 2 and said.count("\n") != 1):
            wrong.append("# mutant %d: %s: %s" % (number, status, said[:300].replace("\n", "\n#   ")))
    print("1..1\n%s 1 - %d mutants of dumps: %s" % ("not ok" if wrong else "ok", count, answers))
    print("\n".join(wrong[:5]), end="\n" if wrong else "")
    return len(wrong) > 0


if __name__ == "__main__":
    sys.exit(main())
