/* python_dump: the code objects of a Python program, as the interpreter that is to run it has compiled them.
 *
 * Such a dump is JSON that python_dump.py writes (docs/python.md); it is read into this and is constant from then on. Bytecodes of all
 * versions have numbers of ours: what an instruction of some version is called says what it does. Owned by whoever
 * read it, freed with python_dump_free(). */
#ifndef RACECHECK_FRONTENDS_PYTHON_DUMP_H
#define RACECHECK_FRONTENDS_PYTHON_DUMP_H

#include "base/error.h"
#include "base/text.h"
#include "frontends/python_bytecode.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A constant of a code, before it is a value of a run. */
enum python_constant_kind {
    PYTHON_CONSTANT_NONE,
    PYTHON_CONSTANT_BOOL,  /* number: 0 or 1 */
    PYTHON_CONSTANT_INT,   /* number */
    PYTHON_CONSTANT_FLOAT, /* text: as Python writes it */
    PYTHON_CONSTANT_STRING,
    PYTHON_CONSTANT_CODE,  /* number: its index */
    PYTHON_CONSTANT_TUPLE, /* items; a frozenset is one, too */
    PYTHON_CONSTANT_SLICE, /* items: start, stop and step */
    PYTHON_CONSTANT_OTHER  /* text: the name of its type, or an integer beyond 64 bits: cannot be computed with */
};

struct python_constant {
    enum python_constant_kind kind;
    int64_t number;
    char *text;
    struct python_constant *items;
    size_t count;
};

struct python_instruction {
    enum python_bytecode bytecode;
    const char *name; /* as the version calls it */
    int64_t argument; /* -1 where there is none */
    uint32_t target;  /* of a jump: index of an instruction of the same code */
    bool is_jump;
    bool is_target;  /* some jump leads here, or a handler begins */
    bool is_counted; /* python_bytecode_is_counted() */
    struct place place;
    uint32_t width;      /* bytes of its line that are executed; 0 where that is not known */
    const char *meaning; /* of the argument, where its number depends on the version; else NULL */
};

/* Where an exception that is raised at first .. end - 1 goes on. */
struct python_handler {
    uint32_t first, end, target;
    uint32_t depth; /* of the stack */
    bool keeps_place;
};

struct python_names {
    char **items;
    size_t count;
};

struct python_code {
    char *name;
    uint32_t line;
    uint32_t flags; /* enum python_code_flag */
    uint32_t arguments, keyword_only;
    struct python_names names, locals, cells, free;
    struct python_constant *constants;
    size_t constant_count;
    struct python_instruction *instructions;
    uint32_t count;
    struct python_handler *handlers;
    size_t handler_count;
};

enum python_code_flag { PYTHON_VARARGS = 4, PYTHON_VARKEYWORDS = 8, PYTHON_GENERATOR = 32 };

/* How the bytecode is read. A dump can say so itself: then its text is all it takes to read the program again. */
struct python_options {
    char *rules;      /* --gil: the name of a set of rules; NULL: those of the interpreter that compiled it */
    bool hot_calls;   /* --calls hot: calls of builtins were specialised */
    bool whole_lines; /* --print line: what a print writes is one write */
    bool is_virtual;  /* --sleep virtual: time passes only when nobody can go on */
    bool ends_last;   /* --at-exit all: the program ends with all its threads */
    bool has_interval, has_phase; /* whether these two are given */
    int64_t interval;             /* --check-interval: of Python 2.7 */
    int64_t phase;                /* --phase: bytecodes that are counted before the first check; -1: any number */
};

struct python_dump {
    int version; /* 207, 306, ... 315: major * 100 + minor */
    bool is_free_threaded;
    struct python_options options;
    char *file;                /* the program's name, for diagnostics */
    char *source;              /* its text */
    struct python_code *codes; /* the first is the module's */
    size_t code_count;
};

/* Whether a text is a dump rather than a program in the assembly language: JSON begins with a brace. */
bool python_dump_is(const char *text, size_t length);

/* Reads a dump; `name` is that of its file, for what is wrong with the dump itself. Returns it as new, or NULL with *error set: what is
 * wrong with the Python program has its place there. */
struct python_dump *python_dump_read(const char *text, size_t length, const char *name, struct error *error);

void python_dump_free(struct python_dump *self);

/* Appends a dump that says how it is to be read; the names of rules are not checked. */
void python_dump_with_options(const char *dump, size_t length, const struct python_options *options, struct text *text);

#endif
