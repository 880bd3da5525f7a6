/* analysis: the pipeline of the checker, from a program to an outcome.
 *
 *     program -> slice -> state space -> fold -> outcome
 *
 * One call answers all questions that were asked. It decides which reductions are sound, estimates what each question
 * costs before it is paid, and has every witness replayed. */
#pragma once

#include "analysis/outcome.h"
#include "analysis/sample.h"
#include "base/budget.h"
#include "base/error.h"
#include "program/observation.h"

struct program;
struct scheduler;

/* The questions, as bits. Each includes what it needs: counts need the values. */
enum question {
    QUESTION_EXTREMES = 1u << 0,    /* least and greatest final value */
    QUESTION_VALUES = 1u << 1,      /* the set of final values */
    QUESTION_COUNTS = 1u << 2,      /* exact number of schedules for each */
    QUESTION_RANDOM = 1u << 3,      /* exact probability of each under the random scheduler */
    QUESTION_PREEMPTIONS = 1u << 4, /* fewest preemptions for each */
    QUESTION_WITNESS = 1u << 5,     /* the witnesses that the options ask for */
    QUESTION_EVENTS = 1u << 6,      /* how often what is counted happens */
    QUESTION_ALL = (1u << 7) - 1,
    QUESTION_DETECTION = 1u << 7, /* how likely a run of each tester is to show each; only where it is insisted on */
};

/* Which witnesses are wanted. What can go wrong (a deadlock, an error of the program, two threads in one critical section)
 * gets a witness too, unless only one of the others is asked for. */
enum witness_wish {
    WITNESS_NONE,
    WITNESS_MINIMUM,
    WITNESS_VALUE,
    WITNESS_ALL,
    WITNESS_DEADLOCK,
    WITNESS_FAILURE,
    WITNESS_OVERLAP,
    WITNESS_HANG
};

struct analysis_options {
    const struct scheduler *scheduler; /* borrowed; NULL: free */
    struct observation observation;    /* what is observed; of several words each tuple is an outcome of its own */
    unsigned questions;                /* bits of enum question: what is wanted if it fits the patience */
    unsigned insist;                   /* bits of enum question: what is wanted whatever it costs */
    double patience;                   /* seconds that a question may be estimated to take; 0: the default */
    bool no_slice;                     /* the classical explicit search */
    bool no_symmetry;
    bool no_partial_order; /* every step of the program is one of the space */
    bool no_cells; /* states are searched one by one */
    uint64_t
        unfused_entries;  /* up to so many entries of a grid one space serves all questions; beyond, values are looked
                                 for in the fused one first; 0: the default */
    bool eager;           /* explore as large searches do, however small; for tests */
    uint64_t outputs_max; /* up to so many outputs are told one by one; 0: the default */
    bool explain;         /* fill outcome.explanation */
    enum witness_wish witness;
    int64_t witness_value;                   /* for WITNESS_VALUE */
    const struct observed_end *witness_ends; /* ... instead, where they are more than a number; borrowed */
    size_t witness_end_count;
    bool by_outcome;                  /* count events for each outcome, too */
    const struct sample_wish *sample; /* schedules to draw, or NULL; borrowed */
    uint32_t detection_depth;         /* of PCT, for QUESTION_DETECTION */
    bool count_behaviour;             /* find out how many schedules print along each transition of the behaviour */
    bool ask_starvation;            /* find out how long each thread can be kept waiting; unasked, and not claimed to be
                                          finite, only where schedules need not end and the state space is small */
    enum outcome_fairness fairness; /* ... if endless schedules are this fair */
    unsigned jobs;                  /* threads; 0: all cores */
    struct budget *budget;          /* borrowed */
};

/* Answers for a program whose loops are not unrolled (program_is_rolled()), by the proof for every number of repetitions alone; fills *outcome
 * like analysis_run(). Returns false with *error set where that does not apply. */
bool analysis_run_rolled(const struct program *program, const struct analysis_options *options, struct outcome *outcome,
                         struct error *error);

/* Runs the analysis of a program and fills *outcome (from outcome_new()) with everything that is found; what was checked
 * (model, text, ...) is left to the caller. Claims that stand in the outcome are judged. Returns false with *error set where there is no word of that number to
 * observe, or where the threads have more than 16 million instructions together.
 * A limit that was reached is no error: outcome->complete is false then. */
bool analysis_run(const struct program *program, const struct analysis_options *options, struct outcome *outcome,
                  struct error *error);
