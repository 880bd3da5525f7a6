/* measurement: how a real program has ended in many runs, beside all the ways in which it can end.
 *
 * Plain data, filled by whoever has it run (apps/free_runs.h); it owns its texts and is freed with measurement_free(). What can happen an
 * outcome says, of the same program with its output observed. An *alarm* is a run that ended as no schedule does, of an outcome that is
 * complete: either the model or the machine is not what people think. An outcome is not where a limit was reached first, nor where some schedule
 * comes to what is not covered. */
#pragma once

#include "analysis/outcome.h"
#include "report/content.h"
#include "report/members.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An output of runs that came to their ends. */
struct measured_output {
    char *text;
    uint64_t seen; /* in so many */
};

struct measurement {
    char *runner;                    /* by what it was compiled, or is executed: "gcc -O2", "python3" */
    bool is_compiled;                /* ... the former, and its threads start together */
    bool is_default_model;           /* nobody has said what the machine is like */
    double seconds_max;              /* that a run may take */
    uint64_t wanted, runs;           /* how many there were to be, and were */
    struct measured_output *outputs; /* in the order of their bytes */
    size_t output_count;
    uint64_t hung;   /* runs that did not come to an end in their time, or wrote without end */
    uint64_t failed; /* runs that ended by an error */
    char *failure;   /* the first of these, in words; or NULL */
};

/* Whether all is known that can happen. */
bool measurement_is_complete(const struct outcome *outcome);

/* Whether runs can end so: with this output, never, by an error. */
enum reachability measurement_reach_output(const struct outcome *outcome, const char *text);
enum reachability measurement_reach_hang(const struct outcome *outcome);
enum reachability measurement_reach_failure(const struct outcome *outcome);

/* How many runs are an alarm. */
uint64_t measurement_alarms(const struct measurement *self, const struct outcome *outcome);

/* How many of the outputs that are possible were seen; and how many are possible, where that is known and no infinity. */
size_t measurement_seen(const struct measurement *self, const struct outcome *outcome);
bool measurement_count_possible(const struct outcome *outcome, mpz_t count);

/* How far the shares are from the probabilities of the random scheduler, as the total variation distance: from 0, the same, to 1, nothing in
 * common. Returns false where it is not known. */
bool measurement_distance(const struct measurement *self, const struct outcome *outcome, double *distance);

/* Adds it all; unless it is to be full, of many outcomes only those that were seen. */
void measurement_add(struct content *content, const struct measurement *self, const struct outcome *outcome,
                     bool is_full);

void measurement_free(struct measurement *self);
