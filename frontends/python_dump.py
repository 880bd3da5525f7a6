# The code of a Python program as JSON, for racecheck (docs/python.md). Runs on CPython 2.7 and 3.6 to 3.15.
#
#     python3 -E -s -S python_dump.py NAME <NAME >NAME.json
#
# The program is compiled, never executed; nothing but the standard library is imported, and nothing of the current folder.
import sys
sys.path[:] = [path for path in sys.path if path not in ("", ".")]
import dis
import json
import types

SAY = ("COMPARE_OP", "BINARY_OP", "CALL_INTRINSIC_1", "CALL_INTRINSIC_2", "LOAD_SPECIAL", "LOAD_COMMON_CONSTANT")


def words(text):
    return text if isinstance(text, type(u"")) else text.decode("utf-8", "replace")


def is_plain(text):
    """Whether JSON's readers take it: no NUL, no half of a character."""
    try:
        return u"\0" not in text and text.encode("utf-8") is not None
    except UnicodeEncodeError:
        return False


def constant(value, codes):
    """null, true, false; for all else an object whose only key says what it is."""
    if isinstance(value, types.CodeType):
        codes.append(value)
        return {"code": len(codes) - 1}
    if value is None or value is True or value is False:
        return value
    kind = type(value).__name__
    if kind in ("int", "long"):
        return {"int": str(value)}
    if kind == "float":
        return {"float": repr(value)}
    if kind in ("str", "unicode"):
        return {"str": words(value)} if is_plain(words(value)) else {"other": kind}
    if kind in ("tuple", "frozenset"):
        return {kind: [constant(item, codes) for item in value]}
    if kind == "slice":
        return {kind: [constant(item, codes) for item in (value.start, value.stop, value.step)]}
    return {"other": kind}


def decode(code):
    """Instructions as (offset, number, argument or None, target offset or None, what the argument means)."""
    if hasattr(dis, "get_instructions"):
        jumps = set(dis.hasjrel) | set(dis.hasjabs) | set(getattr(dis, "hasjump", ()))
        for one in dis.get_instructions(code):
            jump = one.argval if one.opcode in jumps else None
            meant = None
            if one.opname in SAY:
                meant = str(one.argval if one.opname == "COMPARE_OP" else one.argrepr)
            yield one.offset, one.opcode, one.arg, jump, meant, getattr(one, "positions", None)
        return
    data, at, extended = bytearray(code.co_code), 0, 0
    while at < len(data):
        offset, number, argument, jump = at, data[at], None, None
        at += 1
        if number >= dis.HAVE_ARGUMENT:
            argument = data[at] | data[at + 1] << 8 | extended
            extended = argument << 16 if number == dis.EXTENDED_ARG else 0
            at += 2
            jump = at + argument if number in dis.hasjrel else argument if number in dis.hasjabs else None
        meant = dis.cmp_op[argument] if dis.opname[number] == "COMPARE_OP" else None
        yield offset, number, argument, jump, meant, None


def instructions(code):
    """[name, argument, index of the target, line, column, column of the end, meaning]; -1, or null, for none; and their offsets."""
    decoded = list(decode(code))
    places = dict((one[0], index) for index, one in enumerate(decoded))
    starts, line, result = dict(dis.findlinestarts(code)), code.co_firstlineno, []
    for offset, number, argument, jump, meant, positions in decoded:
        line = starts.get(offset) or line
        first = last = -1
        here = line
        if positions is not None and positions.lineno is not None:
            here = positions.lineno
            if positions.col_offset is not None and positions.end_lineno == here:
                first, last = positions.col_offset, positions.end_col_offset
        result.append([dis.opname[number], -1 if argument is None else argument, -1 if jump is None else places[jump],
                       here, first, last, meant])
    return result, places


def handlers(code, places):
    """The table of exceptions: [first, end, handler, depth, whether the place is pushed], by index."""
    def place(offset):
        return places[min([known for known in places if known >= offset] or [max(places)])]
    end = len(places)
    result = []
    for entry in dis._parse_exception_table(code) if hasattr(code, "co_exceptiontable") else []:
        last = place(entry.end) if entry.end <= max(places) else end
        result.append([place(entry.start), last, place(entry.target), entry.depth, int(entry.lasti)])
    return result


def describe(code, codes):
    listed, places = instructions(code)
    return {"name": words(code.co_name), "line": code.co_firstlineno, "flags": code.co_flags,
            "arguments": code.co_argcount, "keyword_only": getattr(code, "co_kwonlyargcount", 0),
            "names": [words(name) for name in code.co_names],
            "locals": [words(name) for name in code.co_varnames],
            "cells": [words(name) for name in code.co_cellvars], "free": [words(name) for name in code.co_freevars],
            "constants": [constant(value, codes) for value in code.co_consts],
            "instructions": listed, "handlers": handlers(code, places)}


def setting(name):
    try:
        import sysconfig
        return bool(sysconfig.get_config_var(name))
    except Exception:
        return False


def refusal(error, source):
    """Why the program cannot be compiled, and where."""
    line, column = getattr(error, "lineno", None) or 0, getattr(error, "offset", None) or 0
    message = words(str(getattr(error, "msg", error)) or type(error).__name__)
    nul = source.find(b"\0")
    if nul >= 0:
        message, line, column = "a program has no NUL bytes", source.count(b"\n", 0, nul) + 1, nul - source.rfind(b"\n", 0, nul)
    return {"message": message if is_plain(message) else repr(message), "line": line, "column": column}


def dump(source, name):
    result = {"format": "racecheck-python-dump", "version": 1, "python": list(sys.version_info[:3]),
              "implementation": getattr(getattr(sys, "implementation", None), "name", "cpython"),
              "free_threaded": setting("Py_GIL_DISABLED"),
              "computed_gotos": setting("HAVE_COMPUTED_GOTOS") or setting("USE_COMPUTED_GOTOS")}
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError:
        text = source.decode("latin-1")
    name = name if is_plain(words(name)) else repr(name)
    result.update({"file": words(name), "source": text})
    try:
        codes, described = [compile(source, name, "exec", 0, True)], []
    except Exception as error:
        result.update({"source": "", "error": refusal(error, source)})
        return result
    while len(described) < len(codes):
        described.append(describe(codes[len(described)], codes))
    result["codes"] = described
    return result


if __name__ == "__main__":
    stream = getattr(sys.stdin, "buffer", sys.stdin)
    json.dump(dump(stream.read(), sys.argv[1]), sys.stdout)
    sys.stdout.write("\n")
