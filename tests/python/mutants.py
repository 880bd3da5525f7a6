#!/usr/bin/env python3
"""mutants.py RACECHECK SEED COUNT [FOLDER]: dumps with damage, which racecheck must answer or refuse: no crash, no hang, one line of error.

The dumps are those that lie beside this file; each mutant has up to four changes in names, arguments, targets, order, constants,
or in what a code says of itself; some have bytes of their text changed instead. Others are the programs themselves, with words in other
places, which this interpreter compiles, where they still are programs. COUNT is a number, or a time: 900s. What fails is kept in FOLDER. Prints TAP."""
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

from compilers import kept

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 60


def read_dumps():
    dumps = []
    for path in sorted(glob.glob(os.path.join(HERE, "*.json.gz"))):
        found = kept(path)
        dumps += list(found.values()) if isinstance(found, dict) else found
    dumps = [one[0] if isinstance(one, list) else one for one in dumps]  # language.py keeps what they print, too
    for path in sorted(glob.glob(os.path.join(HERE, "..", "cases", "python", "*", "*-[23].*.json"))):  # what these have of the library
        with open(path) as file:
            dumps.append(json.load(file))
    return dumps


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


def damage_bytes(pick, text):
    """Some bytes are others, are missing, or are there twice."""
    text = bytearray(text)
    for _ in range(pick.randint(1, 3)):
        at = pick.randrange(len(text))
        text[at:at + pick.choice([0, 1, 1, 20])] = pick.choice([b"", b"9", b'"', b"}", b"[", b"\xff", b"null", bytes(text[at:at + 30])])
    return bytes(text)


def change_words(pick, source):
    """Some words, or lines, stand where others stood."""
    if pick.random() < 0.5:
        parts = re.findall(r"\w+|\s+|.", source)
        wanted = [number for number, part in enumerate(parts) if not part.isspace()]
    else:
        parts = source.splitlines(True)
        wanted = range(len(parts))
    for _ in range(pick.randint(1, 3)):
        parts[pick.choice(wanted)] = parts[pick.choice(wanted)]
    return "".join(parts)


def make_mutant(pick, dumps, names):
    """What follows the program's name, and what it reads."""
    dump, kind = pick.choice(dumps), pick.randrange(10)
    if kind == 0:
        return ["--bytecode", "-"], damage_bytes(pick, json.dumps(dump).encode())
    if kind == 1:
        return ["MUTANT"], change_words(pick, dump["source"]).encode()
    dump = json.loads(json.dumps(dump))
    for _ in range(pick.randint(1, 4)):
        change(pick, dump, names)
    return ["--bytecode", "-"], json.dumps(dump).encode()


def run(racecheck, arguments, text, folder):
    """The exit status, and what is said on standard error."""
    if arguments == ["MUTANT"]:
        arguments = ["--python", sys.executable, os.path.join(folder, "mutant.py")]
        with open(arguments[-1], "wb") as file:
            file.write(text)
    command = [racecheck] + arguments + ["--quiet", "--max-states", "3000", "--timeout", "20"]
    try:
        done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return "hang", ""
    return done.returncode, done.stderr.decode(errors="replace")


def main():
    racecheck, seed, limit = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    pick, dumps, answers, wrong, number = random.Random(seed), read_dumps(), {}, [], 0
    end = time.monotonic() + int(limit[:-1]) if limit.endswith("s") else None
    names = sorted({one[0] for dump in dumps for code in dump["codes"] for one in code["instructions"]})
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end if end else number < int(limit):
            arguments, text = make_mutant(pick, dumps, names)
            status, said = run(racecheck, arguments, text, folder)
            answers[status] = answers.get(status, 0) + 1
            if status not in (0, 2, 3) or (status == 2 and said.count("\n") != 1):
                wrong.append("# mutant %d: %s: %s" % (number, status, said[-3000:].replace("\n", "\n#   ")))
                if len(sys.argv) > 4:
                    with open(os.path.join(sys.argv[4], "mutant-%d-%d%s" % (seed, number, ".py" if "MUTANT" in arguments else ".json")), "wb") as file:
                        file.write(text)
            number += 1
    print("1..1\n%s 1 - %d mutants: %s" % ("not ok" if wrong else "ok", number, answers))
    print("\n".join(wrong[:5]), end="\n" if wrong else "")
    return len(wrong) > 0


if __name__ == "__main__":
    sys.exit(main())
