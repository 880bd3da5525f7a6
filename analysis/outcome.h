/* outcome: everything that an analysis found, as one plain value.
 *
 * The search fills it, the reports read it, and neither knows the other. What was not computed is marked so (has_... is
 * false), never zero; `omitted` then says what it would take. An outcome owns all that it holds and is freed with
 * outcome_free(). Exact numbers are GMP's. */
#pragma once

#include "analysis/behaviour.h"
#include "analysis/claim.h"
#include "base/interval.h"
#include "base/property.h"
#include "program/observation.h"
#include "program/schedule.h"
#include "program/turns.h"
#include "space/tuples.h"
#include "trace/trace.h"

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct problem;

/* One reachable final value, or tuple of values: its rank then. Its fields are valid where the outcome says that they were computed. */
struct outcome_row {
    int64_t value;
    mpz_t schedules;
    mpq_t random;         /* probability under the random scheduler, in lowest terms */
    uint32_t preemptions; /* fewest */
};

/* How a witness ends. */
enum outcome_end {
    OUTCOME_VALUE,
    OUTCOME_DEADLOCK,
    OUTCOME_FAILURE,
    OUTCOME_OVERLAP, /* two threads are inside the same critical section; the schedule could go on */
    OUTCOME_HANG,    /* no end can be reached any more, though somebody can step */
    OUTCOME_CLAIM,   /* in the state that decides a claim */
    OUTCOME_ENDLESS, /* never: it is a lasso */
    OUTCOME_ENDS
};

/* A schedule that ends as asked: the one with the fewest preemptions, or the shortest; among those the first in thread
 * order. */
struct outcome_witness {
    enum outcome_end end;
    int64_t value;            /* for OUTCOME_VALUE */
    bool is_shortest;         /* no schedule that ends so is shorter; else none has fewer preemptions */
    size_t claim;             /* the number of the claim that it decides, plus 1; 0: it was found for another reason */
    size_t wait;              /* of a lasso that starves a thread: the number of its wait, plus 1; else 0 */
    struct schedule schedule; /* of a lasso the stem, and one round of the loop */
    size_t stem_count;        /* of a lasso: steps */
    size_t loop_count;        /* ... at least 1; 0 of any other */
    struct property *parameters; /* of the scheduler, with the phase and the arrival that the schedule chooses */
    size_t parameter_count;
    struct trace *trace; /* the schedule as the machine replayed it */
};

/* Which endless schedules count, when it is asked whether a thread can wait for ever: all; those in which no thread that may
 * always step from some time on never does (weak); those in which no thread that may step again and again never does
 * (strong). */
enum outcome_fairness { FAIRNESS_NONE, FAIRNESS_WEAK, FAIRNESS_STRONG };

/* How long one thread can be kept waiting, ready or blocked, while others go on. In a program that marks critical sections
 * a thread that enters some waits until it is inside. */
struct outcome_wait {
    char *thread;                /* its name */
    bool starves;                /* for ever: schedule is a lasso */
    struct schedule schedule;    /* the stem, then one round of the loop that can follow again and again */
    size_t stem_count;           /* steps */
    size_t loop_count;           /* at least 1 */
    struct property *parameters; /* of the scheduler, as for a witness */
    size_t parameter_count;
    struct trace *trace; /* stem and one round */
    bool is_bounded;     /* where it does not starve: there is a longest wait; else waits can be as long as one likes */
    uint64_t steps;      /* the longest wait, in steps and in ticks of the others (not always the same wait) */
    uint64_t ticks;
};

/* A question that was left out, and what would answer it. */
struct outcome_omission {
    char *question; /* "counts" */
    char *reason;   /* "about 40 s and 3 GB" */
    char *remedy;   /* the option that asks for it: "--compute counts"; empty where none does */
};

/* A location that a loop adds to each time round, though it decides nothing and flows nowhere: the answers are right for all
 * schedules in which it does not overflow. */
struct outcome_overflow {
    char *location;  /* "tries" */
    uint64_t rounds; /* of loops, all threads together, that an overflow takes at least */
};

struct all_iterations;
struct condition_count;
struct detection;
struct event_count;
struct fences;
struct sample;

struct outcome {
    /* What was checked. */
    char *model;           /* model name or file name */
    char *reading;         /* as the program has it; then ITERS means nothing */
    char *listing;         /* what people have written, where that is not the text; else NULL */
    char *text;            /* the program text */
    size_t threads;        /* how many there are */
    int64_t given_threads; /* THREADS, and ITERS: what the text is assembled with */
    int64_t iters;
    char *registers;  /* their first values as they were given, "bx=10,bx=20", or NULL: 0 */
    char *observe;    /* the observed variable; several have commas between them */
    char *unobserved; /* where nobody said what is observed: further variables of the program, "y and z"; or NULL */
    int64_t observed_first;   /* value of the observed variable at the start */
    struct property *symbols; /* further symbols (--define) */
    size_t symbol_count;
    bool is_tso;                       /* memory as x86 has it; else sequentially consistent */
    uint32_t store_buffer;             /* how many stores fit into a store buffer, or 0 where nothing is said of that */
    bool is_one_processor;             /* memory was to be TSO, which under this scheduler is SC */
    struct condition_count *condition; /* of a litmus test (analysis/condition_count.h); or NULL */
    char *scheduler;                   /* "free" */
    struct property *parameters;       /* of the scheduler */
    size_t parameter_count;

    /* What is asserted; judged where the outcome is filled. */
    struct claim *claims;
    size_t claim_count;

    struct fences *fences; /* which restore what is asserted (analysis/fences.h), where that was asked; or NULL */

    /* Whether the analysis is complete; where not, why: "the limit of 1000 states (--max-states) was reached". */
    bool complete;
    char *incomplete_reason;

    /* The final values. Where the analysis is incomplete, those found so far, and no minimum is claimed. */
    bool has_extremes; /* least and greatest; false where no schedule ends with a value */
    int64_t least;
    int64_t greatest;
    bool is_counted; /* each thread, if it ran alone, would count ITERS up: it would leave observed_first + iters */
    bool has_values; /* values, and rows where they are listed */
    struct intervals values;
    struct observation observation; /* whose final values these are; members that could not be followed are left out */
    struct value_names value_names; /* of the words that are observed */
    struct outputs *outputs;        /* where the output is a member: it is a node of these, or stands for all others */
    bool has_all_outputs;           /* there are no others */
    bool has_behaviour;             /* where the output was asked for, and what it can be was found out: */
    struct behaviour *behaviour;
    struct tuples tuples;     /* of several observed variables: the tuples by rank; then values, and those of claims and
                                 witnesses, are ranks */
    struct outcome_row *rows; /* one a value, ascending; NULL where there are too many to list one by one */
    size_t row_count;
    bool has_counts;      /* rows[].schedules; all, deadlocked, failed below */
    bool has_value_count; /* where has_counts is false: of one value alone (counted_value), and schedules */
    int64_t counted_value;
    bool has_random;      /* rows[].random; random_deadlocked, random_failed, random_endless */
    bool has_preemptions; /* rows[].preemptions */
    mpz_t schedules;      /* all of them, deadlocked and failed ones included */
    mpz_t deadlocked;
    mpz_t failed;
    mpq_t random_deadlocked;
    mpq_t random_failed;
    mpq_t random_endless; /* probability that a schedule never ends; 0 unless endless */
    double random_error;  /* a bound for the error of each probability; 0: they are exact */
    bool can_deadlock;    /* valid where complete, even without counts */
    bool can_fail;
    bool
        has_gap; /* ... by one of which it is not known how the real program goes on, as by what a front-end does not cover */
    bool can_die; /* ... by an error that ends a thread alone: schedules go on behind it, and count among the others */
    bool has_exclusion;  /* the program marks critical sections, and is_exclusive is known */
    bool is_exclusive;   /* no two threads are ever inside the same one */
    bool has_starvation; /* waits, one a thread, were computed */
    enum outcome_fairness fairness;
    bool can_starve; /* some thread can wait for ever */
    struct outcome_wait *waits;
    size_t wait_count;
    bool endless_unknown;  /* whether it is endless was not found out */
    bool endless;          /* some schedule never ends: the state space has cycles, so schedules are not finite */
    bool can_hang;         /* where endless: schedules can come to where no end can be reached any more */
    bool must_hang;        /* ... and all of them do */
    bool has_fair_endless; /* whether some schedule that is as fair as was asked for never ends was found out: */
    bool fair_endless;
    char *spinning;     /* ... the threads that can go round there for ever, "b", "r and w"; or NULL: not known */
    char *failure_text; /* where can_fail: the first error of the program, "file:line:column: T0: overflow ..." */
    struct outcome_overflow *overflows; /* what was not excluded */
    size_t overflow_count;
    struct event_count *events; /* how often what is counted happens (analysis/event_count.h) */
    size_t event_count;
    struct all_iterations *iterations; /* what is proved for every number of repetitions (analysis/all_iterations.h), or NULL; */
    bool is_proved;                    /* ... where nothing else answers: no state was looked at */
    struct turns least_turns;          /* ... and then schedules that end with the least and the greatest value; empty: none */
    struct turns greatest_turns;
    struct sample *sample;       /* what was drawn at random (analysis/sample.h), or NULL */
    struct detection *detection; /* how likely testers are to show each outcome (analysis/detection.h), or NULL */
    bool multinomial_checked;    /* schedules was found equal to the multinomial coefficient of the thread lengths */

    /* What it took. */
    mpz_t states; /* (control) states reachable */
    mpz_t transitions;
    uint64_t stored;    /* representatives explored, where symmetry merged states; else equal to states */
    bool by_cells;      /* states with the same control were searched at once (space/cells.h) */
    bool collapsed;     /* only states in which the scheduler has a choice were stored and counted */
    bool has_stretches; /* steps can have several instructions */
    uint64_t depth;     /* longest schedule, in steps; 0 where endless, or not known */
    bool sliced;        /* the observed variable was data, its values never stored in a state */
    bool fused;         /* local steps were taken together with the step before (states are then fewer) */
    double seconds;     /* wall time; reported on request only */

    /* For people who ask --explain: why each location is control or data, one line each, or NULL. */
    char *explanation;

    struct outcome_witness
        *witnesses; /* those that violate claims first, then what else goes wrong, then values; those that
                                           were asked for before what goes wrong */
    size_t witness_count;
    struct outcome_omission *omissions;
    size_t omission_count;
};

/* Returns an empty outcome as new: nothing computed, numbers zero. */
struct outcome *outcome_new(void);

/* Says in an outcome what is checked: copies of the problem's parts, and how its scheduler describes itself. */
void outcome_describe(struct outcome *self, const struct problem *problem);

/* Frees an outcome; NULL is allowed. */
void outcome_free(struct outcome *self);

/* Whether no end can be reached from some state, a deadlock included; and whether every schedule, as fair as was asked for, comes
 * to its end: holds, is violated, or is not known. */
enum claim_verdict outcome_hangs(const struct outcome *self);
enum claim_verdict outcome_terminates(const struct outcome *self);

/* Writes the least and the greatest final value that was found; returns false where none was. */
bool outcome_extremes(const struct outcome *self, int64_t *least, int64_t *greatest);

/* Returns the values of the observed variables in a row, borrowed; there are outcome_width() of them. */
const int64_t *outcome_row_values(const struct outcome *self, const struct outcome_row *row);
size_t outcome_width(const struct outcome *self);

/* Whether the output of an end is none of those that are told apart, but any other. */
bool outcome_is_other(const struct outcome *self, int64_t value);

/* Finds the value that stands for an end of members. Returns false where no schedule ends so, as far as is known, or it is not told apart
 * from others. */
bool outcome_find_end(const struct outcome *self, const struct observed_end *end, int64_t *value);

/* Whether it is known how many schedules end with the value of a row. */
bool outcome_has_count(const struct outcome *self, const struct outcome_row *row);

/* Returns the row of a value, borrowed, or NULL where the value is not reachable or rows are not listed. */
const struct outcome_row *outcome_row(const struct outcome *self, int64_t value);

/* Notes that an overflow was not excluded; copies the name. */
void outcome_add_overflow(struct outcome *self, const char *location, uint64_t rounds);

/* Notes that a question was left out; copies its texts. */
void outcome_omit(struct outcome *self, const char *question, const char *reason, const char *remedy);
