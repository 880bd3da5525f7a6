#!/usr/bin/env python3
"""mutants.py PROGRAM SEED RUNS FILE.c...: assembly of C programs, damaged at random; whatever it says, racecheck ends by itself, with an
answer or with one line. Prints what it found; status 1 where that is something."""

import os
import random
import subprocess
import sys
import tempfile

STRANGE = ["movl", "-1", "$0x7fffffffffffffff", "(%rax)", "%xmm0", "lock", "divl", ".quad", ".zero 99999999", "call printf@PLT", "jmp *%rax", "%fs:40",
           "\"", "999999999999999999999", "@", "imulq %rcx", "rep stosq", "pushq %rsp", "cmpxchgl %ecx, (%rdx)", ".comm x,8,8", "main:", "ret", "movb $1, counter+3(%rip)",
           "movq counter(%rip), %rax", "popq %rax", "xchgl %eax, counter(%rip)", "addw $1, counter+2(%rip)", "sarl $40, %eax", "leave", "bswap %eax"]


def damage(draw, lines):
    lines = list(lines)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(lines))
        kind = draw.randrange(6)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, "\t" + draw.choice(STRANGE))
        elif kind == 2:
            other = draw.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif kind == 3 and lines[at].split():
            words = lines[at].split()
            words[draw.randrange(len(words))] = draw.choice(STRANGE)
            lines[at] = "\t" + " ".join(words)
        elif kind == 4 and lines[at]:
            place = draw.randrange(len(lines[at]))
            lines[at] = lines[at][:place] + draw.choice("%$(),.*@#x0;:-+\"") + lines[at][place + draw.randrange(2):]
        else:
            lines.insert(at, lines[draw.randrange(len(lines))])
    return lines


def is_fine(ours):
    if ours.returncode not in (0, 1, 2, 3) or "internal" in ours.stderr:
        return False
    return ours.returncode != 2 or len(ours.stderr.splitlines()) == 1


def main():
    program, seed, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        texts = []
        for source in sys.argv[4:]:
            for options in (["-O0"], ["-O2", "-g"]):
                made = os.path.join(folder, "made.s")
                subprocess.run(["gcc", *options, "-S", "-o", made, source], check=True)
                with open(made) as stream:
                    texts.append(stream.read().split("\n"))
        path = os.path.join(folder, "damaged.s")
        for number in range(seed, seed + runs):
            draw = random.Random(number)
            text = "\n".join(damage(draw, draw.choice(texts)))
            with open(path, "w") as stream:
                stream.write(text)
            ours = subprocess.run([program, "--language", "gas", path, "--max-states", "3000", "--timeout", "20", "--max-memory", "500M", "-q"],
                                  capture_output=True, text=True, errors="replace", timeout=60)
            if not is_fine(ours):
                wrong += 1
                print(f"seed {number}: status {ours.returncode}: {ours.stderr[:300]}")
                with open(f"/tmp/racecheck-mutant-{number}.s" if os.environ.get("KEEP_MUTANTS") else os.devnull, "w") as stream:
                    stream.write(text)
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
