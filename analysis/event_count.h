/* event_count: how often something happens in the schedules of a program (program/counted_event.h).
 *
 * All schedules count, also those that end in a deadlock or in an error of the program; of those that never end the expected number
 * and the greatest one know. */
#pragma once

#include "program/schedule.h"

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The schedules in which it happens so often. */
struct event_count_row {
    int64_t count;
    mpz_t schedules;
    mpq_t random; /* their probability under the random scheduler, in lowest terms */
};

/* Ways through the states: all that come to one of them, or to an end. */
struct event_ways {
    bool are_there;
    mpq_t probability; /* under the random scheduler */
    mpq_t moment;      /* the first one: each number of times, times its probability */
    int64_t least, greatest;
};

/* The schedules that end alike. */
struct event_count_end {
    int end; /* an enum outcome_end: a value, a deadlock, or an error of the program */
    int64_t value;
    struct event_ways ways;
};

/* What was not computed is marked so. */
struct event_count {
    char *name;
    bool has_extremes; /* the next three; there is no least number where no schedule ends */
    bool has_least;
    bool is_unbounded; /* it can happen as often as one likes: there is no greatest number */
    int64_t least;
    int64_t greatest;
    bool has_expected;            /* the next three */
    bool is_infinite;             /* the expected number is: it happens again and again in schedules that never end */
    mpq_t expected;               /* under the random scheduler, in lowest terms */
    double expected_error;        /* about how far off that may be; 0: it is exact */
    bool has_distribution;        /* the rows, which are all; schedules must be finite */
    struct event_count_row *rows; /* ascending */
    size_t row_count;
    bool has_ends;                /* for each way to end, where that was asked for and schedules are finite: */
    struct event_count_end *ends; /* by end, then by value */
    size_t end_count;
    struct schedule
        least_schedule; /* one that ends, in which it happens so often, the shortest; empty: there is none, or it was not */
    struct schedule greatest_schedule; /* ... looked for */
};

/* Starts a count, copying the name, with nothing computed; and frees what it owns. */
void event_count_start(struct event_count *self, const char *name);
void event_count_free(struct event_count *self);

/* The ways of an end, borrowed until the next one is asked for; new and empty where there are none yet. */
struct event_ways *event_count_end(struct event_count *self, int end, int64_t value);

/* Starts ways, of which there are none, and frees what they own; adds others, times a share of theirs, on which it happens so many times more. */
void event_ways_start(struct event_ways *self);
void event_ways_free(struct event_ways *self);
void event_ways_add(struct event_ways *self, const struct event_ways *others, int64_t more, const mpq_t share);

/* Adds a row for a count that is greater than that of all rows; borrowed until the next one is added. */
struct event_count_row *event_count_add(struct event_count *self, int64_t count);
