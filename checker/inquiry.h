/* inquiry: an analysis under way, for the files that answer its questions (inquiry_*.c) and the pipeline (analysis.c).
 *
 * It holds what they share: the program in its two views, the slice, the stages opened so far, the outcome being filled;
 * and the one policy about cost: what is answered, what is left out, and when an outcome is incomplete. */
#ifndef RACECHECK_CHECKER_INQUIRY_H
#define RACECHECK_CHECKER_INQUIRY_H

#include "checker/analysis.h"
#include "checker/estimate.h"
#include "checker/stage.h"
#include "checker/witness.h"

/* An analysis under way. */
struct inquiry {
    const struct program *program;
    const struct analysis_options *options;
    struct outcome *outcome;
    struct machine *whole;   /* nothing is data: for the static view */
    struct machine *machine; /* sliced */
    struct slice *slice;
    struct stage_setting setting;
    struct stage main;  /* for values, perhaps fused */
    struct stage exact; /* for counts, where main is fused */
    struct stage marked;
    bool main_open, exact_open, marked_open;
    struct extremes extremes;
    bool must_unslice; /* the slice turned out not to do */
    bool may_grow;     /* ... since a cycle adds to data, at most greatest_addend each time */
    uint64_t greatest_addend;
};

/* Whether any of some questions (bits of enum question) was asked, or must be answered whatever it costs. */
bool inquiry_wants(const struct inquiry *self, unsigned question);
bool inquiry_insists(const struct inquiry *self, unsigned question);

/* Whether a question may be answered at an estimated cost; where not, it is left out and the outcome says so. */
bool inquiry_affords(struct inquiry *self, unsigned question, const char *name, const struct estimate *estimate);

/* The seconds that a question may be estimated to take. */
double inquiry_patience(const struct inquiry *self, unsigned question);

/* Leaves a question out for a reason of its own, if it was asked. */
void inquiry_omit_if_wanted(struct inquiry *self, unsigned question, const char *name, const char *reason,
                            const char *remedy);

/* Says that the outcome is incomplete: for the limit that was reached, or else for `why`. */
void inquiry_mark_incomplete(struct inquiry *self, const char *why);

/* A question could not be answered to its end: leaves it out, or makes the outcome incomplete. */
void inquiry_give_up(struct inquiry *self, unsigned question, const char *name);

/* The row of a value that was found, borrowed; it is a bug if there is none. */
struct outcome_row *inquiry_row(struct outcome *outcome, int64_t value);

/* The stage in which every step is its own, borrowed; NULL where it cannot be opened. */
struct stage *inquiry_exact_stage(struct inquiry *self);

/* About how many places an array over values has: for estimates. */
double inquiry_value_width(const struct inquiry *self, const struct space *space);

/* The most steps of the program that a schedule can have, however many of them the main space takes as one; where schedules
 * need not end, the most without a cycle. */
uint64_t inquiry_longest(const struct inquiry *self);

/* The greatest magnitude that a step adds to one of some locations (a flag each; NULL: all), of all steps in the main space
 * and of all instructions in the program's text: moves that are not relevant, and what fused steps add in between, are in
 * the text alone. */
uint64_t inquiry_greatest_addend(const struct inquiry *self, const bool *locations);

/* Makes sure that a stage knows its bands. */
bool inquiry_have_bands(struct stage *stage);

/* ---- Witnesses (inquiry_witness.c) ------------------------------------------------------------------------------ */

/* Whether a final value is to be shown: it was asked for, or it violates a claim; and whether it is to be shown for that
 * reason. */
bool inquiry_wants_value(const struct inquiry *self, int64_t value);
bool inquiry_claims_value(const struct inquiry *self, int64_t value);

/* Whether a schedule that ends so was adopted (value is 0 where the end has none). */
bool inquiry_has_witness(const struct inquiry *self, enum outcome_end end, int64_t value);

/* Whether there is a deadlock, an error of the program, or an overlap, and a witness for it is wanted. */
bool inquiry_wants_witness(const struct inquiry *self, enum outcome_end end);

/* Adds a schedule that was found to the outcome, in its place; takes the
 * schedule. It is replayed: where it does not end so, or has not as many preemptions as it says, that is a fault. */
void inquiry_adopt_witness(struct inquiry *self, enum outcome_end end, int64_t value, struct witness *found);

/* Replays a schedule that must be possible and returns its trace as new. */
struct trace *inquiry_replay(const struct inquiry *self, const struct schedule *schedule);

/* ---- The questions (the other inquiry_*.c) ---------------------------------------------------------------------- */

/* Finds the values, or the extremes alone. Returns false where the analysis cannot go on. */
bool inquiry_find_values(struct inquiry *self);

/* Makes a row for each value, and notes the extremes of the set. */
void inquiry_make_rows(struct inquiry *self);
void inquiry_note_extremes(struct inquiry *self);

/* Counts the schedules of each value, and checks their sum. */
void inquiry_count_schedules(struct inquiry *self);

/* Finds the probability of each value under the random scheduler, in a space without cycles; and in one with cycles. */
void inquiry_find_probabilities(struct inquiry *self);
void inquiry_find_absorption(struct inquiry *self);

/* The system as it is, nothing merged and nothing collapsed, as new. */
struct system *inquiry_concrete_system(const struct inquiry *self);

/* Finds the fewest preemptions for each value, and the witnesses for values and errors of the program. */
void inquiry_find_preemptions(struct inquiry *self);

/* Finds the witnesses that are wanted for the least and the greatest value, and for an error of the program. */
void inquiry_find_extreme_witnesses(struct inquiry *self);

/* Notes whether critical sections exclude each other, as far as the main stage knows: all of it where it was explored to
 * the end. */
void inquiry_note_exclusion(struct inquiry *self, bool explored);

/* Finds who can starve, where that is asked, or where schedules need not end. */
void inquiry_find_properties(struct inquiry *self);

/* Finds the witnesses for a deadlock and for two threads in one critical section. Of an incomplete analysis, also those for
 * errors of the program, and for values that are part of the states. */
void inquiry_find_shortest(struct inquiry *self);

/* Finds the witnesses that are wanted for what an incomplete analysis has found. Closes the main stage. */
void inquiry_show_found(struct inquiry *self);

#endif
