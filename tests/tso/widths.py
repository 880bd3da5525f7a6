#!/usr/bin/env python3
"""Random C programs that access bytes of a union in several widths, on TSO memory, against a naive enumerator of bytes.

    widths.py RACECHECK SEED RUNS [COMPILER]     the programs of the seeds SEED, SEED + 1, ..., RUNS of them

The enumerator has memory as bytes, and buffers of stores with an address and a size each: a load takes the last store of its thread that has
some of its bytes, and waits until that has reached memory where it does not have all of them. Compared is what can be printed. Speaks TAP.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

NAMES = {1: "b[%d]", 2: "h[%d]", 4: "w[%d]", 8: "q[%d]"}
BYTES = 9  # the union has eight, and behind them is a variable of one


def place(offset, size):
    return "y" if offset == 8 else "u." + NAMES[size] % (offset // size)


def draw_access(draw):
    size = draw.choice((1, 1, 2, 2, 4, 8))
    offset = draw.choice([o for o in (0, 1, 2, 3, 4) if o % size == 0]) if size < 8 else 0
    return (8, 1) if draw.random() < 0.2 else (offset, size)


def draw_thread(draw):
    code = []
    for _ in range(draw.randint(2, 4)):
        kind = draw.choice(["store"] * 4 + ["load"] * 4 + ["step", "add", "fence"])
        offset, size = draw_access(draw)
        number = draw.randint(1, 255) | (draw.randint(1, 120) << 8 * (size - 1))
        code.append((kind, offset, size, number % (1 << 8 * size)))
    return code


def loads(code):
    return [instruction for instruction in code if instruction[0] == "load"]


def text(threads):
    lines = ["#include <pthread.h>", "#include <stdint.h>", "#include <stdio.h>",
             "volatile union { uint64_t q[1]; uint32_t w[2]; uint16_t h[4]; uint8_t b[8]; } u;", "volatile uint8_t y;"]
    for t, code in enumerate(threads):
        lines.append("long r%d[5];" % t)
        lines.append("void *t%d(void *p) {" % t)
        lines += ["  long l%d;" % n for n in range(len(loads(code)))]
        number = 0
        for kind, offset, size, value in code:
            name = place(offset, size)
            if kind == "store":
                lines.append("  %s = %dUL;" % (name, value))
            elif kind == "load":
                lines.append("  l%d = %s;" % (number, name))
                number += 1
            elif kind == "step":
                lines.append("  %s = %s + 1;" % (name, name))
            elif kind == "add":
                lines.append("  __atomic_fetch_add(&%s, 3, __ATOMIC_SEQ_CST);" % name)
            else:
                lines.append("  __sync_synchronize();")
        lines += ["  r%d[%d] = l%d;" % (t, n, n) for n in range(number)] + ["  return p;", "}"]
    lines.append("int main(void) {")
    lines.append("  pthread_t h[%d];" % len(threads))
    lines += ["  pthread_create(&h[%d], 0, t%d, 0);" % (t, t) for t in range(len(threads))]
    lines += ["  pthread_join(h[%d], 0);" % t for t in range(len(threads))]
    told = ["r%d[%d]" % (t, n) for t, code in enumerate(threads) for n in range(len(loads(code)))] + ["(long)u.q[0]", "(long)y"]
    return "\n".join(lines + ['  printf("%s\\n", %s);' % (" ".join(["%ld"] * len(told)), ", ".join(told)), "  return 0;", "}", ""])


def number_of(memory, offset, size):
    return int.from_bytes(bytes(memory[offset:offset + size]), "little")


def outputs(threads):
    """Of a thread: how far it has come (half of an instruction is a step), what it has loaded, its buffer."""
    found, seen = set(), set()
    start = (tuple((0, (), ()) for _ in threads), (0,) * BYTES)
    left = [start]
    while left:
        state = left.pop()
        if state in seen:
            continue
        seen.add(state)
        parts, memory = state
        is_end = True
        for t, (at, got, buffer) in enumerate(parts):
            after = []
            if buffer:
                (offset, size, value), rest = buffer[0], buffer[1:]
                after.append((((at, got, rest)), memory[:offset] + tuple(value.to_bytes(size, "little")) + memory[offset + size:]))
            if at < 2 * len(threads[t]):
                after += step(threads[t][at // 2], at, got, buffer, memory)
            for part, bytes_after in after:
                left.append((parts[:t] + (part,) + parts[t + 1:], bytes_after))
            is_end = is_end and not buffer and at == 2 * len(threads[t])
        if is_end:
            got = [value for part in parts for value in part[1]]
            told = got + [number_of(memory, 0, 8), memory[8]]
            found.add(" ".join(str(value - (value >> 63 << 64)) for value in told) + "\n")
    return found


def step(instruction, at, got, buffer, memory):
    kind, offset, size, value = instruction
    limit = 1 << 8 * size
    if kind == "fence":
        return [] if buffer else [((at + 2, got, ()), memory)]
    if kind == "add":
        after = (number_of(memory, offset, size) + 3) % limit
        return [] if buffer else [((at + 2, got, ()), memory[:offset] + tuple(after.to_bytes(size, "little")) + memory[offset + size:])]
    if kind == "store":
        return [((at + 2, got, buffer + ((offset, size, value),)), memory)]
    if kind == "step" and at % 2 == 1:
        return [((at + 1, got[:-1], buffer + ((offset, size, (got[-1] + 1) % limit),)), memory)]
    loaded = number_of(memory, offset, size)
    for first, length, stored in reversed(buffer):
        if first < offset + size and offset < first + length:
            if first > offset or first + length < offset + size:
                return []
            loaded = (stored >> 8 * (offset - first)) % limit
            break
    return [((at + (2 if kind == "load" else 1), got + (loaded,), buffer), memory)]


def racecheck(program, path, compiler):
    command = [program, "--cc", compiler, "--memory", "tso", "--json", "-", "--witnesses", "none", "--compute", "values", "--quiet", path]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if not done.stdout:
        return done.stderr
    return {row["output"] for row in json.loads(done.stdout)["outcome"]["outcomes"]}


def main(arguments):
    if len(arguments) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    tool, first, runs = arguments[0], int(arguments[1]), int(arguments[2])
    print("1..1")
    several = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "widths.c")
        for seed in range(first, first + runs):
            draw = random.Random(seed)
            threads = [draw_thread(draw) for _ in range(2)]
            compiler = arguments[3] if len(arguments) > 3 else ("gcc -O0", "gcc -O1")[seed % 2]
            with open(path, "w") as file:
                file.write(text(threads))
            expected, found = outputs(threads), racecheck(tool, path, compiler)
            several += len(expected) > 1
            if found != expected:
                print("not ok 1 - seed %d, %s\n# %s\n# expected %s\n# found    %s" % (
                    seed, compiler, text(threads).replace("\n", "\n# "), sorted(expected),
                    found if isinstance(found, str) else sorted(found)))
                return 1
    print("# %d of them print several things\nok 1 - %d random C programs of several widths print what the enumerator of bytes finds" % (several, runs))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
