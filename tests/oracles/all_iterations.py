#!/usr/bin/env python3
"""all_iterations.py RACECHECK [SEED [COUNT [MOST [VERIFY]]]]: what is proved for every number of repetitions against the folds of each.

Random programs of two or three threads with counted loops: their bodies move values between several variables and registers, add constants,
and lock a mutex; threads have the same body or different ones, and instructions before and behind it. For each that racecheck proves a
formula for (--explain), the least and greatest final values, and all of them where it says that they are an interval, must be what it folds for
ITERS = 1 .. MOST. A long loop, which is not unrolled, must end with what the formula says. With VERIFY the certificates of both bounds must be
valid, and damaged ones must not be. Prints TAP."""
import json
import os
import random
import re
import subprocess
import sys
import tempfile

FORMULA = re.compile(r"repetitions: minimum (.*?) for every ITERS >= (\d+); maximum (.*?) for every ITERS >= (\d+)"
                     r"(?:; all values between them for every ITERS >= (\d+))?\.")
LONG = 1000000


def instruction(rng, words):
    register = "%" + rng.choice(["ax", "bx"])
    number = rng.randint(-2, 3)
    return rng.choice([
        f"mov {rng.choice(words)}, {register}",
        f"mov {rng.choice(words)}, {register}",
        f"add ${number}, {register}",
        f"mov {register}, {rng.choice(words)}",
        f"mov {register}, {rng.choice(words)}",
        f"add ${number}, {rng.choice(words)}",
        f"mov ${number}, {rng.choice(words)}",
    ])


def stretch(rng, words, most):
    return [instruction(rng, words) for _ in range(rng.randint(0, most))]


def body(rng, words, has_mutex, threads):
    lines = [instruction(rng, words) for _ in range(rng.randint(1, 4 if threads == 2 else 2))]
    if has_mutex and rng.random() < 0.8:
        first = rng.randint(0, len(lines))
        last = rng.randint(first, len(lines))
        lines = lines[:first] + ["lock m"] + lines[first:last] + ["unlock m"] + lines[last:]
    return lines


def code(rng, words, has_mutex, threads):
    around = 2 if threads == 2 and rng.random() < 0.3 else 0
    return (stretch(rng, words, around) + [".rept ITERS"] + body(rng, words, has_mutex, threads) + [".endr"] +
            stretch(rng, words, around))


def program(rng):
    """A program's text, and how many threads it has."""
    threads = rng.choice([2, 2, 2, 3])
    words = ["x", "y", "z"][:rng.randint(1, 3)]
    has_mutex = rng.random() < 0.3
    lines = [f".var {word}, {rng.randint(-2, 3)}" for word in words] + [".mutex m"] * has_mutex
    if rng.random() < 0.5:
        return "\n".join(lines + [".main"] + code(rng, words, has_mutex, threads)) + "\n", threads
    for thread in range(threads):
        lines += [f".thread t{thread}"] + code(rng, words, has_mutex, threads)
    return "\n".join(lines) + "\n", threads


def value(formula, k):
    """What a formula is: "2", "2 ITERS", "3 - ITERS"."""
    if "ITERS" not in formula:
        return int(formula)
    parts = re.fullmatch(r"(?:(-?\d+) ([+-]) )?(-?)(?:(\d+) )?ITERS", formula)
    slope = int(parts[4]) if parts[4] else 1
    return int(parts[1] or 0) + (-slope if "-" in (parts[2], parts[3]) else slope) * k


class Checker:
    def __init__(self, racecheck, verify):
        self.racecheck, self.verify = racecheck, verify
        self.folder = tempfile.mkdtemp()
        self.path = os.path.join(self.folder, "program.s")
        self.proved = self.values = self.certificates = self.damaged = 0
        self.problems = []

    def run(self, threads, iters, *options):
        return subprocess.run([self.racecheck, "--threads", str(threads), "--iters", str(iters), *options, self.path],
                              capture_output=True, text=True, check=False)

    def fold(self, threads, iters):
        """The ranges of all final values."""
        result = self.run(threads, iters, "--quiet", "--compute", "values", "--witnesses", "none", "--json", "-")
        if result.returncode != 0:
            return None
        return json.loads(result.stdout)["outcome"]["ranges"]

    def check_folds(self, text, threads, found, most):
        for k in range(1, most + 1):
            ranges = self.fold(threads, k)
            if ranges is None:
                return
            for name, formula, first, actual in (("minimum", found[1], found[2], ranges[0][0]),
                                                 ("maximum", found[3], found[4], ranges[-1][1])):
                if k >= int(first) and value(formula, k) != actual:
                    self.problems.append(f"{name} for ITERS = {k} is {actual}, not {formula}:\n{text}")
            if found[5] and k >= int(found[5]) and len(ranges) != 1:
                self.problems.append(f"the values for ITERS = {k} are {ranges}, no interval:\n{text}")

    def check_long(self, text, threads, found):
        result = self.run(threads, LONG, "--json", "-", "--quiet")
        outcome = json.loads(result.stdout)["outcome"] if result.returncode == 0 else {}
        for key, formula in (("minimum", found[1]), ("maximum", found[3])):
            if outcome.get(key) != value(formula, LONG):
                self.problems.append(f"{key} for ITERS = {LONG} is {outcome.get(key)}, not {formula}: {result.stderr}\n{text}")

    def is_valid(self, path):
        return subprocess.run([self.verify, "-q", path], capture_output=True, text=True, check=False)

    def check_certificates(self, rng, text, threads):
        for option in ("--certificate", "--upper-certificate"):
            path = os.path.join(self.folder, "certificate")
            self.run(threads, LONG, "--quiet", option, path)
            verdict = self.is_valid(path)
            if verdict.returncode != 0:
                self.problems.append(f"the certificate ({option}) is not valid: {verdict.stderr}\n{text}")
                continue
            self.certificates += 1
            with open(path, encoding="ascii") as file:
                self.check_damage(rng, file.read(), text)

    def check_damage(self, rng, certificate, text):
        for kind, lines in damages(rng, certificate):
            path = os.path.join(self.folder, "damaged")
            with open(path, "w", encoding="ascii") as file:
                file.write(seal(lines))
            self.damaged += 1
            if self.is_valid(path).returncode not in (1, 2):
                self.problems.append(f"a damaged certificate is valid ({kind}):\n{chr(10).join(lines)}\n{text}")

    def check(self, rng, most):
        text, threads = program(rng)
        with open(self.path, "w", encoding="ascii") as file:
            file.write(text)
        explained = self.run(threads, 2, "--explain")
        found = FORMULA.search(re.sub(r"\s+", " ", explained.stdout))
        if explained.returncode != 0 or not found:
            return
        self.proved += 1
        self.values += found[5] is not None
        self.check_folds(text, threads, found, most if threads == 2 else most // 3)
        self.check_long(text, threads, found)
        if self.verify:
            self.check_certificates(rng, text, threads)


def seal(lines):
    import hashlib
    text = "\n".join(lines) + "\n"
    return text + "sha256 " + hashlib.sha256(text.encode()).hexdigest() + "\n"


def damages(rng, certificate):
    """Certificates that claim too much, or prove too little: each kind of line is changed so that it says something stronger."""
    lines = certificate.split("\n")[:-2]
    is_upper = " <= " in lines[1]
    stronger = -1 if is_upper else 1

    def changed(index, line):
        return lines[:index] + [line] + lines[index + 1:]

    words = lines[1].split(" ")
    yield "claim: constant", changed(1, " ".join(words[:3] + [str(int(words[3]) + stronger)] + words[4:]))
    yield "claim: slope", changed(1, " ".join(words[:5] + [str(int(words[5]) + stronger)] + words[6:]))
    yield "claim: from", changed(1, " ".join(words[:9] + [str(int(words[9]) - 1)] + words[10:]))
    states = [i for i, line in enumerate(lines) if " | " in line and not line.startswith("columns")]
    for index in rng.sample(states, min(3, len(states))):
        yield "state left out", lines[:index] + lines[index + 1:]
        yield "state twice", lines[:index] + [lines[index]] + lines[index:]
    starts = [i + 1 for i, line in enumerate(lines) if line.startswith("states ")]
    for index in starts:
        key, cells = lines[index].split(" | ")
        cells = cells.split(" ")
        told = [c for c, cell in enumerate(cells) if cell not in "-*"]
        for c in told:
            better = cells[:c] + [str(int(cells[c]) + stronger)] + cells[c + 1:]
            yield "potential at the start", changed(index, key + " | " + " ".join(better))
            yield "nothing at the start", changed(index, key + " | " + " ".join(cells[:c] + ["-"] + cells[c + 1:]))
    potentials = [i for i, line in enumerate(lines) if line.startswith("potential ")]
    for column, index in enumerate(potentials):
        slopes = lines[index].split(" ")
        if lines[index + 2].split(" | ")[1].split(" ")[column] != "-":  # else nothing flows from there, whatever the slopes
            yield "slope of a thread", changed(index, " ".join(slopes[:2] + [str(int(slopes[2]) + 1)] + slopes[3:]))
    yield "potential left out", lines[:potentials[-1]]
    witness = next(i for i, line in enumerate(lines) if line.startswith("witness "))
    yield "witness: base", changed(witness, "witness " + str(int(lines[witness].split(" ")[1]) + 1))
    runs = lines[witness + 1].split(" ")
    yield "witness: a run too few", changed(witness + 1, " ".join(runs[:-1]))
    yield "witness: a run too many", changed(witness + 1, " ".join(runs + ["0*1"]))


def main():
    racecheck = sys.argv[1]
    seed, count, most = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((2, 1), (3, 12), (4, 12)))
    checker = Checker(racecheck, sys.argv[5] if len(sys.argv) > 5 else None)
    rng = random.Random(seed)
    for _ in range(count):
        checker.check(rng, most)
    for problem in checker.problems:
        print("# " + problem.replace("\n", "\n# "))
    print("1..1")
    print(f"{'not ok' if checker.problems or checker.proved == 0 else 'ok'} 1 - {checker.proved} of {count} programs are proved for "
          f"every ITERS, {checker.values} with all values, and are what {most} folds say; {checker.certificates} certificates, "
          f"{checker.damaged} damaged ones")
    sys.exit(1 if checker.problems or checker.proved == 0 else 0)


if __name__ == "__main__":
    main()
