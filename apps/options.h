/* options: the command line as one plain value.
 *
 * One table (option_table.h) says all about every option. Parsing checks form and range; whether a model or a variable exists
 * is for later phases to say, and so are the parameters of a scheduler (apps/source.h). Strings are borrowed from argv. */
#pragma once

#include "analysis/analysis.h"
#include "base/error.h"
#include "base/property.h"
#include "course/difficulty.h"
#include "course/gradebook_formats.h"
#include "program/program.h"
#include "trace/replay.h"

#include <stdbool.h>
#include <stdint.h>

enum command {
    COMMAND_CHECK,
    COMMAND_SWEEP,
    COMMAND_REPORT,
    COMMAND_EXPORT,
    COMMAND_VERIFY,
    COMMAND_REPLAY,
    COMMAND_MEASURE,
    COMMAND_SAMPLE,
    COMMAND_MODELS,
    COMMAND_ASSIGN,
    COMMAND_GRADE,
    COMMAND_COUNT
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };
enum explain { EXPLAIN_NOTHING, EXPLAIN_DATA, EXPLAIN_STEPS, EXPLAIN_BYTECODE };

/* The format of a report, by default as its file is named, and the system that a bundle is for. */
enum report_format { REPORT_AS_NAMED, REPORT_HTML, REPORT_MARKDOWN };
enum bundle { BUNDLE_NONE, BUNDLE_GRADESCOPE };

enum { OPTIONS_LIST_MAX = 64 };

/* The arguments of an option that may be repeated. */
struct option_list {
    const char *items[OPTIONS_LIST_MAX];
    size_t count;
};

struct options {
    enum command command;
    char *const *arguments; /* the command line from the command's name on; borrowed */
    int argument_count;
    bool help;
    bool version;

    const char *model;                      /* a name of the catalogue, or NULL */
    const char *operands[OPTIONS_LIST_MAX]; /* files, model names, NAME=RANGE: what is no option */
    size_t operand_count;
    int64_t threads;
    int64_t iters;
    bool has_threads; /* whether these two were given */
    bool has_iters;
    struct property *symbols; /* --define: numbers; freed by options_free() */
    size_t symbol_count;
    const char *cc;       /* the compiler of C programs, with its options, or NULL: gcc -O0 */
    const char *cxx;      /* the one of C++ programs, or NULL: g++ -O0 */
    unsigned language;    /* 1: files are GNU assembly */
    const char *python;   /* an interpreter, or NULL: python3 */
    const char *bytecode; /* the file of a dump, or NULL */
    bool real;            /* the program itself is executed along a witness */
    const char *gdb;      /* where commands for gdb go that do the same, or NULL */
    unsigned gil;         /* 0: the interpreter's own rules; else 1 + enum python_rules */
    unsigned calls;       /* 1: hot */
    unsigned print;       /* 1: whole lines */
    unsigned sleep;       /* 1: time passes only when nobody can go on */
    unsigned at_exit;     /* 1: the program ends when all its threads have */
    bool has_check_interval;
    int64_t check_interval;      /* of Python 2.7 */
    const char *registers;       /* their first values, as given; or NULL: 0 */
    char *observe;               /* a list, freed by options_free(); or NULL */
    char *counted;               /* likewise: what is counted */
    const char *scheduler;       /* its kind, or NULL: what the program says */
    struct property *parameters; /* of the scheduler, as given; freed by options_free() */
    size_t parameter_count;
    const char *schedule; /* the one to be executed, or NULL: all */
    enum replay_then schedule_then;

    bool has_value;
    struct option_list values; /* as they were given */
    enum witness_wish witnesses;
    struct option_list assertions;
    bool has_fairness; /* starvation is asked for, under this fairness */
    enum outcome_fairness fairness;
    bool fences; /* those that restore what is asserted are looked for */

    unsigned compute; /* bits of enum question that were asked for by name; 0: by default */
    double patience;  /* seconds, 0: the default */
    enum when slice;  /* WHEN_AUTO or WHEN_NEVER, as the next two */
    enum when symmetry;
    enum when partial_order;
    enum when cells;
    enum explain explain;
    int64_t jobs;        /* 0: all cores */
    int64_t max_states;  /* 0: no limit */
    uint64_t max_memory; /* bytes; 0: a share of what the machine has */
    double timeout;      /* seconds, 0: none */
    int64_t runs;        /* of the real program, or schedules to draw; 0: the default */
    bool by_outcome;     /* events are counted for each outcome, too */
    unsigned tester;     /* an enum tester */
    int64_t depth;       /* of PCT */
    double run_limit;    /* seconds that a run may take; 0: the default */
    enum when progress;

    bool has_kind;
    enum assignment_kind kind; /* where has_kind */
    enum difficulty_level difficulty;
    struct option_list measures; /* NAME=LEAST..MOST */
    const char *roster;          /* file, or NULL */
    int64_t count;               /* of students; 0: not given */
    bool has_seed;
    int64_t seed;
    bool allow_repeats;

    const char *output; /* files to write, "-" for standard output, or NULL */
    const char *json;
    const char *csv;
    const char *witness;
    const char *itf;
    const char *trace;
    const char *dot;
    const char *graph;
    const char *behaviour;
    const char *certificate;       /* of the minimum */
    const char *upper_certificate; /* of the maximum */
    bool promela;                  /* the format to export */
    bool litmus;                   /* likewise */
    bool python_dump;              /* the helper is exported */
    enum report_format format;
    const char *title; /* of a report, or NULL, as the two below */
    const char *author;
    const char *date;
    enum gradebook_format grade_format;
    enum bundle bundle;   /* BUNDLE_NONE: grade */
    const char *metadata; /* what that system says of a submission, or NULL */
    const char *student;  /* whose the submissions are, or NULL: to be found out */
    bool single;          /* the folder holds one student's submission */
    bool reveal;
    bool has_fail_below;
    int64_t fail_below;
    bool quiet;
    bool full;
    bool timing;
};

/* Parses a command line into *self. Returns false with *error set where it is wrong. */
bool options_parse(struct options *self, int argc, char **argv, struct error *error);

/* Reads a whole number; "'x' is not a number (expected a whole number)". For what is no option: the ranges of a sweep. */
bool options_read_integer(const char *text, int64_t least, int64_t greatest, int64_t *result, struct error *error);

/* Sets an option of the command, by its name, as if it stood on the command line. Returns false with *error set where it
 * is wrong. */
bool options_set(struct options *self, const char *name, const char *argument, struct error *error);

/* Returns a copy that is freed on its own, with options_free(). */
struct options options_copy(const struct options *self);

/* Whether a text begins with a name (letters, digits and _, of which the first is no digit) and an equals sign, as in NAME=NUMBER. */
bool options_is_assignment(const char *text);

/* Frees what the options own. */
void options_free(struct options *self);

/* The name of a command as one types it, borrowed. */
const char *options_command_name(enum command command);
