/* oracle: does the checker say of a program what is true?
 *
 * One random program is analysed in several *settings* (sliced or not, with symmetry or without), and each result is
 * told as lines of text in one canonical form. The enumerator's result is told in the same form, so that agreeing is
 * being equal, and a disagreement is two texts that a person can lay side by side. Where a program has too many
 * schedules to enumerate, or endless ones, the settings are compared with the last of them, the classical explicit search, and that
 * with the survey (tests/oracles/survey.h): outcomes, fewest preemptions, probabilities, what can go wrong, hang, terminates.
 *
 * A struct oracle_scheduler is one of the checker's schedulers, and beside it the same written down a second time for
 * the enumerator (tests/oracles/policy.h). Every witness is checked by that second one, too: executed under the parameters that
 * it names it must be allowed, and have as many preemptions. Where a scheduler has choices beside that of the threads,
 * which of several best schedules is the witness is left open; only how good it is is compared. */
#pragma once

#include "base/text.h"
#include "tests/oracles/policy.h"
#include "tests/oracles/random_program.h"

#include <stdbool.h>
#include <stdint.h>

struct scheduler;

struct oracle_scheduler {
    const char *name;                       /* "tick quantum=3 pick=any phase=0" */
    const struct scheduler *scheduler;      /* NULL: the default, free */
    const struct enumerator_policy *policy; /* NULL: any enabled thread */
};

/* Returns the scheduler of a kind as new, both ways; parameters as for scheduler_new(), defaults included. */
struct oracle_scheduler *oracle_scheduler_new(const char *kind, const struct property *parameters, size_t count,
                                              size_t threads);

/* Returns a scheduler with parameters that depend on the seed alone, as new; of this kind or, where it is NULL, of one that depends on the
 * seed as well. */
struct oracle_scheduler *oracle_scheduler_draw(uint64_t seed, const char *kind, size_t threads);

/* Returns a program's text as new in which some instructions cost another number of ticks than 1. */
char *oracle_price(const char *text, uint64_t seed);

/* Frees what one of those two returned; NULL is allowed. */
void oracle_scheduler_free(struct oracle_scheduler *self);

/* What the programs so far were like; a test looks whether all that it means to test has occurred. */
enum { ORACLE_SCHEDULERS_MAX = 16, ORACLE_WORDS_MAX = 64 };

/* Words of programs that are worth counting; NULL behind the last. */
extern const char *const oracle_words[];

struct oracle_tally {
    uint64_t programs;
    uint64_t sliced;     /* where the default analysis kept the observed variable out of the states */
    uint64_t symmetric;  /* where it merged states by symmetry */
    uint64_t deadlocked; /* some schedule deadlocks */
    uint64_t failed;     /* some schedule is an error of the program */
    uint64_t endless;
    uint64_t several; /* more than one final value */
    uint64_t enumerated;
    uint64_t surveyed;                     /* compared with the survey, where there is more than can be enumerated */
    uint64_t fused;                        /* runs in which local steps were taken together with the step before */
    uint64_t collapsed;                    /* where only states with a choice were stored */
    uint64_t by_cells;                     /* searches by cells, each compared with one of single states */
    uint64_t guarded;                      /* ... where control goes round */
    uint64_t open;                         /* where the scheduler had choices beside that of the threads */
    uint64_t kinds[ORACLE_SCHEDULERS_MAX]; /* of schedulers, in the order of scheduler_kinds() */
    uint64_t schedules;                    /* enumerated, over all programs */
    uint64_t words[ORACLE_WORDS_MAX];      /* programs that have each of oracle_words */
    uint64_t tuples, registers, outputs;   /* programs of which that is observed */
};

struct oracle_request {
    struct random_options options;
    const struct oracle_scheduler *scheduler; /* NULL: free */
    bool draw;                                /* instead of that: one that depends on the seed, */
    const char *kind;                         /* of this kind; NULL: of any */
    bool enumerate;                           /* compare with the enumerator, too */
};

/* The kinds of random programs that are worth checking. */
enum oracle_kind {
    ORACLE_SMALL,   /* few schedules: compared with the enumerator */
    ORACLE_LARGE,   /* too many schedules for that, few enough states for the explicit search */
    ORACLE_ENDLESS, /* schedules need not end */
    ORACLE_OBJECTS, /* few schedules, and threads that synchronise in all ways there are */
    ORACLE_KIND_COUNT
};

/* Returns the request for a kind, under the free scheduler. */
struct oracle_request oracle_request(enum oracle_kind kind);

/* Makes the program of a seed and checks it. Returns whether all agree. Where they do not, appends to *complaint the
 * seed, the program and the two accounts that differ. Adds to *tally. With `verbose`, appends program and account
 * anyway. */
bool oracle_check(uint64_t seed, const struct oracle_request *request, struct oracle_tally *tally, bool verbose,
                  struct text *complaint);

/* The same for a program text, run with these numbers of threads and iterations, observing the variable of that
 * name. */
bool oracle_check_text(const char *text, unsigned threads, unsigned iters, const char *observe,
                       const struct oracle_request *request, struct oracle_tally *tally, struct text *complaint);
