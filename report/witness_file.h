/* witness_file: a witness, read from a document, as plain data.
 *
 * Nothing in it was checked beyond its form: that the program can be assembled, that the schedule is possible and
 * that it ends as claimed is for replay to say. It owns all that it holds and is freed with witness_file_free(). */
#pragma once

#include "analysis/outcome.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct witness_file {
    char *model;
    char *text;      /* the whole program */
    int64_t threads; /* 1 .. 64 */
    int64_t iters;   /* 0 or more */
    char *registers; /* first values, or NULL */
    char *observe;
    struct property *symbols; /* numbers */
    size_t symbol_count;
    char *scheduler;             /* its kind */
    struct property *parameters; /* of the scheduler */
    size_t parameter_count;
    enum outcome_end end; /* claimed */
    bool has_value;       /* a number is claimed, ... */
    int64_t value;
    size_t value_count; /* ... or what each observed number is, ... */
    int64_t values[OBSERVATION_MAX];
    char *output;    /* ... and what is printed, or NULL; all of this for OUTCOME_VALUE */
    char *claim;     /* that is decided, or NULL */
    int64_t loop;    /* of a lasso, the steps at the end that can follow again and again; else 0 */
    bool is_shown;   /* the claim is one that a schedule shows, none that it violates; by whoever replays */
    bool is_refuted; /* what is claimed beside the end was found wrong by whoever replays */
    bool has_preemptions;
    int64_t preemptions; /* claimed, where has_preemptions */
    struct schedule schedule;
    bool contradicts_itself; /* it gives two schedules that are not the same; the steps are kept */
};

/* Reads a witness document, or a result document and in it the witness for a value ("3", "x=1,y=2"), or the first one where value is
 * NULL ("-" is standard input). Returns it as new, or NULL with *error set: a file that cannot be read or is larger
 * than 256 MB, text that is no JSON (with line and column), another format or version, a key that is missing, unknown
 * or has the wrong type (the key is named), no witness for that value. */
struct witness_file *witness_file_read(const char *path, const char *value, struct error *error);

/* Whether a schedule, as it was executed, ends as a witness claims; and whether its preemptions are as claimed too. */
bool witness_file_ends(const struct witness_file *self, const struct trace *trace);
bool witness_file_holds(const struct witness_file *self, const struct trace *trace);

/* Appends the end that is claimed: "x = 1, y = 2"; the trace knows the names. */
void witness_file_print_end(struct text *text, const struct witness_file *self, const struct trace *trace);

/* Frees a witness; NULL is allowed. */
void witness_file_free(struct witness_file *self);
