/* What is drawn at random, and how likely testers are to show something. */
#include "analysis/analysis_parts.h"
#include "analysis/detection.h"
#include "analysis/pct.h"
#include "analysis/sampler.h"
#include "base/exact.h"
#include "base/memory.h"
#include "schedulers/scheduler.h"

#include <string.h>

/* Places that PCT may be followed to. */
enum { PCT_PLACES_MAX = 4000000 };

/* ---- Samples ----------------------------------------------------------------------------------------------------- */

/* Where several are observed values are ranks, and those of a graph are those of the outcome where both have found all. */
static struct sample_end end_of(const struct analysis *self, const struct sampler *sampler)
{
    struct sample_end end = sampler_end(sampler);
    if (end.end != OUTCOME_VALUE || self->observation.count <= 1)
        return end;
    const int64_t *tuple = tuples_at(&sampler->graph->final_tuples, (size_t)end.value);
    end.value = (int64_t)tuples_rank(&self->outcome->tuples, tuple);
    return end;
}

static void draw_all(struct analysis *self, struct sampler *sampler, struct sample *sample)
{
    struct schedule schedule = {0};
    for (uint64_t run = 0; run < sample->wish.runs; run++) {
        if (run % 256 == 0 && budget_spent(self->options->budget, "drawing", 0, 0, 0)) {
            analysis_mark_incomplete(self, NULL);
            break;
        }
        sampler_draw(sampler);
        struct sample_end end = end_of(self, sampler);
        if (sample_is_new(sample, end)) {
            schedule_free(&schedule);
            sampler_tell(sampler, &schedule);
        }
        sample_add(sample, end, &schedule);
    }
    schedule_free(&schedule);
}

/* The first schedule of each end that was drawn is a witness for it, and so replayed: drawing and executing know nothing of each other. */
static void show(struct analysis *self, const struct sample *sample)
{
    for (size_t r = 0; r < sample->row_count; r++) {
        const struct sample_row *row = &sample->rows[r];
        struct witness found = {.preemptions = WITNESS_UNCOUNTED};
        if (row->end.end == OUTCOME_ENDLESS)
            continue;
        schedule_append(&found.schedule, &row->first, 0, row->first.count);
        analysis_adopt_witness(self, (enum outcome_end)row->end.end, row->end.value, &found);
    }
}

/* The space of the schedules themselves: threads are told apart, and each step is one of its own. */
void analysis_draw_sample(struct analysis *self)
{
    const struct sample_wish *wish = self->options->sample;
    struct prepared_space prepared;
    struct slice *slice = slice_new_for(self->whole, &self->observation, self->must_unslice);
    struct machine *machine = machine_new(self->program, slice->data, false);
    struct prepared_space_setting setting = analysis_setting(self, machine, slice);
    struct prepared_space_options options = {.edges = true, .ends_alike = true};
    struct sampler sampler = {0};
    struct sample *sample = self->outcome->sample = memory_new(1, sizeof *sample);
    sample->wish = *wish;
    setting.symmetry = setting.grid = false;
    if (prepared_space_open(&prepared, &setting, &options) != PREPARED_SPACE_READY)
        analysis_mark_incomplete(self, "the state space is too large to draw from");
    else if (wish->tester != TESTER_RANDOM_WALK && prepared.space->cyclic)
        sample->refusal = wish->tester == TESTER_UNIFORM
                              ? "schedules need not end, so that there are infinitely many of them"
                              : "schedules need not end, so that there is no greatest number of steps";
    else if (!sampler_start(&sampler, prepared.graph, wish, self->options->budget))
        analysis_mark_incomplete(self, NULL);
    else
        draw_all(self, &sampler, sample);
    show(self, sample);
    sampler_free(&sampler);
    prepared_space_close(&prepared);
    machine_free(machine);
    slice_free(slice);
}

/* ---- Detection --------------------------------------------------------------------------------------------------- */

static const char *pct_gap(const struct analysis *self)
{
    const struct outcome *outcome = self->outcome;
    if (outcome->endless || outcome->depth == 0)
        return "schedules need not end, so that there is no greatest number of steps";
    if (machine_thread_count(self->whole) > PCT_THREADS_MAX)
        return "there are too many orders of so many threads";
    return outcome->rows == NULL ? "there are too many outcomes to tell them one by one" : NULL;
}

/* Of two threads that never wait, a schedule with fewer than d preemptions is one of those that PCT makes where it draws the thread that begins, a change
 * point for each preemption, each lower than the one before, and the others behind the last step: that is one draw of all, at least. */
static void raise_to_bound(const struct analysis *self, struct detection *detection)
{
    const struct outcome *outcome = self->outcome;
    mpq_t bound;
    if (machine_thread_count(self->whole) != 2 || !machine_is_straight(self->whole) ||
        !scheduler_is_free(self->setting.scheduler) || !outcome->has_preemptions ||
        mpq_sgn(detection->pct_unknown) == 0)
        return;
    mpq_init(bound);
    mpz_set_ui(mpq_numref(bound), 1);
    exact_set_power(mpq_denref(bound), detection->steps, detection->depth - 1);
    exact_multiply(mpq_denref(bound), 2);
    for (size_t r = 0; r < outcome->row_count; r++)
        if (outcome->rows[r].preemptions < detection->depth && mpq_cmp(detection->pct[r], bound) < 0)
            mpq_set(detection->pct[r], bound);
    mpq_clear(bound);
}

void analysis_find_detection(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    struct detection *detection = detection_new(self->options->detection_depth, outcome->row_count);
    outcome->detection = detection;
    detection->steps = outcome->depth;
    detection->refusal = pct_gap(self);
    if (detection->refusal == NULL)
        pct_find(detection, self->program, self->setting.scheduler, &self->observation, outcome, PCT_PLACES_MAX,
                 self->options->budget);
    raise_to_bound(self, detection);
}
