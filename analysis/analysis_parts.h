/* analysis: an analysis under way, for the files that answer its questions (analysis_*.c) and the pipeline (analysis.c).
 *
 * It holds what they share: the program in its two views, the slice, the prepared spaces opened so far, the outcome being filled;
 * and the one policy about cost: what is answered, what is left out, and when an outcome is incomplete. */
#pragma once

#include "analysis/analysis.h"
#include "analysis/estimate.h"
#include "analysis/prepared_space.h"
#include "analysis/witness.h"
#include "program/program.h"
#include "space/cells.h"

/* Where values may grow for ever, so many states are enough to know that no end is in sight. */
enum { GROWTH_SIGHT = 1000000 };

/* An analysis under way. */
struct analysis {
    const struct program *program;  /* the one that was given, or `annotated` */
    struct program annotated;       /* a copy that tells what is observed of outputs and registers */
    struct outputs *outputs;        /* those that are told apart, where states hold the output */
    struct observation observation; /* what can be observed of that which was asked */
    const struct analysis_options *options;
    struct outcome *outcome;
    struct machine *whole; /* nothing is data: for the static view */
    struct program *split; /* the program, where it helps that registers are told apart (live_ranges.h), or NULL; */
    bool was_split;        /* ... and whether there was such a program, */
    bool keeps_registers;  /* ... which did not do */
    const struct program *sliced; /* what the slice is one of: the program, or `split` */
    struct machine *machine;      /* ... and its machine */
    struct slice *slice;
    struct prepared_space_setting setting;
    struct prepared_space main;        /* for values, perhaps fused */
    struct prepared_space exact;       /* for counts, where main is fused */
    struct prepared_space last_thread; /* states also tell who stepped last */
    bool last_thread_tried;            /* ... and whether it was tried to open that */
    bool cells_overlap; /* a search by cells met threads in a critical section together; no space is open */
    struct extremes extremes;
    bool must_unslice; /* the slice turned out not to do */
    bool may_grow;     /* ... since a cycle adds to data, at most greatest_addend each time */
    uint64_t greatest_addend;
};

/* Whether any of some questions (bits of enum question) was asked, or must be answered whatever it costs. */
bool analysis_wants(const struct analysis *self, unsigned question);
bool analysis_insists(const struct analysis *self, unsigned question);

/* Whether a question may be answered at an estimated cost; where not, it is left out and the outcome says so. */
bool analysis_affords(struct analysis *self, unsigned question, const char *name, const struct estimate *estimate);

/* The seconds that a question may be estimated to take. */
double analysis_patience(const struct analysis *self, unsigned question);

/* Leaves a question out for a reason of its own, if it was asked. */
void analysis_omit_if_wanted(struct analysis *self, unsigned question, const char *name, const char *reason,
                             const char *remedy);

/* Adds a line to what is told about how it was done, where that is asked for. */
void analysis_explain(struct analysis *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says that the outcome is incomplete: for the limit that was reached, or else for `why`. */
void analysis_mark_incomplete(struct analysis *self, const char *why);

/* A question could not be answered to its end: leaves it out, or makes the outcome incomplete. */
void analysis_give_up(struct analysis *self, unsigned question, const char *name);

/* The row of a value that was found, borrowed; it is a bug if there is none. */
struct outcome_row *analysis_row(struct outcome *outcome, int64_t value);

/* How spaces of a machine are opened, but for whether they may be grids. */
struct prepared_space_setting analysis_setting(const struct analysis *self, struct machine *machine,
                                               const struct slice *slice);

/* The space in which every step is its own, borrowed; NULL where it cannot be opened. */
struct prepared_space *analysis_exact_space(struct analysis *self);

/* A space of states with all their values, beside those of an analysis. */
struct whole_space {
    struct slice *slice; /* everything is control */
    struct machine *machine;
    struct budget budget; /* the analysis's, but for fewer states */
    struct prepared_space_setting setting;
    struct prepared_space prepared;
};

/* Opens such a space, of at most so many states (0: no limit but the analysis's); to be closed whatever the result. It must stay
 * where it is. */
enum prepared_space_result analysis_open_whole(const struct analysis *self, uint64_t max_states, bool edges,
                                               struct whole_space *whole);
void analysis_close_whole(struct whole_space *whole);

/* About how many places an array over values has: for estimates. */
double analysis_value_width(const struct analysis *self, const struct space *space);

/* The instructions of all threads together. */
uint64_t analysis_instructions(const struct machine *machine);

/* The steps of all threads together, where they run straight. */
uint64_t analysis_steps(const struct machine *machine);

/* The most steps of the program that a schedule can have, however many of them a space takes as one; where schedules
 * need not end, the most without a cycle. */
uint64_t analysis_longest(const struct prepared_space *prepared);

/* The greatest magnitude that a step adds to one of some locations (a flag each; NULL: all), of all steps in a space
 * and of all instructions in the program's text: moves that are not relevant, and what fused steps add in between, are in
 * the text alone. */
uint64_t analysis_greatest_addend(const struct prepared_space *prepared, const bool *locations);

/* Data is never looked at while exploring, so that an overflow of it would go unnoticed: whether there may be one, from
 * the greatest first value, the greatest addend, and how many instructions the longest schedule has. */
bool analysis_may_overflow(const struct prepared_space *prepared);

/* Makes sure that a space knows its ranges. */
bool analysis_have_ranges(struct prepared_space *prepared);

/* Whether a search by cells is a way to the values, and no question insists on more. */
bool analysis_may_use_cells(const struct analysis *self);

/* Searches by cells, with local steps together where that is allowed, and up to so many control states. Complete or at a limit, the
 * outcome has what was found; else it has nothing, as where some question can use the steps of so few states. */
enum cells_result analysis_explore_cells(struct analysis *self, bool fuses, size_t max_control_states);

/* Explains, where that is wanted, why states are searched one by one. */
void analysis_explain_states(struct analysis *self, const char *reason);

/* Has a program searched by cells as cells_explore() does, given a slice in which what a search of states would store is control, and what
 * is observed there, of which the slice is: then registers may be told apart as in live_ranges.h; NULL: they must not. Fills in
 * what the options say of locations. */
enum cells_result analysis_run_cells(const struct program *program, const struct slice *slice,
                                     const struct observation *observation, struct cells_options *options,
                                     struct budget *budget, struct cells *cells);

/* ---- Witnesses (analysis_witness.c) ------------------------------------------------------------------------------ */

/* Whether a final value is to be shown: it was asked for, or it violates a claim; and whether it is to be shown for that
 * reason. */
bool analysis_wants_value(const struct analysis *self, int64_t value);
bool analysis_claims_value(const struct analysis *self, int64_t value);

/* How many ends were asked for, and the value of one of them; returns false where none is told apart that is this one. */
size_t analysis_asked_count(const struct analysis *self);
bool analysis_find_asked(const struct analysis *self, size_t number, int64_t *value);

/* Whether a schedule that ends so was adopted (value is 0 where the end has none). */
bool analysis_has_witness(const struct analysis *self, enum outcome_end end, int64_t value);

/* Whether there is a deadlock, an error of the program, or an overlap, and a witness for it is wanted. */
bool analysis_wants_witness(const struct analysis *self, enum outcome_end end);

/* Adds a schedule that was found to the outcome, in its place; takes the
 * schedule. It is replayed: where it does not end so, or has not as many preemptions as it says, that is a fault. */
void analysis_adopt_witness(struct analysis *self, enum outcome_end end, int64_t value, struct witness *found);

/* Adds a witness, which is taken, to the outcome: in the order in which they are told, apart from those of claims. */
void analysis_insert_witness(struct analysis *self, const struct outcome_witness *witness);

/* Replays a schedule that must be possible and returns its trace as new. */
struct trace *analysis_replay(const struct analysis *self, const struct schedule *schedule);

/* ---- The questions (the other analysis_*.c) ---------------------------------------------------------------------- */

/* Finds all that can be printed, and says in `annotated` and `observation` what of it states are to hold. */
void analysis_find_outputs(struct analysis *self);

/* Where the output is one number, whose values are known now: says as an automaton, too, what can be printed. */
void analysis_settle_outputs(struct analysis *self);

/* Finds the values, or the extremes alone. Returns false where the analysis cannot go on. */
bool analysis_find_values(struct analysis *self);

/* Makes a row for each value, and notes the extremes of the set. */
void analysis_make_rows(struct analysis *self);
void analysis_note_extremes(struct analysis *self);

/* Counts the schedules of each value, and checks their sum. */
void analysis_count_schedules(struct analysis *self);

/* Counts the schedules of the one value that was asked for, where all would take too long and that does not. Returns whether it did. */
bool analysis_count_value(struct analysis *self, const struct estimate *all);

/* Finds the probability of each value under the random scheduler, in a space without cycles; and in one with cycles. */
void analysis_find_probabilities(struct analysis *self);
void analysis_find_absorption(struct analysis *self);

/* Whether cycles of the main space add only to data that decides nothing, so that all is well until it overflows; and neither
 * can that be soon, nor does the classical search end within some states, which would know better. What may overflow then
 * is noted in the outcome. */
bool analysis_accepts_growth(struct analysis *self, uint64_t max_states);

/* Finds the fewest preemptions for each value, and the witnesses for values and errors of the program. */
void analysis_find_preemptions(struct analysis *self);

/* Finds the witnesses that are wanted for the least and the greatest value, and for an error of the program. */
void analysis_find_extreme_witnesses(struct analysis *self);

/* Judges the claims that need a search of their own (claim_is_searched()), and finds the schedules that decide them. Of an
 * incomplete outcome, as far as the remaining budget reaches. */
void analysis_find_claims(struct analysis *self, struct budget *budget);

/* Finds how often an event happens in the schedules of each outcome, where schedules are finite. */
struct counted_event;
void analysis_count_jointly(struct analysis *self, const struct counted_event *event, struct event_count *count);

/* Draws the schedules that the options ask for; and finds how likely testers are to show each outcome. */
void analysis_draw_sample(struct analysis *self);
void analysis_find_detection(struct analysis *self);

/* Finds how often each event that the program counts happens. */
void analysis_count_events(struct analysis *self);

/* Appends to an explanation what is proved for every number of repetitions, or why nothing is, where some thread has a loop. */
void analysis_explain_iterations(const struct analysis *self, struct text *text);

/* Notes whether critical sections exclude each other, as far as the main space knows: all of it where it was explored to
 * the end. */
void analysis_note_exclusion(struct analysis *self, bool explored);

/* Finds who can starve, where that is asked, or where schedules need not end. */
void analysis_find_properties(struct analysis *self);

/* Finds the witnesses for a deadlock and for two threads in one critical section. Of an incomplete analysis, also those for
 * errors of the program, and for values that are part of the states. */
void analysis_find_shortest(struct analysis *self);

/* Finds the witnesses that are wanted for what an incomplete analysis has found. Closes the main space. */
void analysis_show_found(struct analysis *self);
