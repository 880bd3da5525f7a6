"""What has our test programs compiled: an interpreter by its command, or a folder into which npm has installed one of pyodide's packages,
CPython for WebAssembly, which node runs. Both do it by the helper that racecheck itself uses, and in one process for all programs."""
import gzip
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
HELPER = os.path.join(HERE, "../../frontends/python_dump.py")

# Names and texts of programs come as JSON, dumps go as lines. The helper is read as a module that is not the main one.
DUMP_MANY = """
import json, sys
space = {"__name__": "helper"}
exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"), space)
for name, text in json.load(sys.stdin):
    sys.stdout.write(json.dumps(space["dump"](text.encode("utf-8"), str(name))) + "\\n")
"""


def compile_all(interpreter, programs):
    """The dumps of (name, text) pairs."""
    command = [interpreter, "-E", "-s", "-S", "-c", DUMP_MANY, HELPER]
    if os.path.isdir(interpreter):
        command = ["node", os.path.join(HERE, "pyodide.js"), os.path.join(interpreter, "node_modules", "pyodide"), HELPER]
    run = subprocess.run(command, input=json.dumps(programs).encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def run_all(folder, programs):
    """What (name, text) pairs print, by the interpreter of one of pyodide's packages, which knows no threads."""
    command = ["node", os.path.join(HERE, "pyodide.js"), os.path.join(folder, "node_modules", "pyodide"), HELPER, "run"]
    run = subprocess.run(command, input=json.dumps(programs).encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def version_of(dump):
    return "%d.%d" % tuple(dump["python"][:2])


def fixture(kind, version):
    return os.path.join(HERE, "%s-%s.json.gz" % (kind, version))


def keep(kind, version, value):
    """Equal dumps are equal bytes: no time, no name of a file is kept."""
    with open(fixture(kind, version), "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as file:
        file.write(json.dumps(value, separators=(",", ":")).encode())


def kept(path):
    with gzip.open(path) as file:
        return json.loads(file.read().decode())
