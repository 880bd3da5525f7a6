/* Adopting witnesses: whatever schedule is told has been replayed. */
#include "base/fault.h"
#include "base/memory.h"
#include "checker/inquiry.h"
#include "checker/replay.h"
#include "checker/scheduler.h"

#include <string.h>

static bool ends_so(const struct trace *trace, enum outcome_end end, int64_t value)
{
    switch (end) {
    case OUTCOME_VALUE:
        return trace->end == TRACE_FINISHED && trace->value == value;
    case OUTCOME_DEADLOCK:
        return trace->end == TRACE_DEADLOCKED;
    case OUTCOME_FAILURE:
        return trace->end == TRACE_FAILED;
    case OUTCOME_OVERLAP:
        return trace->overlap_text != NULL;
    }
    return false;
}

struct trace *inquiry_replay(const struct inquiry *self, const struct schedule *schedule)
{
    struct error error = ERROR_INIT;
    struct trace *trace = replay_run(self->program, self->setting.scheduler, self->options->word, schedule, &error);
    if (trace == NULL)
        fault("a schedule that was found does not replay: %s", error.text);
    return trace;
}

static void replay_witness(const struct inquiry *self, struct outcome_witness *witness, const struct witness *found)
{
    uint32_t preemptions = found->preemptions;
    witness->trace = inquiry_replay(self, &found->schedule);
    schedule_append(&witness->schedule, &witness->trace->schedule, 0, witness->trace->schedule.count);
    if (!ends_so(witness->trace, witness->end, witness->value))
        fault("a witness ends otherwise than it should");
    if (preemptions != WITNESS_UNCOUNTED && witness->trace->preemptions != preemptions)
        fault("a witness has %llu preemptions instead of %u", (unsigned long long)witness->trace->preemptions,
              preemptions);
}

/* Witnesses are in the order of their ends. */
static void insert_witness(struct outcome *outcome, const struct outcome_witness *witness)
{
    size_t place = outcome->witness_count;
    while (place > 0 && outcome->witnesses[place - 1].end > witness->end)
        place--;
    outcome->witnesses = memory_resize(outcome->witnesses, outcome->witness_count + 1, sizeof *outcome->witnesses);
    memmove(outcome->witnesses + place + 1, outcome->witnesses + place,
            (outcome->witness_count - place) * sizeof *outcome->witnesses);
    outcome->witnesses[place] = *witness;
    outcome->witness_count++;
}

void inquiry_adopt_witness(struct inquiry *self, enum outcome_end end, int64_t value, struct witness *found)
{
    struct outcome_witness witness = {.end = end, .value = value};
    replay_witness(self, &witness, found);
    scheduler_describe_choices(self->setting.scheduler, &witness.schedule, &witness.parameters,
                               &witness.parameter_count);
    schedule_free(&found->schedule);
    insert_witness(self->outcome, &witness);
}

bool inquiry_wants_witness(const struct inquiry *self, enum outcome_end end)
{
    const struct outcome *outcome = self->outcome;
    enum witness_wish wish = self->options->witness;
    if (!inquiry_wants(self, QUESTION_WITNESS) || wish == WITNESS_NONE)
        return false;
    bool asks_for_one = wish == WITNESS_DEADLOCK || wish == WITNESS_FAILURE || wish == WITNESS_OVERLAP;
    switch (end) {
    case OUTCOME_DEADLOCK:
        return outcome->can_deadlock && (!asks_for_one || wish == WITNESS_DEADLOCK);
    case OUTCOME_FAILURE:
        return outcome->can_fail && (!asks_for_one || wish == WITNESS_FAILURE);
    case OUTCOME_OVERLAP:
        return outcome->has_exclusion && !outcome->is_exclusive && (!asks_for_one || wish == WITNESS_OVERLAP);
    case OUTCOME_VALUE:
        break;
    }
    return false;
}
