/* Give a schedule that ends with this value. */
#include "course/version_parts.h"

/* Draws one of the values that are as hard as the level wants; where there is none, the nearest counts as missed. */
static const struct outcome_row *draw_row(struct version *self, const struct outcome *outcome)
{
    const struct difficulty_bound *bound = difficulty_bound(self->difficulty, "preemptions");
    const struct outcome_row *row = NULL, *other = NULL;
    uint64_t fitting = 0, all = 0;
    for (size_t r = 0; r < outcome->row_count; r++) {
        int64_t preemptions = outcome->rows[r].preemptions;
        if (preemptions >= bound->least && preemptions <= bound->most && generator_one_in(&self->generator, ++fitting))
            row = &outcome->rows[r];
        if (generator_one_in(&self->generator, ++all))
            other = &outcome->rows[r];
    }
    return row != NULL ? row : other;
}

bool version_draw_witness(struct version *self)
{
    struct exercise_wishes wishes = version_wishes(self);
    version_exercise(self, &wishes);
    const struct outcome *outcome = version_analyse(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, WITNESS_NONE, 0);
    if (outcome == NULL || !outcome->has_preemptions || outcome->row_count < 2)
        return false;
    const struct outcome_row *row = draw_row(self, outcome);
    self->key->value = row->value;
    version_measure(self, "preemptions", row->preemptions);
    version_measure(self, "steps", (int64_t)outcome->depth);
    version_measure(self, "values", (int64_t)outcome->row_count);
    if (!version_fits(self))
        return true; /* what does not fit is not worth a closer look */
    outcome = version_analyse(self, QUESTION_ALL, WITNESS_VALUE, self->key->value);
    if (outcome == NULL || outcome->witness_count == 0)
        return false;
    const struct outcome_witness *witness = &outcome->witnesses[0];
    version_row(self, ROW_FORM, 1);
    version_row(self, ROW_LEGAL, 2);
    version_row(self, ROW_FINISHED, 1);
    version_row(self, ROW_REACHES, 4);
    version_row(self, ROW_FEWEST, 2);
    text_print(&self->answer, "schedule: ");
    version_write_schedule(&self->answer, &witness->schedule);
    text_print(&self->answer, "\n");
    return true;
}
