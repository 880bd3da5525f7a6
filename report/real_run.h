/* real_run: what a real interpreter did when it executed a Python program along a schedule, or the processor with a C program, beside what the
 * schedule says.
 *
 * Plain data, filled by whoever had it executed (apps/real_execution.h, native_execution.h); it owns its texts and is freed with real_run_free(). */
#pragma once

#include "report/content.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdint.h>

enum real_end {
    REAL_FINISHED,   /* the program came to its end */
    REAL_DEADLOCKED, /* its threads wait for each other, and nothing moves any more */
    REAL_STOPPED,    /* the schedule was executed, and ends before the program does */
    REAL_LEFT        /* something else was done than the schedule says */
};

struct real_place {
    uint32_t line, column; /* 1-based; 0: not known */
};

/* A variable at the end. */
struct real_value {
    char *name;
    int64_t predicted;
    bool
        is_number; /* it is an integer: number; else it cannot be compared, and text says what it is, or is NULL: it has no value */
    int64_t number;
    char *text;
};

struct real_run {
    char *interpreter;  /* as it was called; or the compiler */
    char *version;      /* "3.11.7"; NULL: it was a compiler */
    char *file;         /* the program's */
    size_t steps;       /* of the schedule */
    bool is_other_lock; /* the rules are those of a build without the lock, and this one has it */
    enum real_end end, predicted_end;
    char *output;           /* what was printed */
    char *predicted_output; /* the same as the schedule says; NULL where that is not told */
    struct real_value *values;
    size_t value_count;
    /* Of REAL_LEFT: */
    size_t step; /* before which */
    char *thread;
    char *what; /* it does: "prints 'x'" */
    struct real_place at, expected;
};

/* Whether it ended as predicted: in this way, with this output, and these values as far as they are numbers. */
bool real_run_agrees(const struct real_run *self);

/* Adds what happened. */
void real_run_add(struct content *content, const struct real_run *self);

void real_run_free(struct real_run *self);
