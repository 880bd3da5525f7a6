/* attempt: an answer to an exercise as plain data, which can be written in many ways.
 *
 * Made from the model answer of a key by a small reader of its own, changed by tests/oracles/alteration.h, judged by
 * tests/oracles/judge.h, and written as the text that the grader gets: so the judge knows what is in it without reading what
 * students may write. A *flaw* is something for which the text must be refused. An attempt is a plain value but for the
 * program and the ends, which are owned by whoever made it: attempt_free(). */
#pragma once

#include "base/text.h"
#include "base/generator.h"
#include "course/key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ATTEMPT_RANGES_MAX = 64,
    ATTEMPT_STEPS_MAX = 400,
    ATTEMPT_LINKS_MAX = 64,
    ATTEMPT_DIGITS_MAX = 32,
    ATTEMPT_ENDS_MAX = 64
};

/* The lines that a question may ask for. */
enum attempt_line {
    LINE_RANGES = 1u << 0, /* values or quanta */
    LINE_SCHEDULE = 1u << 1,
    LINE_VALUE = 1u << 2,
    LINE_CHAIN = 1u << 3,
    LINE_COUNT = 1u << 4,
    LINE_PROGRAM = 1u << 5,
    LINE_ENDS = 1u << 6 /* outcomes or outputs */
};

enum attempt_flaw {
    FLAW_NONE,
    FLAW_KIND,    /* it says that it is of another kind */
    FLAW_TWICE,   /* a line stands twice */
    FLAW_UNKNOWN, /* there is a line that no answer has */
    FLAW_WORD,    /* a line holds a word that means nothing there */
    ATTEMPT_FLAWS
};

struct attempt_range {
    int64_t first;
    int64_t last; /* >= first */
};

/* A store of a chain: which one of which thread, from 1. */
struct attempt_link {
    uint32_t thread;
    uint32_t store;
};

struct attempt {
    enum assignment_kind kind;
    unsigned given; /* bits of enum attempt_line */
    enum attempt_flaw flaw;
    struct attempt_range ranges[ATTEMPT_RANGES_MAX]; /* in any order, and they may overlap */
    size_t range_count;
    uint32_t steps[ATTEMPT_STEPS_MAX];
    size_t step_count;
    int64_t value;
    struct attempt_link links[ATTEMPT_LINKS_MAX];
    size_t link_count;
    char digits[ATTEMPT_DIGITS_MAX + 1];
    char *program;
    char *ends[ATTEMPT_ENDS_MAX]; /* "x=1,y=2", "ab" with its quotation marks; in any order, and more than once */
    size_t end_count;
};

/* Returns what stands behind "name:" in a model answer, which ends where the answer does; or NULL. */
const char *attempt_find_line(const char *answer, const char *name);

/* Reads the model answer of a key. Returns false where it is not written as model answers are. */
bool attempt_read(struct attempt *self, const struct key *key);

/* Appends the attempt as text for the grader, in one of the many ways in which it can be written. */
void attempt_write(const struct attempt *self, struct generator *generator, struct text *text);

/* Adds an end, which is taken; what is too much is left out. */
void attempt_add_end(struct attempt *self, char *end);

void attempt_free(struct attempt *self);
