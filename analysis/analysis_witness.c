/* Adopting witnesses: whatever schedule is told has been replayed. */
#include "analysis/analysis_parts.h"
#include "base/fault.h"
#include "base/memory.h"
#include "schedulers/scheduler.h"
#include "trace/replay.h"

#include <string.h>

static bool ends_so(const struct trace *trace, enum outcome_end end, int64_t value)
{
    switch (end) {
    case OUTCOME_VALUE:
        return trace->end == TRACE_FINISHED && trace->finals[0] == value;
    case OUTCOME_DEADLOCK:
        return trace->end == TRACE_DEADLOCKED;
    case OUTCOME_FAILURE:
        return trace->end == TRACE_FAILED || trace->death_text != NULL;
    case OUTCOME_OVERLAP:
        return trace->overlap_text != NULL;
    case OUTCOME_HANG:
        return trace->end == TRACE_UNFINISHED;
    default:
        break;
    }
    return false;
}

struct trace *analysis_replay(const struct analysis *self, const struct schedule *schedule)
{
    struct error error = ERROR_INIT;
    struct observed observed = observed_find(&self->observation, self->whole);
    struct trace *trace =
        replay_run_observing(self->program, self->setting.scheduler, observation_first_word(&self->observation),
                             observed.locations, observed.count, schedule, &error);
    if (trace == NULL)
        fault("a schedule that was found does not replay: %s", error.text);
    trace->observation = self->options->observation;
    return trace;
}

/* Returns the value of the first observed word that a witness is to end with, having made sure of the others. */
static int64_t traced_value(const struct analysis *self, const struct trace *trace, int64_t value)
{
    if (self->observation.count <= 1)
        return value;
    const int64_t *tuple = tuples_at(&self->outcome->tuples, (size_t)value);
    for (size_t w = 0; w < trace->final_count; w++)
        if (trace->finals[w] != tuple[w])
            fault("a witness ends with other values than it should");
    return tuple[0];
}

static void replay_witness(const struct analysis *self, struct outcome_witness *witness, const struct witness *found)
{
    uint32_t preemptions = found->preemptions;
    witness->trace = analysis_replay(self, &found->schedule);
    schedule_append(&witness->schedule, &witness->trace->schedule, 0, witness->trace->schedule.count);
    int64_t value = witness->end == OUTCOME_VALUE ? traced_value(self, witness->trace, witness->value) : 0;
    if (!ends_so(witness->trace, witness->end, value))
        fault("a witness ends otherwise than it should");
    if (preemptions != WITNESS_UNCOUNTED && witness->trace->preemptions != preemptions)
        fault("a witness has %llu preemptions instead of %u", (unsigned long long)witness->trace->preemptions,
              preemptions);
}

/* Whoever asked for certain ends is shown these first; else what goes wrong comes before what one would expect. */
static unsigned rank_of(const struct analysis *self, enum outcome_end end)
{
    static const unsigned ranks[OUTCOME_ENDS] = {
        [OUTCOME_DEADLOCK] = 1, [OUTCOME_HANG] = 2,    [OUTCOME_FAILURE] = 3, [OUTCOME_OVERLAP] = 4,
        [OUTCOME_CLAIM] = 5,    [OUTCOME_ENDLESS] = 6, [OUTCOME_VALUE] = 7};
    return end == OUTCOME_VALUE && self->options->witness == WITNESS_VALUE ? 0 : ranks[end];
}

void analysis_insert_witness(struct analysis *self, const struct outcome_witness *witness)
{
    struct outcome *outcome = self->outcome;
    size_t place = outcome->witness_count;
    while (place > 0 && rank_of(self, outcome->witnesses[place - 1].end) > rank_of(self, witness->end))
        place--;
    outcome->witnesses = memory_resize(outcome->witnesses, outcome->witness_count + 1, sizeof *outcome->witnesses);
    memmove(outcome->witnesses + place + 1, outcome->witnesses + place,
            (outcome->witness_count - place) * sizeof *outcome->witnesses);
    outcome->witnesses[place] = *witness;
    outcome->witness_count++;
}

void analysis_adopt_witness(struct analysis *self, enum outcome_end end, int64_t value, struct witness *found)
{
    struct outcome_witness witness = {
        .end = end, .value = value, .is_shortest = found->preemptions == WITNESS_UNCOUNTED};
    replay_witness(self, &witness, found);
    scheduler_describe_choices(self->setting.scheduler, &witness.schedule, &witness.parameters,
                               &witness.parameter_count);
    schedule_free(&found->schedule);
    analysis_insert_witness(self, &witness);
}

static bool wants_any(const struct analysis *self)
{
    return analysis_wants(self, QUESTION_WITNESS) && self->options->witness != WITNESS_NONE;
}

bool analysis_has_witness(const struct analysis *self, enum outcome_end end, int64_t value)
{
    const struct outcome *outcome = self->outcome;
    for (size_t w = 0; w < outcome->witness_count; w++)
        if (outcome->witnesses[w].end == end && outcome->witnesses[w].value == value)
            return true;
    return false;
}

bool analysis_claims_value(const struct analysis *self, int64_t value)
{
    const struct outcome *outcome = self->outcome;
    for (size_t c = 0; c < outcome->claim_count && wants_any(self); c++) {
        const struct claim *claim = &outcome->claims[c];
        if (claim->kind == CLAIM_VALUE && claim->verdict == CLAIM_VIOLATED && claim->value == value)
            return true;
    }
    return false;
}

size_t analysis_asked_count(const struct analysis *self)
{
    const struct analysis_options *options = self->options;
    return options->witness != WITNESS_VALUE ? 0 : options->witness_end_count > 0 ? options->witness_end_count : 1;
}

bool analysis_find_asked(const struct analysis *self, size_t number, int64_t *value)
{
    const struct analysis_options *options = self->options;
    *value = options->witness_value;
    return options->witness_end_count == 0 || outcome_find_end(self->outcome, &options->witness_ends[number], value);
}

static bool asks_for(const struct analysis *self, int64_t value)
{
    int64_t asked;
    for (size_t n = 0; n < analysis_asked_count(self); n++)
        if (analysis_find_asked(self, n, &asked) && asked == value)
            return true;
    return false;
}

bool analysis_wants_value(const struct analysis *self, int64_t value)
{
    const struct analysis_options *options = self->options;
    const struct outcome *outcome = self->outcome;
    if (!wants_any(self))
        return false;
    bool is_minimum = outcome->complete && outcome->has_extremes && value == outcome->least;
    return options->witness == WITNESS_ALL || (options->witness == WITNESS_MINIMUM && is_minimum) ||
           asks_for(self, value) || analysis_claims_value(self, value);
}

/* What goes wrong is shown unless one of the others is asked for, and whatever is asked for if it violates a claim. */
static bool wants_wrong(const struct analysis *self, enum witness_wish wish, enum claim_kind claim)
{
    enum witness_wish asked = self->options->witness;
    bool asks_for_one =
        asked == WITNESS_DEADLOCK || asked == WITNESS_FAILURE || asked == WITNESS_OVERLAP || asked == WITNESS_HANG;
    bool is_one_of_it = asked == wish || (asked == WITNESS_HANG && wish == WITNESS_DEADLOCK); /* a hang, too */
    bool asks_for_another = asks_for_one && !is_one_of_it;
    return !asks_for_another || claims_violate(self->outcome, claim);
}

bool analysis_wants_witness(const struct analysis *self, enum outcome_end end)
{
    const struct outcome *outcome = self->outcome;
    if (!wants_any(self))
        return false;
    switch (end) {
    case OUTCOME_DEADLOCK:
        return outcome->can_deadlock && wants_wrong(self, WITNESS_DEADLOCK, CLAIM_NO_DEADLOCK);
    case OUTCOME_FAILURE:
        return outcome->can_fail && wants_wrong(self, WITNESS_FAILURE, CLAIM_NO_ERROR);
    case OUTCOME_OVERLAP:
        return outcome->has_exclusion && !outcome->is_exclusive && wants_wrong(self, WITNESS_OVERLAP, CLAIM_EXCLUSIVE);
    case OUTCOME_HANG:
        return outcome->can_hang && wants_wrong(self, WITNESS_HANG, CLAIM_NO_HANG);
    default:
        break;
    }
    return false;
}
