/* The shortest schedules to what should not happen; of an incomplete analysis, to whatever it has found.
 *
 * One breadth-first search over concrete states looks for all of them, and is begun only when they are known to exist. */
#include "analysis/analysis_parts.h"
#include "base/fault.h"
#include "base/memory.h"
#include "space/explorer.h"
#include "space/macrostep.h"

/* How many states a search visits in a second, for estimates only; and the seconds that it has once the time is over. */
static const double search_states_per_second = 1e6;
static const double grace_seconds = 0.1;

/* Of an incomplete analysis no more values than these are shown. */
enum { VALUE_GOALS_MAX = 100 };

/* Where a schedule is to end. */
struct goal {
    enum outcome_end end;
    int64_t value; /* for OUTCOME_VALUE */
    bool is_found;
};

struct pursuit {
    struct analysis *analysis;
    struct explorer explorer;
    struct goal goals[VALUE_GOALS_MAX + OUTCOME_OVERLAP];
    size_t count;
    size_t left; /* not found */
};

/* ---- Goals ------------------------------------------------------------------------------------------------------ */

static bool has_goal(const struct pursuit *self, enum outcome_end end, int64_t value)
{
    for (size_t g = 0; g < self->count; g++)
        if (self->goals[g].end == end && self->goals[g].value == value)
            return true;
    return false;
}

static void add_goal(struct pursuit *self, enum outcome_end end, int64_t value)
{
    if (analysis_has_witness(self->analysis, end, value) || has_goal(self, end, value))
        return;
    self->goals[self->count++] = (struct goal){end, value, false};
    self->left++;
}

/* Those that violate claims come first. */
static void add_value_goals(struct pursuit *self)
{
    const struct outcome *outcome = self->analysis->outcome;
    const struct intervals *values = &outcome->values;
    for (size_t c = 0; c < outcome->claim_count; c++)
        if (analysis_claims_value(self->analysis, outcome->claims[c].value))
            add_goal(self, OUTCOME_VALUE, outcome->claims[c].value);
    for (size_t i = 0; i < values->count; i++)
        for (int64_t v = values->items[i].first;; v++) {
            if (self->count == VALUE_GOALS_MAX) {
                outcome_omit(self->analysis->outcome, "witness", "more values were found than are shown", "");
                return;
            }
            if (analysis_wants_value(self->analysis, v))
                add_goal(self, OUTCOME_VALUE, v);
            if (v == values->items[i].last)
                break;
        }
}

/* A complete analysis finds those of values and errors elsewhere, with the fewest preemptions. */
static void choose_goals(struct pursuit *self)
{
    const struct analysis *analysis = self->analysis;
    bool values_are_control = !analysis->slice->data[analysis->slice->observed];
    if (analysis_wants_witness(analysis, OUTCOME_DEADLOCK))
        add_goal(self, OUTCOME_DEADLOCK, 0);
    if (analysis_wants_witness(analysis, OUTCOME_OVERLAP))
        add_goal(self, OUTCOME_OVERLAP, 0);
    if (analysis->outcome->complete && analysis->outcome->can_die && analysis_wants_witness(analysis, OUTCOME_FAILURE))
        add_goal(self, OUTCOME_FAILURE, 0);
    if (analysis->outcome->complete)
        return;
    if (analysis_wants_witness(analysis, OUTCOME_FAILURE))
        add_goal(self, OUTCOME_FAILURE, 0);
    if (values_are_control)
        add_value_goals(self);
}

static const char *goal_name(const struct goal *goal)
{
    static const char *const names[] = {[OUTCOME_VALUE] = "witness",
                                        [OUTCOME_DEADLOCK] = "deadlock",
                                        [OUTCOME_FAILURE] = "error",
                                        [OUTCOME_OVERLAP] = "overlap"};
    return names[goal->end];
}

/* ---- Searching -------------------------------------------------------------------------------------------------- */

static bool is_reached(const struct pursuit *self, const struct goal *goal, bool is_end)
{
    const struct machine *machine = self->explorer.system->machine;
    const struct observed *observation = &self->analysis->slice->observation;
    const uint64_t *state = self->explorer.state;
    bool is_finished = machine_finished(machine, state) == machine_everybody(machine);
    switch (goal->end) {
    case OUTCOME_DEADLOCK:
        return is_end && !is_finished;
    case OUTCOME_OVERLAP:
        return macrostep_finds_overlap(machine, state);
    case OUTCOME_VALUE:
        return is_finished &&
               observed_value(observation, machine, state, &self->analysis->outcome->tuples) == goal->value;
    default:
        break;
    }
    return false;
}

/* Adopts the way to the state that is being expanded, and one more step where that is an error of the program. */
static void adopt(struct pursuit *self, struct goal *goal, const struct explorer_step *failing)
{
    struct witness found = {.preemptions = WITNESS_UNCOUNTED};
    explorer_tell_way(&self->explorer, self->explorer.here, &found.schedule);
    if (failing != NULL)
        schedule_add(&found.schedule, system_action(self->explorer.system, failing->option, failing->thread));
    goal->is_found = true;
    self->left--;
    analysis_adopt_witness(self->analysis, goal->end, goal->value, &found);
}

static bool look_at_state(void *context, const struct system_choices *choices)
{
    struct pursuit *self = context;
    for (size_t g = 0; g < self->count; g++)
        if (!self->goals[g].is_found && is_reached(self, &self->goals[g], system_is_end(choices)))
            adopt(self, &self->goals[g], NULL);
    return self->left > 0;
}

static bool look_at_step(void *context, const struct explorer_step *step)
{
    struct pursuit *self = context;
    bool fails = step->target == STATESET_NONE || (step->step != NULL && step->step->dies);
    for (size_t g = 0; g < self->count && fails; g++)
        if (!self->goals[g].is_found && self->goals[g].end == OUTCOME_FAILURE)
            adopt(self, &self->goals[g], step);
    return self->left > 0;
}

/* ---- Limits ----------------------------------------------------------------------------------------------------- */

/* The states that a witness may cost; 0: as many as it takes. */
static uint64_t affordable_states(const struct analysis *self)
{
    uint64_t limit = self->options->budget->max_states;
    uint64_t states = (uint64_t)(analysis_patience(self, QUESTION_WITNESS) * search_states_per_second);
    if (!self->outcome->complete)
        return states;
    if (analysis_insists(self, QUESTION_WITNESS))
        return limit;
    return limit != 0 && limit < states ? limit : states;
}

/* Of an incomplete analysis one limit was reached; the others still hold. */
static struct budget remaining_budget(const struct analysis *self)
{
    struct budget budget = *self->options->budget;
    if (budget.limit == BUDGET_TIME)
        budget.max_seconds = budget_seconds(&budget) + grace_seconds;
    if (budget.limit != BUDGET_INTERRUPTED)
        budget.limit = BUDGET_OK;
    return budget;
}

static void note_unfound(struct analysis *self, enum explorer_result result, const char *name)
{
    if (result == EXPLORER_COMPLETE && !self->outcome->can_die)
        fault("a %s was explored but is not to be found", name);
    if (result == EXPLORER_TOO_LARGE)
        outcome_omit(self->outcome, name, "the shortest one lies behind too many states", "--compute witness");
    else if (self->outcome->complete)
        analysis_give_up(self, QUESTION_WITNESS, "witness");
    else
        outcome_omit(self->outcome, name, "the limit left no time or memory to find its schedule", "");
}

void analysis_find_shortest(struct analysis *self)
{
    static const struct explorer_observer observer = {.state = look_at_state, .step = look_at_step};
    struct explorer_options options = {.phase = "shortest schedules", .max_states = affordable_states(self)};
    struct pursuit pursuit = {.analysis = self};
    choose_goals(&pursuit);
    if (pursuit.left == 0)
        return;
    enum explorer_result result = explorer_run(&pursuit.explorer, self->machine, self->setting.scheduler, &options,
                                               &observer, &pursuit, self->options->budget);
    explorer_free(&pursuit.explorer);
    for (size_t g = 0; g < pursuit.count; g++)
        if (!pursuit.goals[g].is_found)
            note_unfound(self, result, goal_name(&pursuit.goals[g]));
}

/* The values are all known where the analysis was ended behind them. */
static void find_known_values(struct analysis *self)
{
    if (self->outcome->has_values && self->slice->data[self->slice->observed])
        analysis_find_extreme_witnesses(self);
    prepared_space_close(&self->last_thread);
    self->last_thread_tried = false;
}

void analysis_show_found(struct analysis *self)
{
    const struct analysis_options *options = self->options;
    struct budget remaining = remaining_budget(self);
    struct analysis_options again = *options;
    char *reason = self->outcome->incomplete_reason;
    if (remaining.limit != BUDGET_OK)
        return;
    self->outcome->incomplete_reason = NULL;
    again.budget = &remaining;
    self->options = &again;
    self->setting.budget = &remaining;
    find_known_values(self);
    prepared_space_close(&self->main);
    analysis_find_shortest(self);
    analysis_find_claims(self, &remaining);
    self->options = options;
    self->setting.budget = options->budget;
    memory_free(self->outcome->incomplete_reason);
    self->outcome->incomplete_reason = reason;
}
