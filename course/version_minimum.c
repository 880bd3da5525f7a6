/* The least final value, a schedule for it, and the stores that it goes back to. */
#include "course/version_parts.h"

#include "checker/chain.h"

/* Which of its thread's stores to the observed variable a step is, from 1. */
static unsigned store_number(const struct trace *trace, size_t position)
{
    unsigned number = 0;
    for (size_t s = 0; s <= position; s++) {
        const struct trace_step *step = &trace->steps[s];
        for (size_t a = 0; a < step->access_count; a++)
            number += step->thread == trace->steps[position].thread && step->accesses[a].is_write &&
                      step->accesses[a].word == trace->observed_word;
    }
    return number;
}

static void write_chain(struct text *text, const struct trace *trace)
{
    struct chain chain = chain_make(trace);
    for (size_t c = 0; c < chain.count; c++)
        text_print(text, "%s%c%u", c == 0 ? "" : " ", 'A' + (int)trace->steps[chain.links[c].store].thread,
                   store_number(trace, chain.links[c].store));
    chain_free(&chain);
}

bool version_draw_minimum(struct version *self)
{
    struct draft_wishes wishes = version_wishes(self);
    if (self->difficulty->level == LEVEL_HARD)
        wishes.most_threads = 2; /* of three, one is most often enough to undo what the others did */
    version_draft(self, &wishes);
    const struct outcome *outcome = version_analyse(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, WITNESS_NONE, 0);
    if (outcome == NULL || !outcome->has_preemptions || outcome->row_count == 0)
        return false;
    version_measure(self, "preemptions", outcome->rows[0].preemptions);
    version_measure(self, "steps", (int64_t)outcome->depth);
    version_measure(self, "values", (int64_t)outcome->row_count);
    if (!version_fits(self))
        return true; /* what does not fit is not worth a closer look */
    outcome = version_analyse(self, QUESTION_ALL, WITNESS_MINIMUM, 0);
    if (outcome == NULL || outcome->witness_count == 0)
        return false;
    const struct outcome_witness *witness = &outcome->witnesses[0];
    version_row(self, ROW_FORM, 1);
    version_row(self, ROW_VALUE, 3);
    version_row(self, ROW_LEGAL, 1);
    version_row(self, ROW_FINISHED, 1);
    version_row(self, ROW_REACHES, 2);
    version_row(self, ROW_CHAIN, 2);
    text_print(&self->answer, "value: %lld\nschedule: ", (long long)outcome->least);
    version_write_schedule(&self->answer, witness->threads, witness->step_count);
    text_print(&self->answer, "\nchain: ");
    write_chain(&self->answer, witness->trace);
    text_print(&self->answer, "\n");
    return true;
}
