/* problem: what is asked about a program, as one value: its text and parameters, its scheduler, and what is observed.
 *
 * Whoever asks fills in what was given, which is borrowed from then on; problem_make() makes of it what an analysis, a replay or an export
 * works with. Commands, the library, the files of witnesses and certificates, and assignments all pass this value on. Started
 * with zeros, freed with problem_free() whatever problem_make() returned. */
#pragma once

#include "base/error.h"
#include "base/spelling.h"
#include "program/program.h"
#include "schedulers/scheduler.h"

/* A part of a problem that can be wrong. */
enum problem_part { PROBLEM_REGISTERS, PROBLEM_PROGRAM, PROBLEM_OBSERVED, PROBLEM_COUNTED, PROBLEM_SCHEDULER };

struct problem {
    /* What was given; borrowed, but once the program is made its copies take the place of the first three. */
    const char *name;   /* the model's, for reports */
    const char *source; /* the file's, for diagnostics */
    const char *text;
    size_t length; /* of the text; a NUL before is an error of it */
    int64_t threads;
    int64_t iters;
    const struct property *symbols; /* further ones: numbers */
    size_t symbol_count;
    const char *registers; /* their first values (frontends/presets.h), or NULL: 0 */
    const char *observe;   /* a list (program/observation.h), or NULL: what the program says, else the first variable */
    const char *count;     /* a list of events (program/counted_event.h) beside those that the program marks, or NULL */
    const char *kind;      /* of the scheduler, or NULL: what the program says, else free */
    const struct property *parameters; /* of the scheduler; if the program says the same kind, they go before its own */
    size_t parameter_count;
    uint64_t rolled_from;  /* codes of so many instructions keep their loop (frontends/assembler.h); 0: none does */
    bool shows_bytecode; /* of a Python program's instructions, beside their lines */
    bool overrules_own;  /* the scheduler is what was given, whatever parameters the program says for it */

    /* What that is. */
    struct program *program;
    struct scheduler *scheduler;
    struct observation observation; /* empty where the program has no variable and prints nothing */
    uint32_t word;                  /* the first word among what is observed; else the first one there is */
    bool is_one_processor;          /* memory is to be TSO, and is SC, since all threads run on one processor */
    enum problem_part wrong;        /* where problem_make() fails: what cannot be made */
};

/* Makes the program, and then the scheduler. Returns false with *error set: an error of the program's text has its place there,
 * others have none, or the source. */
bool problem_make(struct problem *self, struct error *error);

/* Settles which memory a program has under a kind of scheduler: where all threads run on one processor, TSO is SC. Returns false with
 * *error set, with that source, where the two do not go together. */
bool problem_settle_memory(struct program *program, const char *kind, const char *source, struct error *error);

/* Whether the program's text mentions a symbol; and whether it, or a claim, does all that were given, else *error is set: one that is
 * mistyped would change nothing. SPURIOUS, TSO and STORE_BUFFER need no mention. The program must be there. */
bool problem_mentions(const struct problem *self, const char *symbol);
bool problem_mentions_symbols(const struct problem *self, const char *const *claims, size_t count, struct error *error);

/* Has the symbols considered that the text mentions. */
void problem_consider_symbols(const struct problem *self, struct spelling *spelling);

/* The kind of scheduler that is given, or that the program says; and whether it is the program's own. The program must be there. */
const char *problem_kind(const struct problem *self);
bool problem_uses_own_scheduler(const struct problem *self);

void problem_free(struct problem *self);
