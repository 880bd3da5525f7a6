#!/usr/bin/env python3
"""oracle.py PROGRAM SEED RUNS [CC...]: random C programs, whose outcome is what the native program prints; prints TAP.

A generated program computes with integers of all widths, arrays, structures, loops and functions, and has one outcome. What it computes
with is known before threads run, or comes from a thread that main waits for: then racecheck's program computes it. The same program is
compiled and run; both must print the same. With several compilers they take turns."""

import os
import random
import subprocess
import sys
import tempfile

TYPES = ["signed char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long", "unsigned long"]
FORMATS = {"signed char": "%d", "unsigned char": "%d", "short": "%d", "unsigned short": "%d", "int": "%d", "unsigned": "%u", "long": "%ld",
           "unsigned long": "%ld"}


class Program:
    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.depth = 0
        self.variables = []
        self.lines = []

    def constant(self):
        return self.draw.choice([str(self.draw.randint(-9, 99)), str(self.draw.randint(-70000, 70000)),
                                 f"{self.draw.randint(-2**31, 2**31 - 1)}L", "255", "-1", "0", "1", "2147483647"])

    def atom(self):
        kind = self.draw.randrange(6)
        if kind == 0:
            return self.constant()
        if kind == 1:
            return f"shared{self.draw.randrange(8)}"
        if kind == 2:
            return f"table[{self.draw.randrange(4)}]"
        if kind == 3:
            return f"pair.{self.draw.choice('ab')}"
        return self.draw.choice(self.variables) if self.variables else "seven"

    def expression(self, depth=0):
        if depth > 2 or self.draw.random() < 0.25:
            return self.atom()
        a, b = self.expression(depth + 1), self.expression(depth + 1)
        kind = self.draw.randrange(16)
        if kind < 3:
            return f"({a} {self.draw.choice('+-*')} {b})"
        if kind == 3:
            return f"({a} {self.draw.choice('&|^')} {b})"
        if kind == 4:
            return f"({a} {self.draw.choice(['<<', '>>'])} {self.draw.randrange(0, 16)})"
        if kind == 5:
            return f"({a} {self.draw.choice(['<<', '>>'])} ({b} & 7))"
        if kind == 6:
            return f"({a} {self.draw.choice('/%')} {self.draw.choice([3, 7, 10, 16, -5, 1000])})"
        if kind == 7:
            return f"((int){a} {self.draw.choice('/%')} (int)(({b} & 63) + 1))"
        if kind < 11:
            return f"({a} {self.draw.choice(['<', '<=', '>', '>=', '==', '!='])} {b})"
        if kind == 11:
            return f"({a} {self.draw.choice(['&&', '||'])} {b})"
        if kind == 12:
            return f"({a} ? {b} : {self.atom()})"
        if kind == 13:
            return f"({self.draw.choice(TYPES)})({a})"
        if kind == 14:
            return f"twist({a}, {b})"
        return f"({self.draw.choice('-~!')} {a})"

    def statement(self, indent, depth):
        pad = "    " * indent
        kind = self.draw.randrange(10)
        if kind < 3 or depth > 2:
            name, kind_of = f"v{len(self.types)}", self.draw.choice(TYPES)
            self.declared.append(f"    {kind_of} {name} = {self.draw.randrange(100)};")
            self.types[name] = kind_of
            self.lines.append(f"{pad}{name} = {self.expression()};")
            self.variables.append(name)
        elif kind == 3:
            self.lines.append(f"{pad}if ({self.expression()}) {{")
            self.block(indent + 1, depth + 1)
            self.lines.append(f"{pad}}}")
        elif kind == 4:
            index = f"i{self.loops}"
            self.loops += 1
            self.lines.append(f"{pad}for (int {index} = 0; {index} < {self.draw.randint(1, 4)}; {index}++) {{")
            self.variables.append(index)
            self.block(indent + 1, depth + 1)
            self.variables.remove(index)
            self.lines.append(f"{pad}}}")
        elif kind == 5:
            self.lines.append(f"{pad}table[{self.expression()} & 3] = {self.expression()};")
        elif kind == 6:
            self.lines.append(f"{pad}pair.{self.draw.choice('ab')} {self.draw.choice(['=', '+=', '-=', '^='])} {self.expression()};")
        elif kind == 8 and self.types:  # what compilers make vectors of
            name, (first, second) = self.draw.choice(list(self.types)), self.draw.choices(["+", "-", "*", "&", "|", "^"], k=2)
            end = self.draw.choice([8, 13, 16])
            self.lines.append(f"{pad}for (int k = 0; k < {end}; k++)")
            self.lines.append(f"{pad}    {name} {self.draw.choice(['+', '-', '|', '^'])}= (series[k] {first} {self.draw.choice(['k', self.constant()])}) {second} {self.constant()};")
        elif kind == 7 and self.types:
            name = self.draw.choice(list(self.types))
            self.lines.append(f"{pad}{name} {self.draw.choice(['+=', '-=', '*=', '|=', '&=', '^='])} {self.expression()};")
        else:
            self.lines.append(f'{pad}printf("%d ", (int)({self.expression()}));')

    def block(self, indent, depth):
        for _ in range(self.draw.randint(1, 3)):
            self.statement(indent, depth)

    def text(self):
        self.declared, self.types, self.loops = [], {}, 0
        shared = [self.draw.choice(TYPES) for _ in range(8)]
        for _ in range(self.draw.randint(3, 6)):
            self.statement(1, 0)
        prints = "".join(f'    printf("{FORMATS[t]} ", {name});\n' for name, t in self.types.items())
        dynamic = self.draw.random() < 0.7
        values = "".join(f"    shared{s} = {self.constant()};\n" for s in range(8))
        values += f"    for (int k = 0; k < 16; k++)\n        series[k] = k * {self.constant()} + {self.constant()};\n"
        return ("#include <pthread.h>\n#include <stdio.h>\n" + "".join(f"{t} shared{s};\n" for s, t in enumerate(shared)) +
                f"{self.draw.choice(TYPES)} table[4];\n{self.draw.choice(TYPES[4:])} series[16];\nstruct {{ {self.draw.choice(TYPES)} a; {self.draw.choice(TYPES)} b; }} pair;\nint seven = 7;\n"
                "static long twist(long a, unsigned b) { return a > (int)b ? a - b : b ^ (a >> 3); }\n"
                "void *fill(void *p)\n{\n" + values + "    return p;\n}\n"
                "int main(void)\n{\n" + "\n".join(self.declared) + "\n" +
                ("    pthread_t t;\n    pthread_create(&t, 0, fill, 0);\n    pthread_join(t, 0);\n" if dynamic else "    fill(0);\n") +
                "\n".join(self.lines) + "\n" + prints +
                '    for (int i = 0; i < 4; i++)\n        printf("%ld ", (long)table[i]);\n    printf("%ld %ld\\n", (long)pair.a, (long)pair.b);\n'
                "    return 0;\n}\n")


def quoted(output):
    return '"' + output.replace("\\", "\\\\").replace("\n", "\\n") + '"'


def check(program, folder, seed, cc):
    path = os.path.join(folder, "program.c")
    with open(path, "w") as stream:
        stream.write(Program(seed).text())
    subprocess.run(cc.split() + ["-w", "-o", path[:-2], path, "-lpthread"], check=True)
    native = subprocess.run([path[:-2]], capture_output=True, text=True, timeout=20)
    ours = subprocess.run([program, "--cc", cc + " -w", path, "--compute", "values,extremes", "--full", "--slice", "off"],
                          capture_output=True, text=True, timeout=120)
    if ours.returncode == 2 and not ours.stdout:
        return "refused", ours.stderr.strip()
    rows = [line.split('"')[1] for line in ours.stdout.splitlines() if line.startswith('"')]
    wanted = quoted(native.stdout)[1:-1]
    if native.returncode != 0:
        return ("good", "") if "error" in ours.stdout else ("wrong", f"the native program ends with status {native.returncode}")
    return ("good", "") if ours.returncode == 0 and rows == [wanted] else ("wrong", f"native {wanted}\nours {rows} {ours.stderr}")


def main():
    program, seed, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    compilers = sys.argv[4:] or ["gcc -O0 -fwrapv", "gcc -O3 -fwrapv", "gcc -O1 -fwrapv"]
    wrong = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(seed, seed + runs):
            cc = compilers[number % len(compilers)]
            verdict, words = check(program, folder, number, cc)
            wrong += verdict == "wrong"
            refused += verdict == "refused"
            if verdict != "good":
                print(f"# seed {number}, {cc}: {verdict}: {words}")
    print(f"# {runs} programs, {refused} refused")
    print(f"{'ok' if wrong == 0 and refused * 5 <= runs else 'not ok'} 1 - random C programs end as the native ones")
    print("1..1")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
