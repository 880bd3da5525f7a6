/* The search by cells: for values that a slice leaves in the states, where no question needs the steps between them; and for claims. */
#include "analysis/analysis_parts.h"
#include "analysis/live_ranges.h"
#include "base/memory.h"
#include "space/cells.h"

#include <string.h>

/* A search of at most so many states keeps its steps, for whoever can use them. */
enum { STEPS_KEPT_STATES = 4000000 };

/* ---- Registers in two -------------------------------------------------------------------------------------------- */

/* The register of a thread that a register of a program whose registers were split was. */
static unsigned undivided_register(const struct machine *split, const struct machine *whole, unsigned number)
{
    unsigned count = machine_register_count(whole), more = machine_register_count(split) - count, first = 0;
    if (number < count)
        return number;
    if (number >= count + more)
        return number - more;
    while (strcmp(machine_register_name(split, first), machine_register_name(split, number)) != 0)
        first++;
    return first;
}

/* What a search of states would store, of a program whose registers may have been split, as new. */
static bool *find_stored(const struct machine *split, const struct machine *whole, const struct slice *slice)
{
    bool *stored = memory_new(machine_location_count(split), sizeof *stored);
    for (location_id l = 0; l < machine_location_count(split); l++) {
        int thread = machine_location_thread(split, l);
        location_id old = l;
        if (thread >= 0)
            old = machine_register_location(whole, (size_t)thread,
                                            undivided_register(split, whole, machine_location_register(split, l)));
        stored[l] = !slice->data[old];
    }
    return stored;
}

/* Splits registers where that leaves more to be data; NULL where it does not. */
static struct program *split_registers(const struct program *program, const struct machine *whole,
                                       const struct slice *slice)
{
    struct slice *guarded = slice_new_of(whole, &slice->observation, NULL, false);
    struct program *split = live_ranges_split(program, whole, guarded);
    slice_free(guarded);
    return split;
}

enum cells_result analysis_run_cells(const struct program *program, const struct slice *slice,
                                     const struct observation *observation, struct cells_options *options,
                                     struct budget *budget, struct cells *cells)
{
    struct machine *whole = machine_new_guarded(program, NULL);
    struct program *split = observation != NULL ? split_registers(program, whole, slice) : NULL;
    struct machine *machine = split != NULL ? machine_new_guarded(split, NULL) : NULL;
    bool *stored = find_stored(split != NULL ? machine : whole, whole, slice);
    options->stored = stored;
    options->observed = split != NULL ? observed_find(observation, machine) : slice->observation;
    enum cells_result result = cells_explore(cells, split != NULL ? split : program, options, budget);
    memory_free(stored);
    machine_free(machine);
    machine_free(whole);
    live_ranges_free(split, program);
    return result;
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

/* The longest schedule, where all schedules to a state are equally long; 0: not known. */
static uint64_t find_depth(const struct analysis *self, const struct cells *cells)
{
    if (cells->fuses)
        return machine_is_straight(self->machine) && cells->finals > 0 ? analysis_steps(self->machine) : 0;
    return cells->is_graded ? cells->depth : 0;
}

static void note_cells(struct analysis *self, const struct cells *cells)
{
    struct outcome *outcome = self->outcome;
    mpz_set(outcome->states, cells->orbit_states);
    mpz_set(outcome->transitions, cells->orbit_steps);
    outcome->stored = cells->states;
    outcome->fused = cells->fuses;
    outcome->depth = find_depth(self, cells);
    outcome->collapsed = cells->collapses;
    outcome->has_stretches = machine_has_stretches(self->machine);
    outcome->can_deadlock = cells->deadlocks > 0;
    outcome->has_gap = cells->gaps;
    outcome->can_die = false;
    outcome->can_fail = cells->failures > 0;
    memory_free(outcome->failure_text);
    outcome->failure_text = cells->failure_text != NULL ? memory_copy_string(cells->failure_text) : NULL;
    outcome->endless = outcome->can_hang = outcome->must_hang = false;
    outcome->endless_unknown = cells->may_be_endless;
    tuples_free(&outcome->tuples);
    tuples_add_all(&outcome->tuples, &cells->final_tuples);
    if (self->observation.count > 1)
        outcome->tuples.width = self->observation.count;
    intervals_union(&outcome->values, &cells->final_values, 0);
    outcome->has_values = true;
    outcome->by_cells = true;
    self->cells_overlap = cells->overlaps;
}

static void explain_more(struct analysis *self, const char *line)
{
    struct outcome *outcome = self->outcome;
    struct text text = TEXT_INIT;
    text_print(&text, "%s%s", outcome->explanation != NULL ? outcome->explanation : "", line);
    memory_free(outcome->explanation);
    outcome->explanation = text_take(&text);
}

void analysis_explain_states(struct analysis *self, const char *reason)
{
    struct text text = TEXT_INIT;
    text_print(&text, "states   one by one, in a hash set: %s\n", reason);
    if (self->options->explain)
        explain_more(self, text_string(&text));
    text_free(&text);
}

static void explain_cells(struct analysis *self, const struct cells *cells)
{
    struct text text = TEXT_INIT;
    text_print(&text,
               "states   by cells: %llu of %llu control states have data, in words of up to %u bits, together %llu "
               "states\n",
               (unsigned long long)cells->cell_count, (unsigned long long)cells->control_states, cells->widest,
               (unsigned long long)cells->states);
    if (self->options->explain)
        explain_more(self, text_string(&text));
    text_free(&text);
}

/* Whether nobody needs the steps of a space in which every value is in the states. */
bool analysis_may_use_cells(const struct analysis *self)
{
    return !self->setting.grid && !self->slice->data[self->slice->observed] && !self->options->no_cells &&
           !analysis_insists(self, QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS | QUESTION_WITNESS);
}

/* Whether a search that keeps steps is worth it: some question would use them, and there are few enough. */
static bool keeps_steps(const struct analysis *self, const struct cells *cells)
{
    return cells->states <= STEPS_KEPT_STATES &&
           analysis_wants(self, QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS | QUESTION_WITNESS);
}

enum cells_result analysis_explore_cells(struct analysis *self, bool fuses, size_t max_control_states)
{
    struct cells cells;
    struct cells_options options = {.scheduler = self->setting.scheduler,
                                    .system = {self->setting.symmetry, false, true, fuses},
                                    .jobs = self->setting.jobs,
                                    .max_control_states = max_control_states};
    enum cells_result result =
        analysis_run_cells(self->sliced, self->slice, &self->observation, &options, self->options->budget, &cells);
    if (result == CELLS_COMPLETE && keeps_steps(self, &cells)) {
        cells.reason = "their steps are kept";
        result = CELLS_UNFIT;
    }
    if (result == CELLS_COMPLETE || result == CELLS_LIMIT) {
        explain_cells(self, &cells);
        note_cells(self, &cells);
    }
    if (result == CELLS_UNFIT)
        analysis_explain_states(self, cells.reason);
    if (result == CELLS_LIMIT)
        analysis_mark_incomplete(self, "the state space is too large");
    cells_free(&cells);
    return result;
}
